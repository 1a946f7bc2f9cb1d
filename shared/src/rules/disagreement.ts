import { sh } from '../kube/shell.ts';
import type { Interface, Observed } from '../model/topology.ts';
import { canonicalMac } from '../net/mac.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { configEvidence } from './define.ts';
import { isUp } from './pod-event.ts';
import type { AttachmentFacts, Draft, NetworkFacts, Rule } from './rule.ts';

type Field = {
  what: string;
  /** Canonical; undefined where it does not tell, or tells something that cannot be compared. */
  read: (seen: Interface) => string | undefined;
  /** Providers that only pass on what was written before the interface was made. */
  spares: (provider: string, facts: AttachmentFacts) => boolean;
};

/** Kube-OVN as the IPAM of another plugin gives a hardware address away that the plugin does not take. */
const isIpamOnly = (provider: string, { network }: AttachmentFacts): boolean =>
  provider === 'kube-ovn' && network?.network.technology !== 'kube-ovn';

const fields: readonly Field[] = [
  {
    what: 'hardware address',
    // InfiniBand has addresses of 8 and of 20 bytes, and reporters choose.
    read: ({ mac }) => (mac?.length === 17 ? canonicalMac(mac) : undefined),
    spares: isIpamOnly,
  },
  { what: 'name', read: ({ name }) => name, spares: () => false },
  { what: 'MTU', read: ({ mtu }) => mtu?.toString(), spares: (provider) => provider === 'dra' },
  {
    what: 'device',
    read: ({ device }) =>
      device?.type === 'pci' && device.id ? `${device.type} ${device.id.toLowerCase()}` : undefined,
    spares: () => false,
  },
];

/** The best source that tells of a field, and another of which no report agrees with it. */
function quarrel(facts: AttachmentFacts, { read, spares }: Field): [Observed, Observed] | undefined {
  const { observed } = facts.attachment;
  const tells = ({ provider, interface: seen }: Observed) => read(seen) !== undefined && !spares(provider, facts);
  const first = observed.find(tells);
  if (!first) return undefined;
  const best = read(first.interface);
  const agrees = ({ interface: seen }: Observed) => read(seen) === best;
  const other = observed.find(
    (seen) =>
      seen.provider !== first.provider &&
      !agrees(seen) &&
      tells(seen) &&
      !observed.some((same) => same.provider === seen.provider && agrees(same)),
  );
  return other && [first, other];
}

function onInterface(facts: AttachmentFacts): Draft | undefined {
  const { attachment, workload } = facts;
  if (attachment.state !== 'attached' || !workload.pod.sandbox || !isUp(workload)) return undefined;
  const found = fields.flatMap((field) => {
    const pair = quarrel(facts, field);
    return pair ? [{ field, pair }] : [];
  });
  const [first] = found;
  if (!first) return undefined;
  const { namespace, name } = workload.workload;
  const said = found.map(
    ({ field: { what, read }, pair: [a, b] }) =>
      `${what} ${read(a.interface)} (${a.provider}) and ${read(b.interface)} (${b.provider})`,
  );
  return {
    slug: 'sources-disagree-fields',
    group: attachment.id,
    confidence: 'possible',
    title: `Two sources disagree on the ${first.field.what} of ${attachment.interface?.name ?? 'an interface'} in ${namespace}/${name}`,
    message: `They tell of ${said.join('; ')}.`,
    fix: {
      text: 'Look into the pod which of them is right; create it anew if it does not have what was decided.',
      commands: [sh`kubectl -n ${namespace} exec ${name} -- ip -details link`],
    },
    evidence: found.slice(0, 3).flatMap(({ pair }) => pair.map(({ source }) => source)),
  };
}

const keys = ['vlan', 'mtu'] as const;
const words = { vlan: 'VLAN', mtu: 'MTU' } as const;

const sourceOf = (claim: NetworkClaim) =>
  claim.config
    ? configEvidence(claim)
    : { ref: claim.ref, path: '/metadata/name', value: `${claim.ref.kind} ${claim.name}` };

const shownOf = ({ ref, namespace, name }: NetworkClaim): string =>
  `${ref.kind} ${(ref.namespace ?? namespace) ? `${ref.namespace ?? namespace}/` : ''}${name}`;

/** Several objects describe one network: the one that was made first from the other, or the definitions of several namespaces. */
function onNetwork({ network, claims }: NetworkFacts): Draft | undefined {
  for (const key of keys) {
    const told = claims.filter((claim) => claim[key] !== undefined);
    const [first] = told;
    const other = told.find((claim) => claim[key] !== first?.[key]);
    if (!first || !other) continue;
    return {
      slug: 'definitions-disagree',
      group: network.id,
      confidence: 'possible',
      title: `Two objects disagree on the ${words[key]} of ${network.name}`,
      message: `${shownOf(first)} has ${first[key]}, ${shownOf(other)} has ${other[key]}.`,
      fix: {
        text: 'Find out which one counts: an operator overwrites the NAD that it makes, and pods that run keep what they have.',
        commands: [first, other].map(({ ref }) =>
          ref.namespace
            ? sh`kubectl -n ${ref.namespace} get ${`${ref.kind}.${ref.group}`} ${ref.name} -o yaml`
            : sh`kubectl get ${`${ref.kind}.${ref.group}`} ${ref.name} -o yaml`,
        ),
      },
      evidence: [sourceOf(first), sourceOf(other)],
      subjects: [first, other].map(({ ref }) => ({ type: 'object' as const, ref })),
    };
  }
  return undefined;
}

/** MN838, MN839: what sources say of one thing, where they do not say the same (addresses: MN805). */
export const disagreementRules: readonly Rule[] = [
  {
    code: 'MN838',
    scope: 'attachment',
    needs: 'sources',
    title: 'Two sources tell different things of one interface',
    severity: 'warning',
    slugs: ['sources-disagree-fields'],
    why: 'Several parties write down what an interface is: Multus, the network plugin, a DRA driver, a node. Where they differ in its hardware address, name, MTU or device, one of them tells of an earlier sandbox, or its wish was not carried out.',
    fix: 'Look into the pod; create it anew if it does not have what was decided.',
    check: onInterface,
  },
  {
    code: 'MN839',
    scope: 'network',
    title: 'Two objects tell different things of one network',
    severity: 'warning',
    slugs: ['definitions-disagree'],
    why: 'A network is often described more than once: by the object of an operator and by the NAD that is made of it, or by a NAD in each namespace. Where they differ in VLAN or MTU, pods of one network do not meet.',
    fix: 'Make them the same; what an operator makes is changed in its own object.',
    check: onNetwork,
  },
];

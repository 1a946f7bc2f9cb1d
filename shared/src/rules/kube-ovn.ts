import { getText } from '../kube/read.ts';
import { sh } from '../kube/shell.ts';
import type { Condition } from '../model/topology.ts';
import { namespacePart } from '../providers/kube-ovn.ts';
import type { PartClaim } from '../providers/part-claims.ts';
import type { NeedClaim, NetworkClaim } from '../providers/provider.ts';
import { nameOf } from './address-parts.ts';
import { type Broken, conditionEvidence, isWaiting } from './conditions.ts';
import { configEvidence, editNad } from './define.ts';
import type { AttachmentFacts, Draft, NetworkFacts, Rule, World } from './rule.ts';
import {
  fullDraft,
  fullOnAttachment,
  isFull,
  leaked,
  missingNeed,
  networksOf,
  showObject,
  stopping,
} from './vendor-parts.ts';

const group = 'kubeovn.io';

/** `Error` says so by being True, the others by being False. */
const isBad = ({ type, status }: Condition): boolean =>
  type === 'Error' ? status === 'True' : (type === 'Ready' || type === 'Validated') && status === 'False';

function brokenSubnet(network: NetworkFacts | null): Broken | undefined {
  for (const claim of network?.claims ?? []) {
    if (claim.ref.kind !== 'Subnet' || claim.ref.group !== group) continue;
    const condition = claim.conditions.find(isBad);
    if (condition) return { claim, condition };
  }
  return undefined;
}

/** The network of an attachment; of eth0, before the controller has come by, the subnet of the namespace. */
function networkOf({ network, attachment, request, workload }: AttachmentFacts, world: World): NetworkFacts | null {
  if (request?.index !== 'default' || attachment.provider !== 'default-network') return network;
  const subnet = world.part(namespacePart(workload.workload.namespace))?.on;
  return (subnet === undefined ? undefined : world.network(subnet)) ?? network;
}

const subnetTexts = {
  code: 'MN850',
  title: 'The subnet of Kube-OVN is not ready',
  severity: 'error',
  why: 'The controller of Kube-OVN checks a subnet and sets it up as a logical switch before it gives addresses of it. A subnet that is not valid or not ready gives none, and pods that need it wait.',
  fix: 'Read the message of the condition, and mend what it names.',
} as const;

const notReady = (broken: Broken): Draft => ({
  slug: 'kube-ovn-subnet-not-ready',
  group: `kube-ovn-subnet-not-ready:${broken.claim.ref.name}`,
  severity: 'warning',
  confidence: 'certain',
  title: `Subnet ${broken.claim.ref.name} is not ready${broken.condition.reason ? `: ${broken.condition.reason}` : ''}`,
  message: broken.condition.message || `Condition ${broken.condition.type} is ${broken.condition.status}.`,
  fix: { text: subnetTexts.fix, commands: [showObject(broken.claim.ref)] },
  evidence: [conditionEvidence(broken)],
});

/** A definition whose addresses alone are of Kube-OVN: it has none to give without a subnet of that provider. */
function unserved(network: NetworkFacts | null, world: World): NetworkClaim | undefined {
  if (world.availability(group, 'Subnet') !== 'present') return undefined;
  const nad = network?.claims.find(({ config }) => {
    const plugins = config?.read.plugins ?? [];
    return (
      plugins.some(({ ipam }) => getText(ipam, 'type') === 'kube-ovn') &&
      !plugins.some(({ type }) => type === 'kube-ovn')
    );
  });
  return nad && !network?.claims.some(({ ref }) => ref.kind === 'Subnet' && ref.group === group) ? nad : undefined;
}

const providerTexts = {
  code: 'MN851',
  title: 'The provider of the network leads to no subnet of Kube-OVN',
  severity: 'error',
  explains: ['kube-ovn-provider-mismatch', 'kube-ovn-failed'],
  why: 'Kube-OVN finds the subnet for a NetworkAttachmentDefinition by its provider: <name>.<namespace>, with .ovn behind where it is the plugin as well, in the config and in spec.provider of the Subnet alike. Where the names differ or there is no such subnet no address is decided, and the plugin waits for it until it gives up.',
  fix: 'Create a Subnet with this provider, or correct the provider of the one that was meant.',
} as const;

/** The controller makes the name of a provider out of that of the definition, the plugin reads it in the config. */
function misnamed(network: NetworkFacts | null, world: World): Draft | undefined {
  if (!network || world.isUsed(network.network.id)) return undefined;
  for (const claim of network.claims) {
    const plugins = claim.config?.read.plugins ?? [];
    const own = plugins.find(({ type }) => type === 'kube-ovn');
    const served = plugins.find(({ ipam }) => getText(ipam, 'type') === 'kube-ovn');
    const provider = getText(own?.raw, 'provider') ?? getText(served?.ipam, 'provider');
    const expected = `${claim.name}.${claim.namespace ?? 'default'}${own ? '.ovn' : ''}`;
    if (!provider || provider === 'ovn' || provider === expected || provider.startsWith(`${expected}.`)) continue;
    return {
      slug: 'kube-ovn-provider-name',
      group: `kube-ovn-provider-name:${network.network.id}`,
      severity: 'warning',
      confidence: 'likely',
      title: `The provider of ${nameOf(claim)} is not named for it`,
      message: `Its config says ${provider}; the controller of Kube-OVN decides addresses under ${expected}.`,
      fix: { text: `Write "provider": "${expected}", in the Subnet too.`, commands: editNad(claim) },
      evidence: [configEvidence(claim)],
    };
  }
  return undefined;
}

function unplaced(network: NetworkFacts | null, world: World): Draft | undefined {
  const nad = unserved(network, world);
  return nad && network ? noSubnet(nad, network) : misnamed(network, world);
}

function noSubnet(nad: NetworkClaim, network: NetworkFacts): Draft {
  const provider = network.network.aliases.find(({ scheme }) => scheme === 'kube-ovn-provider')?.value ?? '';
  return {
    slug: 'kube-ovn-no-subnet',
    group: `kube-ovn-no-subnet:${network.network.id}`,
    severity: 'warning',
    confidence: 'certain',
    title: `No Subnet has the provider ${provider}`,
    message: `${nameOf(nad)} takes addresses from Kube-OVN under the provider ${provider}, and no Subnet has it.`,
    fix: { text: providerTexts.fix, commands: [sh`kubectl get subnets.${group} -o wide`, ...editNad(nad)] },
    evidence: [configEvidence(nad)],
  };
}

const needSlugs: Readonly<Record<string, string>> = {
  Subnet: 'kube-ovn-subnet-missing',
  IPPool: 'kube-ovn-ippool-missing',
};

const absent = (need: NeedClaim, { workload: { workload } }: AttachmentFacts): Draft => ({
  slug: needSlugs[need.kind] ?? 'kube-ovn-subnet-missing',
  group: `kube-ovn-missing:${need.kind}/${need.name}`,
  severity: 'error',
  confidence: 'certain',
  title: `${need.kind} ${need.name} of Kube-OVN does not exist`,
  message: `${workload.namespace}/${workload.name} asks for it in an annotation.`,
  fix: {
    text: `Create the ${need.kind}, or correct the annotation.`,
    commands: [sh`kubectl get ${need.kind}.${group}`],
  },
  evidence: [need.source],
  effect: 'failed',
});

const parts = (network: NetworkFacts | null, world: World): PartClaim[] =>
  [...new Set(network?.claims.flatMap((claim) => claim.parts ?? []))].flatMap((key) => world.part(key) ?? []);

/** The physical network under the subnet of an attachment, where it did not come about on the node of the pod. */
function failedUnder({ network, workload }: AttachmentFacts, world: World) {
  const { node } = workload.workload;
  for (const vlan of node ? parts(network, world) : []) {
    const physical = vlan.on === undefined ? undefined : world.part(vlan.on);
    const failed = physical?.failedOn?.find((item) => item.node === node);
    if (physical && failed) return { physical, failed };
  }
  return undefined;
}

const physicalTexts = {
  code: 'MN853',
  title: 'The provider network of Kube-OVN is not set up on a node',
  severity: 'error',
  why: 'For underlay subnets kube-ovn-cni puts a NIC of the node into a bridge. Where the NIC has another name, is in use or is missing, that fails, and pods of these subnets do not start on the node or reach nobody.',
  fix: 'Name the right NIC of the node in customInterfaces, or exclude the node.',
} as const;

const physicalFix = (name: string) => ({
  text: physicalTexts.fix,
  commands: [sh`kubectl get provider-networks.${group} ${name} -o yaml`],
});

const slugOfTrouble = 'kube-ovn-provider-network-not-ready';

const fullTexts = {
  slug: 'kube-ovn-pool-full',
  what: 'Subnet',
  path: '/status',
  fix: 'Remove excludeIps, give the namespace another Subnet, or free addresses that are leaked.',
};

const full = {
  code: 'MN854',
  title: 'The subnet of Kube-OVN is full',
  severity: 'error',
  explains: ['kube-ovn-subnet-full', 'kube-ovn-failed'],
  why: 'A subnet counts its free addresses in its status. When there are none, the controller annotates no further pod, and these wait. Addresses of StatefulSets and machines stay taken while their pods are away.',
  fix: fullTexts.fix,
} as const;

/** A pod that chooses a pool gets nothing from the rest of its subnet. */
function namedPoolFull(facts: AttachmentFacts, world: World): Draft | undefined {
  if (!isWaiting(facts) || facts.attachment.observed.length > 0) return undefined;
  const keys = facts.request?.needs?.flatMap(({ of, key }) => (of === 'pool' ? [key] : [])) ?? [];
  const pool = keys
    .flatMap((key) => world.poolsOf(key))
    .flatMap((id) => world.pool(id) ?? [])
    .find((one) => isFull(one, 'kube-ovn'));
  if (!pool) return undefined;
  return {
    ...stopping(facts, fullDraft(pool, { ...fullTexts, what: pool.claim.ref.kind })),
    confidence: 'likely',
    subjects: [{ type: 'pool', id: pool.pool.id }],
  };
}

/** MN850-MN856: what the objects of Kube-OVN say of themselves, and whom it hurts. */
export const kubeOvnRules: readonly Rule[] = [
  {
    ...subnetTexts,
    scope: 'attachment',
    slugs: ['kube-ovn-subnet-not-ready'],
    explains: ['kube-ovn-failed'],
    needs: 'open',
    check: (facts, world) => {
      const waits = isWaiting(facts) && facts.attachment.observed.length === 0;
      const broken = waits ? brokenSubnet(networkOf(facts, world)) : undefined;
      return broken && { ...stopping(facts, notReady(broken)), confidence: 'likely' };
    },
  },
  {
    ...subnetTexts,
    scope: 'network',
    slugs: [],
    check: (network) => {
      const broken = brokenSubnet(network);
      return broken && notReady(broken);
    },
  },
  {
    ...providerTexts,
    scope: 'attachment',
    slugs: ['kube-ovn-no-subnet', 'kube-ovn-provider-name'],
    needs: 'open',
    check: (facts, world) => {
      const draft =
        isWaiting(facts) && facts.attachment.observed.length === 0 ? unplaced(facts.network, world) : undefined;
      return draft && stopping(facts, draft);
    },
  },
  {
    ...providerTexts,
    scope: 'network',
    slugs: [],
    check: unplaced,
  },
  {
    code: 'MN852',
    scope: 'attachment',
    title: 'A pod asks Kube-OVN for a subnet or pool that does not exist',
    severity: 'error',
    slugs: ['kube-ovn-subnet-missing', 'kube-ovn-ippool-missing'],
    explains: ['kube-ovn-failed', 'kube-ovn-subnet-full', 'kube-ovn-provider-mismatch'],
    why: 'Annotations of the pod choose its subnet (<provider>.kubernetes.io/logical_switch) and its pool (ip_pool) by name. The controller of Kube-OVN looks these up, and annotates the pod no further when they are not there.',
    fix: 'Create the object, or correct the annotation.',
    needs: 'open',
    check: (facts, world) => {
      const need = isWaiting(facts) ? missingNeed(facts, world, group) : undefined;
      return need && absent(need, facts);
    },
  },
  {
    ...physicalTexts,
    scope: 'attachment',
    slugs: [slugOfTrouble],
    explains: ['kube-ovn-failed'],
    needs: 'open',
    check: (facts, world) => {
      const found = isWaiting(facts) ? failedUnder(facts, world) : undefined;
      if (!found) return undefined;
      const { physical, failed } = found;
      return {
        ...stopping(facts, {
          slug: slugOfTrouble,
          group: `${slugOfTrouble}:${failed.node}:${physical.name}`,
          confidence: 'likely',
          title: `Provider network ${physical.name} is not ready on ${failed.node}`,
          message: failed.message,
          fix: physicalFix(physical.name),
          evidence: [{ ref: physical.ref, path: failed.path, value: failed.node }],
        }),
        subjects: [{ type: 'node', id: failed.node }],
      };
    },
  },
  {
    ...physicalTexts,
    scope: 'node',
    slugs: [],
    check: ({ node }, world) =>
      world
        .deviceTroubles(node.name)
        .filter(({ kind }) => kind === slugOfTrouble)
        .map(
          ({ about, condition, ref, path }): Draft => ({
            slug: slugOfTrouble,
            group: `${slugOfTrouble}:${node.name}:${about}`,
            severity: 'warning',
            confidence: 'certain',
            title: `Provider network ${about} is not ready on ${node.name}`,
            message: (condition.message ?? `${about} is not set up there.`).slice(0, 300),
            fix: physicalFix(about),
            evidence: [{ ref, path }],
          }),
        ),
  },
  {
    ...full,
    scope: 'attachment',
    slugs: ['kube-ovn-pool-full'],
    needs: 'open',
    check: (facts, world) =>
      fullOnAttachment(
        facts,
        isWaiting(facts) ? (networkOf(facts, world)?.network.pools.flatMap((id) => world.pool(id) ?? []) ?? []) : [],
        'kube-ovn',
        fullTexts,
      ) ?? namedPoolFull(facts, world),
  },
  {
    ...full,
    scope: 'pool',
    slugs: [],
    check: (pool) =>
      isFull(pool, 'kube-ovn')
        ? {
            ...fullDraft(pool, { ...fullTexts, what: pool.claim.ref.kind }),
            subjects: networksOf(pool),
          }
        : undefined,
  },
  {
    code: 'MN855',
    scope: 'reservation',
    title: 'An address of Kube-OVN is held for a pod that is gone',
    severity: 'warning',
    slugs: ['kube-ovn-ip-leaked'],
    why: 'Each address of a pod is an IP object, which the controller deletes with the pod. When that was missed the address stays taken until its garbage collection comes round. Addresses of StatefulSets and machines are kept on purpose and not meant here.',
    fix: 'Wait for the garbage collection of kube-ovn-controller, or delete the IP object.',
    check: (facts, world) =>
      leaked(facts, world, {
        group,
        slug: 'kube-ovn-ip-leaked',
        fix: 'Wait for the garbage collection of kube-ovn-controller, or delete the IP object.',
        path: '/spec/podName',
      }),
  },
  {
    code: 'MN856',
    scope: 'network',
    title: 'The VLAN or VPC under a subnet of Kube-OVN is not in order',
    severity: 'warning',
    slugs: ['kube-ovn-part-not-ready'],
    why: 'An underlay subnet stands on a Vlan, every subnet on a Vpc. Two Vlans of one id on one provider network are in conflict, and a Vpc without a router connects nobody.',
    fix: 'Read the status of the object that is named.',
    check: (network, world) => {
      const part = parts(network, world).find(({ ref, trouble }) => ref.group === group && trouble);
      if (!part?.trouble) return undefined;
      return {
        slug: 'kube-ovn-part-not-ready',
        group: `kube-ovn-part-not-ready:${part.key}`,
        confidence: 'likely',
        title: `${part.ref.kind} ${part.name} under ${network.network.name} is not in order`,
        message: part.trouble.message,
        fix: { text: 'Read the status of the object.', commands: [showObject(part.ref)] },
        evidence: [{ ref: part.ref, path: part.trouble.path }],
      };
    },
  },
];

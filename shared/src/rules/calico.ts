import { sh } from '../kube/shell.ts';
import { installationPart } from '../providers/calico.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { nameOf } from './address-parts.ts';
import { isWaiting } from './conditions.ts';
import { editNad } from './define.ts';
import type { AttachmentFacts, Draft, NetworkFacts, Rule, World } from './rule.ts';
import { nadEvidence, showObject, stopping } from './vendor-parts.ts';

const group = 'projectcalico.org';

const poolsReadable = (world: World): boolean => world.availability(group, 'IPPool') === 'present';

const prefix = 'calico:';

const calicoClaims = (network: NetworkFacts | null): readonly NetworkClaim[] => network?.claims ?? [];

/** A pool that a definition names and that cannot give: it is not there, or is disabled. */
function unusable(network: NetworkFacts | null, world: World): Draft | undefined {
  for (const claim of calicoClaims(network))
    for (const key of claim.poolKeys ?? []) {
      if (!key.startsWith(prefix) || claim.ref.kind !== 'NetworkAttachmentDefinition') continue;
      const draft = unusablePool(key, world);
      if (!draft) continue;
      return {
        ...draft,
        severity: 'warning',
        message: `${nameOf(claim)} takes addresses from it alone, or among others.`,
        fix: { ...draft.fix, commands: [...(draft.fix.commands ?? []), ...editNad(claim)] },
        evidence: [...nadEvidence(network), ...draft.evidence],
      };
    }
  return undefined;
}

function unusablePool(key: string, world: World): Draft | undefined {
  const name = key.slice(prefix.length);
  const pools = world.poolsOf(key).flatMap((id) => world.pool(id) ?? []);
  const [first] = pools;
  if (!first && !poolsReadable(world)) return undefined;
  if (first && !pools.every(({ claim }) => claim.disabled)) return undefined;
  return {
    slug: first ? 'calico-pool-disabled' : 'calico-pool-missing',
    group: `calico-pool:${name}`,
    confidence: 'certain',
    title: first ? `IPPool ${name} of Calico is disabled` : `IPPool ${name} of Calico does not exist`,
    message: '',
    fix: {
      text: first ? 'Enable the pool, or name another.' : 'Create the pool, or correct the name.',
      commands: [first ? showObject(first.claim.ref) : sh`kubectl get ippools.${group}`],
    },
    evidence: first ? [{ ref: first.claim.ref, path: '/spec/disabled', value: 'true' }] : [],
  };
}

const poolTexts = {
  code: 'MN877',
  title: 'A pool that is named for Calico IPAM cannot give addresses',
  severity: 'error',
  explains: ['calico-ipam-no-pool', 'third-party-ipam'],
  why: 'Pods name pools in cni.projectcalico.org/ipv4pools and ipv6pools, definitions in ipv4_pools and ipv6_pools of their IPAM. Calico gives no address out of a pool that is not there or is disabled.',
  fix: 'Create or enable the pool, or correct the name.',
} as const;

/** A pool that is not there is an error to Calico; of those that are disabled one that is not would do. */
function poolOnPod(facts: AttachmentFacts, world: World): Draft | undefined {
  const needs = isWaiting(facts) ? (facts.request?.needs?.filter((one) => one.group === group) ?? []) : [];
  const useless = needs.flatMap((need) => {
    const draft = unusablePool(need.key, world);
    return draft ? [{ need, draft }] : [];
  });
  const absent = useless.find(({ draft }) => draft.slug === 'calico-pool-missing');
  const found = absent ?? (useless.length === needs.length ? useless[0] : undefined);
  if (!found) return undefined;
  const { namespace, name } = facts.workload.workload;
  return {
    ...found.draft,
    severity: 'error',
    confidence: 'likely',
    message: `${namespace}/${name} asks for it in an annotation.`,
    evidence: [found.need.source, ...found.draft.evidence],
    effect: 'failed',
  };
}

/** A definition with Calico as its plugin, where the operator says that pods have one interface of Calico. */
function switchedOff(network: NetworkFacts | null, world: World): Draft | undefined {
  const own = calicoClaims(network).find(({ parts }) => parts?.includes(installationPart));
  const installation = own && world.part(installationPart);
  if (!network || !own || !installation || installation.mode !== 'None') return undefined;
  return {
    slug: 'calico-multi-interface-off',
    group: `calico-multi-interface-off:${network.network.id}`,
    severity: 'warning',
    confidence: 'possible',
    title: `Calico is set to one interface a pod, and ${nameOf(own)} asks for a second`,
    message: `calicoNetwork.multiInterfaceMode of Installation ${installation.name} is not Multus.`,
    fix: {
      text: 'Set calicoNetwork.multiInterfaceMode of the Installation to Multus, and create the pods anew; only Calico Enterprise and Cloud have it.',
      commands: [sh`kubectl get installations.operator.tigera.io ${installation.name} -o yaml`],
    },
    evidence: [{ ref: installation.ref, path: '/spec', value: installation.mode }, ...nadEvidence(network)],
  };
}

const modeTexts = {
  code: 'MN876',
  title: 'Calico is not set to several interfaces a pod',
  severity: 'warning',
  why: 'The operator of Calico sets up one interface a pod, unless multiInterfaceMode of its Installation is Multus. Otherwise a second interface of the plugin calico has the endpoint, the routes and the policies of the first.',
  fix: 'Set multiInterfaceMode to Multus.',
} as const;

/** MN876, MN877: Calico with several interfaces a pod. */
export const calicoRules: readonly Rule[] = [
  {
    ...modeTexts,
    scope: 'network',
    slugs: ['calico-multi-interface-off'],
    check: (network, world) => switchedOff(network, world),
  },
  {
    ...poolTexts,
    scope: 'attachment',
    slugs: ['calico-pool-missing', 'calico-pool-disabled'],
    needs: 'open',
    check: (facts, world) => {
      const asked = poolOnPod(facts, world);
      if (asked) return asked;
      // One of several pools that cannot give need not stop anybody.
      const only = calicoClaims(facts.network).flatMap(({ poolKeys }) => poolKeys ?? []).length === 1;
      const draft = only && isWaiting(facts) ? unusable(facts.network, world) : undefined;
      return draft && stopping(facts, draft);
    },
  },
  { ...poolTexts, scope: 'network', slugs: [], check: (network, world) => unusable(network, world) },
];

import { sh } from '../kube/shell.ts';
import type { Fix } from '../model/topology.ts';
import { requestEvidence } from './define.ts';
import { restart } from './drift.ts';
import { isUp } from './pod-event.ts';
import type { AttachmentFacts, Draft, Rule, World } from './rule.ts';

type Unmade = { slug: string; who: string; fix: Fix; follows: readonly string[] };

const antreaFix =
  'See that the feature gate SecondaryNetwork is on in antrea-config, and read the log of antrea-agent on the node. The pod must have had the annotation when it was made.';

function ofAntrea({ network, workload }: AttachmentFacts): Unmade | undefined {
  if (!network?.network.technology.startsWith('antrea-')) return undefined;
  const { namespace, name } = workload.workload;
  return {
    slug: 'antrea-interface-missing',
    who: 'Antrea',
    fix: {
      text: antreaFix,
      commands: [
        'kubectl -n kube-system get configmap antrea-config -o yaml | grep -A3 featureGates',
        sh`kubectl -n kube-system logs -l component=antrea-agent -c antrea-agent --prefix | grep -i ${`${namespace}/${name}`}`,
      ],
    },
    follows: ['MN864', 'MN865', 'MN866'],
  };
}

function ofGke({ request, network, workload }: AttachmentFacts): Unmade | undefined {
  if (!request?.alias?.scheme.startsWith('gke-')) return undefined;
  if (!network?.claims.some(({ ref }) => ref.kind === 'Network')) return undefined;
  return {
    slug: 'gke-interface-missing',
    who: 'GKE',
    fix: {
      text: 'GKE attaches when a pod is made, on nodes of a pool that has an interface on the network. Create the pod anew with the annotation in its template.',
      commands: [sh`kubectl get node ${workload.workload.node ?? ''} -o yaml`, ...restart(workload)],
    },
    follows: ['MN860', 'MN861', 'MN869'],
  };
}

function ofNative({ attachment, network, workload }: AttachmentFacts): Unmade | undefined {
  const claim = network?.claims.find(({ ref }) => ref.kind === 'PodNetwork' && ref.group === '');
  const ready = claim?.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  if (attachment.provider !== 'pod-network' || !ready) return undefined;
  return {
    slug: 'podnetwork-interface-missing',
    who: claim?.implementation ?? 'The implementation',
    fix: {
      text: 'Look at the log of whoever implements the network, and create the pod anew.',
      commands: restart(workload),
    },
    follows: ['MN804', 'MN806', 'MN809'],
  };
}

/** What a pod got is written down soon after it runs. */
const patience = 2 * 60_000;

function unmade(facts: AttachmentFacts, world: World): Draft | undefined {
  const { attachment, workload, network } = facts;
  if (attachment.state !== 'missing' || !workload.pod.sandbox || !isUp(workload)) return undefined;
  const found = ofAntrea(facts) ?? ofGke(facts) ?? ofNative(facts);
  if (!found || !world.due(workload.pod.createdAt + patience)) return undefined;
  const { namespace, name, node } = workload.workload;
  return {
    slug: found.slug,
    group: `${found.slug}:${node ?? namespace}`,
    confidence: 'possible',
    title: `${found.who} made no interface for pods on ${node ?? namespace}`,
    message: `${namespace}/${name} runs without its interface on ${network?.network.name ?? ''}, and nothing reports one.`,
    fix: found.fix,
    evidence: requestEvidence(facts),
    follows: found.follows,
  };
}

/** MN819: networks whose implementation starts a pod without the interface that it could not make. */
export const unmadeRules: readonly Rule[] = [
  {
    code: 'MN819',
    scope: 'attachment',
    needs: 'unattached',
    title: 'A running pod lacks an interface, and nothing says why',
    severity: 'warning',
    slugs: ['antrea-interface-missing', 'gke-interface-missing', 'podnetwork-interface-missing'],
    why: 'Antrea, GKE and implementations of native networks make interfaces apart from the sandbox: a pod may run without one, and why stands in their logs alone. They read what a pod asks for once, when it is made.',
    fix: 'Look at the log of the network plugin on the node, and create the pod anew.',
    check: unmade,
  },
];

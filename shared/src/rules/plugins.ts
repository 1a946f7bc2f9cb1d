import { configEvidence, editNad, fromEvent } from './define.ts';
import type { AttachmentFacts, Rule } from './rule.ts';

const masterOf = (facts: AttachmentFacts): string | undefined =>
  facts.failure?.verdict.captures['master'] ?? facts.network?.network.uplinks.find((uplink) => uplink.device)?.device;

/** MN4xx: nodes, plugins and devices. */
export const pluginRules: readonly Rule[] = [
  {
    code: 'MN401',
    scope: 'attachment',
    title: 'The master interface is not on the node',
    severity: 'error',
    slugs: ['master-not-found', 'master-differs-per-node'],
    why: 'macvlan, ipvlan and vlan put the interface of the pod on an interface of the node. Without it the kernel answers "Link not found". Nodes often name their interfaces differently.',
    fix: 'Correct "master" in the NAD, or use a NAD per kind of node and keep the pods there.',
    check: (facts) => {
      if (facts.failure?.verdict.slug !== 'master-not-found') return undefined;
      const master = masterOf(facts);
      const node = facts.workload.workload.node ?? 'the node';
      const claim = facts.network?.claims.find((item) => item.config);
      return {
        slug: 'master-not-found',
        group: `${node}/${master ?? facts.request?.requested.network ?? ''}`,
        confidence: facts.failure.verdict.confidence,
        title: master
          ? `${master} is missing on ${node}`
          : `The master of ${facts.request?.requested.network} is missing on ${node}`,
        message: `${facts.network?.network.technology ?? 'The'} master of ${facts.request?.requested.network ?? 'the network'}.`,
        fix: {
          text: 'Correct "master" in the NAD, or keep the pods on nodes that have the interface.',
          commands: [`kubectl debug node/${node} -it --image=busybox -- ip link`, ...(claim ? editNad(claim) : [])],
        },
        evidence: claim ? [configEvidence(claim, placeOf(claim.config?.text ?? '', master))] : [],
        subjects: facts.workload.workload.node ? [{ type: 'node', id: facts.workload.workload.node }] : [],
        effect: 'failed',
      };
    },
  },
  {
    code: 'MN402',
    scope: 'attachment',
    title: 'A CNI plugin is missing on the node',
    severity: 'error',
    slugs: ['cni-binary-missing'],
    why: 'The runtime runs plugins from a folder of the node, usually /opt/cni/bin. Multus does not bring the plugins that NADs name.',
    fix: 'Install the plugin on the node.',
    check: (facts) => {
      if (facts.failure?.verdict.slug !== 'cni-binary-missing') return undefined;
      const { captures } = facts.failure.verdict;
      const plugin = captures['plugin'] ?? facts.network?.network.technology ?? 'A plugin';
      const node = facts.workload.workload.node ?? 'the node';
      return {
        slug: 'cni-binary-missing',
        group: `${node}/${plugin}`,
        confidence: 'certain',
        title: `Plugin ${plugin} is missing on ${node}`,
        message: `The runtime finds no ${plugin} in ${captures['path'] ?? '/opt/cni/bin'}.`,
        fix: {
          text: `Install ${plugin} on ${node}.`,
          commands: [`kubectl debug node/${node} -it --image=busybox -- ls -l /host/opt/cni/bin`],
        },
        evidence: [],
        subjects: facts.workload.workload.node ? [{ type: 'node', id: facts.workload.workload.node }] : [],
        effect: 'failed',
      };
    },
  },
  {
    code: 'MN403',
    scope: 'workload',
    title: 'Multus does not run on the node',
    severity: 'warning',
    slugs: ['multus-missing-on-node'],
    why: 'Without Multus the node calls its default CNI alone: pods start with eth0 only, and nothing says that the annotation was never read.',
    fix: 'Let the Multus DaemonSet tolerate the taints of this node, or keep such pods off it.',
    check: (facts, world) => {
      const node = facts.workload.node;
      if (
        !node ||
        !facts.asks ||
        !facts.pod.sandbox ||
        facts.reported ||
        facts.pod.finished ||
        facts.pod.terminating ||
        facts.workload.hostNetwork
      )
        return undefined;
      const known = world.node(node);
      if (known?.multus === 'running') return undefined;
      // Without nodes or daemon pods in sight the silence of the pod alone proves too little.
      const confidence = known?.multus === 'absent' ? 'certain' : 'possible';
      const asked = facts.attachments.filter(
        (item) =>
          typeof item.request?.index === 'number' && item.request.alias?.scheme === 'nad' && !item.request.inert,
      );
      if (asked.length === 0 || asked.some((item) => item.attachment.observed.length > 0)) return undefined;
      return {
        slug: 'multus-missing-on-node',
        group: node,
        confidence,
        title:
          confidence === 'certain'
            ? `Multus does not run on ${node}`
            : `Nothing reads the networks annotation on ${node}`,
        message: `Pods that ask for more than the default network run on ${node} without it.`,
        fix: {
          text: 'Let the Multus DaemonSet tolerate the taints of this node, or keep such pods off it.',
          commands: [
            `kubectl get pods -A -o wide --field-selector spec.nodeName=${node} | grep -i multus`,
            `kubectl describe node ${node} | grep -i taint`,
          ],
        },
        evidence: asked.flatMap((item) => (item.request ? [item.request.requested.source] : [])),
        subjects: [
          { type: 'node', id: node },
          ...asked.map((item) => ({ type: 'attachment' as const, id: item.attachment.id })),
        ],
        effect: 'ignored',
      };
    },
  },
  fromEvent('MN405', ['no-default-route-iface', 'ipvlan-chain-master']),
  fromEvent('MN408', ['link-busy', 'macvlan-create-other', 'mac-in-use', 'veth-exists']),
  fromEvent('MN409', ['bridge-ip-conflict', 'bridge-not-a-bridge', 'bridge-create-failed', 'bridge-port-error']),
  fromEvent('MN411', ['hostdevice-not-found', 'hostdevice-move-failed']),
  fromEvent('MN412', ['tap-failed', 'tap-bridge-missing', 'macvtap-device-not-found']),
  fromEvent('MN414', [
    'sriov-vf-info',
    'sriov-vf-no-driver',
    'sriov-pci-allocated',
    'sriov-vf-config',
    'sriov-setup-failed',
    'sriov-ipam-failed',
  ]),
  fromEvent('MN415', ['ovs-bridge-missing', 'ovs-db-down', 'ovs-link-down']),
  fromEvent('MN416', ['tuning-sysctl-denied', 'vrf-table-clash', 'vrf-has-master', 'portmap-port']),
  fromEvent('MN420', [
    'multus-unauthorized',
    'multus-x509',
    'multus-apiserver-unreachable',
    'multus-pod-forbidden',
    'multus-kubeconfig-missing',
  ]),
  fromEvent('MN421', ['readiness-indicator', 'cluster-network-missing', 'multus-netconf-invalid']),
  fromEvent('MN422', ['multus-binary-missing', 'thick-daemon-down', 'thick-daemon-wait', 'install-text-busy']),
  fromEvent('MN423', ['status-write-failed', 'default-gw-edit-failed', 'podresources-failed', 'cni-args-no-namespace']),
  fromEvent('MN424', ['runtime-no-eth0', 'runtime-deadline', 'runtime-name-reserved', 'netns-gone', 'plugin-crash']),
  fromEvent('MN425', ['node-network-not-ready']),
  fromEvent('MN430', ['resource-insufficient', 'device-unhealthy-admission']),
  fromEvent('MN480', ['delegate-generic'], { title: 'The plugin of this network failed' }),
  fromEvent('MN490', ['unknown-failure'], {
    title: 'The sandbox cannot be built, and the reason is not in the catalogue',
    why: 'The message names no cause that Busbar knows. Every attachment of the pod waits for it.',
    fix: 'Read the whole message, and the log of the plugin on the node.',
  }),
];

/** Where a word stands in a config, so that evidence can mark it. */
function placeOf(text: string, word: string | undefined): { offset?: number; length?: number } {
  if (!word) return {};
  const offset = text.indexOf(`"${word}"`);
  return offset < 0 ? {} : { offset, length: word.length + 2 };
}

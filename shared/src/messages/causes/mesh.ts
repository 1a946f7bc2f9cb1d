import type { CauseGroup, Match } from '../types.ts';

const words = '(?<error>.{3,200})';

/** Whatever the plugin says, where the message or the bracket of Multus names it. */
const saidBy = (...plugins: string[]): Match[] => [
  { pattern: new RegExp(words), when: { namedPlugins: plugins, phase: 'setup' } },
  {
    pattern: new RegExp(words),
    when: { phase: 'setup', test: ({ configName }) => configName !== undefined && plugins.includes(configName) },
    confidence: 'likely',
  },
];

/**
 * Plugins of service meshes, chained after the default CNI or asked for as a NAD: they redirect the traffic of eth0 and make no
 * interface. Their errors stop the pod like those of any plugin.
 */
export const mesh: CauseGroup = {
  group: 'Service meshes',
  source: 'istio cni, linkerd2-cni, consul-k8s control-plane/cni, kuma app/cni',
  causes: [
    {
      slug: 'mesh-istio-cni',
      severity: 'error',
      title: 'The CNI plugin of Istio failed',
      cause:
        'istio-cni runs after the default network is set up, and asks the istio-cni-node agent of its node to redirect the traffic of the pod. The agent is down, has no connection to ztunnel, or could not change iptables or ipset. No network attachment is at fault.',
      fix: 'Look at the istio-cni-node pod of that node and, in ambient mode, at ztunnel there.',
      symptom: 'plugin type="istio-cni" failed (add): unable to push CNI event',
      match: [
        /(?<error>(?:istio-cni cmdAdd failed|unable to push CNI event|partial add error: ?no ztunnel connection).{0,200})/,
        ...saidBy('istio-cni'),
      ],
    },
    {
      slug: 'mesh-linkerd-cni',
      severity: 'error',
      title: 'The CNI plugin of Linkerd failed',
      cause:
        'linkerd-cni runs after the default network is set up, reads the pod from the API server and writes iptables rules. Its token on the node is no longer valid or has no rights, the API server is not reachable, or the node lacks a shell or iptables. No network attachment is at fault.',
      fix: 'Restart the linkerd-cni pod of that node, which writes the token anew; look at its log.',
      symptom: 'plugin type="linkerd-cni" failed (add): Unauthorized',
      match: saidBy('linkerd-cni'),
    },
    {
      slug: 'mesh-cni-failed',
      severity: 'error',
      title: 'The CNI plugin of a service mesh failed',
      cause:
        'The plugin runs after the default network is set up, and redirects the traffic of the pod to the proxy of the mesh. No network attachment is at fault.',
      fix: 'Look at the DaemonSet of the mesh that installs the plugin: its pod on that node, its token and its log.',
      symptom: 'plugin type="consul-cni" failed (add): error retrieving pod: Unauthorized',
      match: saidBy('consul-cni', 'kuma-cni', 'osm-cni', 'kmesh-cni'),
    },
  ],
};

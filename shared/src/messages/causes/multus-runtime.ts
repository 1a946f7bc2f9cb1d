import type { CauseGroup, Context } from '../types.ts';

const unreachable =
  'i/o timeout|connection refused|no route to host|network is unreachable|context deadline exceeded|TLS handshake timeout|http2: client connection lost|EOF|request canceled';
/** Multus itself speaks about the pod as a whole: no delegate was called yet. */
const wholePod = ({ multus, configName, core }: Context) =>
  /error(?:getting|waitingfor)pod|SetNetworkStatus|getk8sclient|network-attachment-definition/i.test(core) ||
  (multus && configName === undefined);

/** What Multus says of a whole pod; inside the layer of one network it means that Multus was called as its delegate. */
const ofWholePod =
  /^(?:error(?:getting|loading|waiting)|Err(?:in)?(?:getting|loading)|GetK8sClient|LoadNetConf|TryLoad|haveyouchecked)/i;

function delegatesToItself({ layers, core }: Context): boolean {
  const first = layers.findIndex(
    (layer) => layer.speaker === 'multus' && layer.plugin === undefined && layer.configName !== undefined,
  );
  if (first < 0) return false;
  const inner = layers.slice(first + 1);
  if (inner.some((layer) => layer.plugin === 'multus' || layer.plugin === 'multus-shim'))
    return core.length > 12 && !/^cmd/i.test(core) && !inner.some((layer) => /shim\):$/i.test(layer.text));
  if (inner.some((layer) => layer.speaker === 'multus' && /^Multus:\[/i.test(layer.text))) return true;
  if (/^multus-(?:cni-network|config)$/.test(layers[first]?.configName ?? ''))
    return (
      inner.some((layer) => /^(?:Multus:)?\[|^Multus:$/i.test(layer.text)) ||
      ofWholePod.test(core) ||
      /^Multus:/i.test(core)
    );
  return inner.some((layer) => /^Multus:$/i.test(layer.text)) && ofWholePod.test(core);
}

/** Multus on the node: credentials, API access, daemon, its own configuration (semantics.md section 3). */
export const multusRuntime: CauseGroup = {
  group: 'Multus runtime',
  source: 'multus-cni pkg/multus, pkg/k8sclient, pkg/server',
  secondary: true,
  causes: [
    {
      slug: 'thick-daemon-wait',
      severity: 'critical',
      title: 'The Multus shim waited for the daemon in vain',
      cause: 'The daemon on the node did not become ready in time.',
      fix: 'Look at the kube-multus-ds pod on that node; raise its memory limit if it was killed.',
      symptom: 'CmdAdd (shim): timed out waiting for the condition',
      match: [
        {
          pattern: /Cmd ?Add \(shim\): ?(?:timed out waiting for the condition|context deadline exceeded)/,
          scope: 'region',
        },
      ],
      domain: 'node',
    },
    {
      slug: 'thick-daemon-down',
      severity: 'critical',
      title: 'The Multus daemon on the node does not answer',
      cause:
        'The shim reaches no daemon at its socket: the daemon pod crashed, was killed for memory, was evicted, or is still starting after a reboot.',
      fix: 'Look at the kube-multus-ds pod on that node; raise its memory limit; if Multus was removed, delete 00-multus.conf.',
      symptom: 'dial unix /run/multus/multus.sock: connect: connection refused',
      match: [
        {
          pattern:
            /dial unix (?<socket>\/[^\s:,'"]{0,120}multus[^\s:,'"]{0,60}): ?connect: ?(?<error>connection refused|no such file or directory|permission denied)/,
        },
        { pattern: /Daemon not reachable(?: over socketfile:? ?(?<socket>\/[^\s:,'"]{1,120}))?/ },
        { pattern: /dial unix (?<socket>\/[^\s:,'"]{0,120}multus[^\s:,'"]{0,60})/, confidence: 'likely' },
        {
          pattern:
            /failed to send CNI request: ?Post "?http:\/\/dummy\/\w{0,20}"?: ?(?<error>EOF|dial unix|read unix|context deadline exceeded|context canceled)/,
          when: { test: ({ region }) => /\(shim\)|multus/i.test(region) },
          confidence: 'likely',
        },
      ],
      domain: 'node',
    },
    {
      slug: 'multus-self-delegation',
      severity: 'critical',
      title: 'Multus calls itself',
      cause:
        'A NAD has type multus, clusterNetwork points to the configuration of Multus, or a stale 00-multus.conf is taken for the default network.',
      fix: 'Point clusterNetwork to the real default CNI file, remove stale Multus configurations from /etc/cni/net.d, and never use type multus in a NAD.',
      symptom: 'error adding container to network "multus-cni-network": Multus:',
      match: { pattern: /^/, when: { test: delegatesToItself }, confidence: 'likely' },
      domain: 'node',
    },
    {
      slug: 'status-write-failed',
      severity: 'error',
      title: 'Multus could not write network-status',
      cause:
        'All attachments succeeded, but the annotation could not be written: missing rights on pods/status, a webhook, or a conflict. The pod is torn down.',
      fix: 'Grant update on pods/status to Multus; look for webhooks that refuse it.',
      symptom: 'error setting the networks status',
      match:
        /(?:error setting|Err set) the networks status:? ?(?<error>[^,]{0,200})|SetNetworkStatus: ?failed to (?:update|set|query)[^,]{0,200}/,
    },
    {
      slug: 'multus-unauthorized',
      severity: 'critical',
      title: 'The API server refuses the credentials of Multus',
      cause:
        'The token in multus.kubeconfig on the node has expired or belongs to a deleted account; or Multus was removed and its configuration left behind.',
      fix: 'Restart the Multus pod on the node, or upgrade to a release that refreshes the token; remove 00-multus.conf if Multus is gone.',
      symptom: 'Multus: error getting pod: Unauthorized',
      match: [
        /error (?:getting|waiting for) pod: ?(?:[^,]{0,300}?: ?)?Unauthorized/,
        /failed to (?:query|get|update) the pod [^:]{1,300}:[^,]{0,100}?Unauthorized/,
        {
          pattern: /(?:provide credentials|\bUnauthorized)(?:$|[,)'"])/,
          when: { multus: true, test: (c) => wholePod(c) },
        },
        {
          pattern:
            /error (?:getting|waiting for) pod:[^,]{0,200}?the server has asked for the client to provide credentials/,
        },
      ],
      domain: 'node',
    },
    {
      slug: 'multus-x509',
      severity: 'critical',
      title: 'Multus does not trust the certificate of the API server',
      cause:
        'The CA in multus.kubeconfig on the node is stale, as after a rotation or rebuild of the cluster, or the clock of the node is wrong.',
      fix: 'Restart the Multus pod on the node so that it writes a new kubeconfig; check the clock.',
      symptom: 'error getting pod: x509: certificate signed by unknown authority',
      match: [
        /error (?:getting|waiting for) pod:.{0,400}?x509: ?(?<error>[^,]{0,150})/,
        { pattern: /x509: ?(?<error>certificate[^,]{0,150})/, when: { multus: true, test: wholePod } },
      ],
      domain: 'node',
    },
    {
      slug: 'multus-apiserver-unreachable',
      severity: 'critical',
      title: 'Multus does not reach the API server from the node',
      cause:
        'The service address does not work on the node yet (kube-proxy, default CNI), a firewall or proxy stands between, or the API server is overloaded.',
      fix: 'Check that the node reaches the address in multus.kubeconfig, and that kube-proxy runs there.',
      symptom: 'error getting pod: Get "https://10.96.0.1:443/...": dial tcp: i/o timeout',
      match: [
        new RegExp(`error (?:getting|waiting for) pod:.{0,500}?(?<error>${unreachable})`),
        {
          pattern: new RegExp(`Get "?https?:.{0,300}?(?<error>${unreachable})`),
          when: { multus: true, test: wholePod },
        },
        {
          pattern:
            /error (?:getting|waiting for) pod: ?(?<error>the server was unable to return a response|etcdserver:|timed out|rate: Wait|client rate limiter)/,
        },
      ],
      domain: 'node',
    },
    {
      slug: 'multus-pod-forbidden',
      severity: 'critical',
      title: 'Multus may not read pods',
      cause: 'Its service account lacks the right to get pods.',
      fix: 'Restore the ClusterRole and ClusterRoleBinding that come with Multus.',
      symptom: 'error getting pod: pods is forbidden',
      match:
        /(?:error (?:getting|waiting for) pod|failed to (?:query|get) the pod [^:]{1,300}): ?pods "?(?<pod>[^"\s]{1,253}?)"? is forbidden/,
      domain: 'node',
    },
    {
      slug: 'pod-uid-mismatch',
      severity: 'warning',
      title: 'The sandbox belongs to an older pod of the same name',
      cause:
        'The pod was deleted and made again under its name while an old sandbox was still being set up; static pods trigger it on old Multus releases.',
      fix: 'Usually heals by itself; upgrade Multus if static pods stay stuck.',
      symptom: 'expected pod UID but got ... from Kube API',
      match: /expected pod UID "?(?<want>[^"\s]{0,80}?)"? but got "?(?<got>[^"\s]{0,80}?)"? from Kube API/,
    },
    {
      slug: 'pod-not-found-race',
      severity: 'warning',
      title: 'Multus does not find the pod',
      cause: 'The pod was deleted while its sandbox was being made, or the cache of the daemon is stale.',
      fix: 'Nothing if the pod is gone; restart the Multus pod on the node if it persists.',
      symptom: 'error waiting for pod: pod not found',
      match:
        /(?:error (?:getting|waiting for) pod|failed to (?:query|get) the pod [^:]{1,300}|failed to get annotations): ?pods? "?(?<pod>[^"\s]{1,253}?)"? not found/,
    },
    {
      slug: 'cni-args-no-namespace',
      severity: 'error',
      title: 'The runtime did not pass the namespace of the pod',
      cause: 'K8S_POD_NAMESPACE or K8S_POD_NAME is missing in CNI_ARGS, as with crictl or other tools.',
      fix: 'Set the namespace in the pod sandbox configuration.',
      symptom: 'an empty namespace may not be set when a resource name is provided',
      match: /an empty namespace may not be set when a resource name is provide|missing K8S_POD_(?:NAMESPACE|NAME)/,
    },
    {
      slug: 'readiness-indicator',
      severity: 'critical',
      title: 'The default network of the node is not ready',
      cause:
        'Multus waits for the readiness indicator file, which the default CNI writes when it is up; it did not appear.',
      fix: 'Repair the default CNI (ovnkube-node, calico-node, ...) on that node.',
      symptom: 'still waiting for readinessindicatorfile @ ... pollimmediate error',
      match: [
        /waiting for readiness ?indicator ?file ?@ ?(?<file>\/[^\s]{1,200}?)(?:\.? ?pollimmediate error(?:: ?(?<error>[^,]{0,100}))?|[,'"]|$)/,
        /waiting for readiness ?indicator ?file/,
        /have you checked that your default network is ready/,
      ],
      domain: 'default',
    },
    {
      slug: 'cluster-network-missing',
      severity: 'critical',
      title: 'Multus does not find the default network',
      cause:
        'The file or NAD that clusterNetwork names is not there: the default CNI was removed, renamed or not yet installed.',
      fix: 'Correct clusterNetwork in the Multus configuration, or restore the configuration of the default CNI.',
      symptom: 'failed to get clusterNetwork/defaultNetworks',
      match:
        /failed to get clusterNetwork\/defaultNetworks(?:: ?(?<error>.{0,200}))?|failed to get (?:clusterNetwork|default network) (?<network>[^\s]{1,200}?) in namespace/,
      domain: 'default',
    },
    {
      slug: 'multus-netconf-invalid',
      severity: 'critical',
      title: 'The configuration of Multus itself is not valid',
      cause: '00-multus.conf on the node has no delegate and no clusterNetwork, or does not parse.',
      fix: 'Correct 00-multus.conf, or let the Multus DaemonSet generate it anew.',
      symptom: 'Multus: error loading netconf',
      match:
        /error loading netconf:? ?(?<error>[^,]{0,200})|LoadNetConf: ?(?:at least one delegate|failed to load netconf)[^,]{0,100}/,
      when: { test: ({ region }) => /multus|LoadNetConf/i.test(region) },
      domain: 'node',
    },
    {
      slug: 'multus-kubeconfig-missing',
      severity: 'critical',
      title: 'The kubeconfig of Multus is not on the node',
      cause: 'Multus was removed but its CNI configuration stayed, or its pod has not written the kubeconfig yet.',
      fix: 'Reinstall Multus, or remove 00-multus.conf from /etc/cni/net.d.',
      symptom: 'GetK8sClient: failed to get context for the kubeconfig',
      match: [
        /failed to get context for (?:the kubeconfig (?<file>[^\s:]{1,200})|in-cluster kube ?config)(?:: ?(?<error>[^,]{0,150}))?/,
        { pattern: /(?<file>\/[^\s:]{1,120}multus\.kubeconfig): ?no such file or directory/ },
      ],
      domain: 'node',
    },
    {
      slug: 'install-text-busy',
      severity: 'critical',
      title: 'The Multus installer cannot overwrite the running binary',
      cause: 'The init container copies onto a shim that is being executed, typically after a reboot.',
      fix: 'Use the install_multus tool or cp -f in the init container.',
      symptom: 'cp: cannot create regular file multus-shim: Text file busy',
      match: { pattern: /text file busy/, when: { test: ({ region }) => /multus|cni\/bin|shim/i.test(region) } },
      domain: 'node',
    },
    {
      slug: 'multus-image-manifest-mismatch',
      severity: 'critical',
      title: 'The Multus image and its manifest do not belong together',
      cause:
        'The DaemonSet manifest starts a program or passes a flag that this image does not have: thin manifest with thick image, or one of them from another release.',
      fix: 'Install manifest and image of the same release and the same variant (thin or thick).',
      symptom: 'exec: "/thin_entrypoint": no such file or directory / unknown flag',
      match: [
        /exec: ?"?(?<path>\/?(?:thin_entrypoint|entrypoint\.sh|usr\/src\/multus-cni\/[\w/-]{1,60}|install_multus|kubeconfig_generator|cert-approver|multus-daemon|passthru-cni))"?: ?(?:stat [^\s:]{1,80}: ?)?(?:no such file or directory|executable file not found)/,
        /(?:stat|open|cp: can(?:not|'t) stat) '?(?<path>\/(?:usr\/src\/multus-cni\/[\w/-]{1,60}|thin_entrypoint|entrypoint\.sh))'?: ?no such file or directory/i,
        {
          pattern:
            /(?:unknown flag|flag provided but not defined|unknown option|unknown shorthand flag):? ?(?<flag>-{1,2}[\w-]{1,60})/,
          when: { test: ({ region }) => /multus|entrypoint|delegates|cni-conf|kubeconfig/i.test(region) },
        },
        /failed to load the multus-daemon configuration|(?:multus|daemon)[^,]{0,80}?daemon-config\.json: ?no such file or directory/,
      ],
      domain: 'node',
      confidence: 'likely',
    },
    {
      slug: 'default-gw-edit-failed',
      severity: 'error',
      title: 'Multus could not change the default gateway',
      cause:
        'default-route was requested, but a route could not be deleted or set: the gateway is not on the link, or the result of the plugin is unusual.',
      fix: 'Correct default-route: it must be a gateway inside the subnet of that attachment.',
      symptom: 'error setting default gateway',
      match: /error (?:deleting|setting) default gateway(?: in cache)?:? ?(?<error>[^,]{0,150})/,
    },
    {
      slug: 'podresources-failed',
      severity: 'error',
      title: 'Multus cannot ask the kubelet for the devices of the pod',
      cause: 'The pod-resources socket of the kubelet is not mounted into the Multus daemon or does not answer.',
      fix: 'Mount /var/lib/kubelet/pod-resources into the Multus daemon.',
      symptom: 'failed to get a ResourceClient instance',
      match:
        /failed to get a ResourceClient instance:? ?(?<error>.{0,200})|getKubeletClient: ?error getting (?:pod resources|grpc client)/,
    },
    {
      slug: 'dra-resource-map',
      severity: 'error',
      title: 'Multus cannot tell which device belongs to the pod',
      cause:
        'The list of devices from the kubelet or from DRA could not be read: claim not allocated, missing rights, or the API version is not served.',
      fix: 'Check the ResourceClaim of the pod and the rights of Multus on resourceclaims and resourceslices.',
      symptom: 'failed to get resourceMap from ResourceClient / DRA client',
      match: /failed to get resourceMap from (?<from>ResourceClient|DRA client)(?:: ?(?<error>.{0,200}))?/,
    },
    {
      slug: 'ifname-exists',
      severity: 'error',
      title: 'Two attachments of the pod want the same interface name',
      cause:
        'The name exists in the pod already: asked for twice, equal to an automatic netN, or left over from an earlier attempt. netN counts all attachments.',
      fix: 'Give each attachment a distinct interface name.',
      symptom: 'validateIfName: interface name already exists',
      match: [
        /cannot set "?(?<plugin>[^"\s]{0,253}?)"? interface name to "?(?<ifname>[^"\s]{0,40}?)"?: ?validateIfName: ?interface name [^\s]{1,40}? already exists/,
        /validateIfName: ?interface name (?<ifname>[^\s]{1,40}?) already exists/,
        /cannot set "?(?<plugin>[^"\s]{0,253}?)"? ifname to "?(?<ifname>[^"\s]{1,40}?)"?: ?ifname [^\s]{1,40}? is already exist/,
        /ifname (?<ifname>[^\s]{1,40}?) is already exist/,
        /interface name "?(?<ifname>[^\s"]{1,40}?)"? already exists/,
      ],
    },
    {
      slug: 'netns-gone',
      severity: 'error',
      title: 'The network namespace of the sandbox is gone',
      cause: 'The pod was removed while its networks were set up, or the Multus daemon lacks the mount of /run/netns.',
      fix: 'Retry; mount /run/netns with propagation HostToContainer into the Multus daemon.',
      symptom: 'failed to open netns: no such file or directory',
      match: [
        /no net namespace (?<netns>[^\s:]{1,120}?) found/,
        /failed to (?:open|get) netns:? ?"?(?<netns>[^":\s]{0,120})/,
        /failed to Statfs "?(?<netns>[^":\s]{1,120})/,
        { pattern: /unknown FS magic on "(?<netns>[^"]{1,120})"/ },
      ],
      late: true,
      confidence: 'likely',
    },
  ],
};

import { expect, test } from 'vitest';
import { classifyMessage } from './classify.ts';

const id = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const uid = '0a0a0a0a-0000-4000-8000-000000000001';
const kubelet = 'Failed to create pod sandbox: rpc error: code = Unknown desc = ';
const containerd = `${kubelet}failed to setup network for sandbox "${id}": `;
const thin = `${containerd}plugin type="multus" name="multus-cni-network" failed (add): `;
const bracket = (config: string) => `[ns/p/${uid}:${config}]: error adding container to network "${config}": `;
const shim = `${containerd}plugin type="multus-shim" name="multus-cni-network" failed (add): CmdAdd (shim): CNI request failed with status 400: `;
const request = `'ContainerID:"${id}" Netns:"/var/run/netns/cni-1" IfName:"eth0" Args:"K8S_POD_NAMESPACE=ns;K8S_POD_NAME=p" Path:"" ERRORED: error configuring pod [ns/p] networking: `;
const tail = `\n': StdinData: {"clusterNetwork":"/host/etc/cni/net.d/05-cilium.conflist","name":"multus-cni-network","type":"multus-shim"}`;
const crio = `${kubelet}failed to create pod network sandbox k8s_p_ns_${uid}_0(${id}): error adding pod ns_p to CNI network "multus-cni-network": plugin type="multus" name="multus-cni-network" failed (add): `;
const dockershim = `${kubelet}[failed to set up sandbox container "${id}" network for pod "p": networkPlugin cni failed to set up pod "p_ns" network: `;
const dockerTeardown = `, failed to clean up sandbox container "${id}" network for pod "p": networkPlugin cni failed to teardown pod "p_ns" network: delegateDel: error invoking DelegateDel - "macvlan": error in getting result from DelNetwork: failed to find plugin "macvlan" in path [/opt/cni/bin]]`;

const full =
  'error at storage engine: Could not allocate IP in range: ip: 10.0.0.1 / - 10.0.0.6 / range: 10.0.0.0/29 / excludeRanges: []';

test.each([
  ['Multus thin on containerd', thin + bracket('lan') + full],
  ['Multus thick', shim + request + bracket('lan') + full + tail],
  [
    'Multus thick 4.0',
    `${shim}'&{ContainerID:${id} Netns:/var/run/netns/x IfName:eth0 Args: Path: StdinData:[123 34 99 97 112]} ERRORED: error configuring pod [ns/p] networking: ${bracket('lan')}${full}\n'`,
  ],
  ['Multus on CRI-O', crio + bracket('lan') + full],
  [
    'Multus on dockershim with its clean-up',
    `${dockershim}[ns/p:lan]: error adding container to network "lan": ${full}${dockerTeardown}`,
  ],
  [
    'old Multus',
    `${dockershim}Multus: Err adding pod to network "lan": Multus: error in invoke Delegate add - "macvlan": ${full}]`,
  ],
  [
    'Multus 3.4',
    `${kubelet}failed to setup network for sandbox "${id}": Multus: [ns/p]: error adding container to network "lan": delegateAdd: error invoking DelegateAdd - "macvlan": error in getting result from AddNetwork: ${full}`,
  ],
  ['a conflist', `${thin}${bracket('lan')}plugin type="macvlan" failed (add): ${full}`],
  ['an aggregated event', `(combined from similar events): ${thin}${bracket('lan')}${full}`],
])('peels %s down to the same cause, config and captures', (_name, message) => {
  const verdict = classifyMessage({ reason: 'FailedCreatePodSandBox', message });
  expect(verdict).toMatchObject({
    slug: 'whereabouts-exhausted',
    domain: 'secondary',
    phase: 'setup',
    configName: 'lan',
  });
  expect(verdict.captures).toMatchObject({ first: '10.0.0.1', last: '10.0.0.6', range: '10.0.0.0/29' });
  expect(verdict.sandbox).toBe(id);
});

test('a word of the request dump is no cause', () => {
  const dump = `${shim}${request}`.replace(
    ' ERRORED: error configuring pod [ns/p] networking: ',
    ' StdinData: {"type":"Link not found","readinessindicatorfile":"x"',
  );
  expect(classifyMessage({ message: dump }).slug).toBe('unknown');
});

test('set-up comes first, tear-down after is noise', () => {
  const both = `${dockershim}[ns/p:lan]: error adding container to network "lan": Link not found${dockerTeardown}`;
  expect(classifyMessage({ message: both })).toMatchObject({
    slug: 'master-not-found',
    phase: 'setup',
    configName: 'lan',
  });
});

test('a failed tear-down alone is a tear-down', () => {
  const message = `error killing pod: failed to "KillPodSandbox" for "${uid}" with KillPodSandboxError: "rpc error: code = Unknown desc = failed to destroy network for sandbox \\"${id}\\": plugin type=\\"multus\\" name=\\"multus-cni-network\\" failed (delete): delegateDel: error invoking ConflistDel - \\"lan\\": conflistDel: error in getting result from DelNetworkList: Link not found"`;
  expect(classifyMessage({ reason: 'FailedKillPod', message })).toMatchObject({
    slug: 'kill-delegate-failed',
    phase: 'teardown',
    configName: 'lan',
  });
});

test('names the NAD where the message does, and never takes a config name for one', () => {
  const missing = `${thin}Multus: [ns/p/${uid}]: error loading k8s delegates k8s args: TryLoadPodDelegates: error in getting k8s network for pod: GetNetworkDelegates: failed getting the delegate: getKubernetesDelegate: cannot find a network-attachment-definition (bakend) in namespace (shop): network-attachment-definitions.k8s.cni.cncf.io "bakend" not found`;
  const verdict = classifyMessage({ message: missing });
  expect(verdict).toMatchObject({ slug: 'nad-not-found', nad: { namespace: 'shop', name: 'bakend' } });
  expect(verdict.configName).toBeUndefined();
  expect(classifyMessage({ message: `${thin}${bracket('lan')}Link not found` }).nad).toBeUndefined();
});

test.each([
  [
    'cannot find a network-attachment-definition (ns2/lan) in namespace (ns): network-attachment-definitions.k8s.cni.cncf.io "ns2/lan" not found',
    { namespace: 'ns', name: 'ns2/lan' },
  ],
  ["could not find network attachment definition 'ns/lan': not found", { namespace: 'ns', name: 'lan' }],
  [
    'network-attachment-definitions.k8s.cni.cncf.io "lan" is forbidden: User "u" cannot get resource in API group "k8s.cni.cncf.io" in the namespace "ns"',
    { namespace: 'ns', name: 'lan' },
  ],
  ['pod [ns/p]: failed adding interface net1 to network: lan', { name: 'lan' }],
  ['failed to locate network attachment definition ns/lan', { namespace: 'ns', name: 'lan' }],
  ['failed to locate network attachment definition lan', { name: 'lan' }],
])('reads the NAD out of %s', (message, nad) => {
  expect(classifyMessage({ message }).nad).toEqual(nad);
});

test('shows the deciding words in the original', () => {
  const message = `${thin}${bracket('lan')}invalid MTU 9000, must be [0,\n      master MTU(1500)]`;
  const { span, captures } = classifyMessage({ message });
  expect(message.slice(span?.offset, (span?.offset ?? 0) + (span?.length ?? 0))).toMatch(/^invalid MTU 9000/);
  expect(captures).toEqual({ mtu: '9000', masterMtu: '1500' });
});

test('says that a message is cut and does not guess', () => {
  const message = `${shim}'ContainerID:"${id}" Netns:"/var/run/netns/cni-1" IfName:"eth0" Args:"IgnoreUnkno`;
  expect(classifyMessage({ message })).toMatchObject({ slug: 'unknown', truncated: true });
});

const socket = (path: string) =>
  `${containerd}plugin type="x" failed (add): dial unix ${path}: connect: connection refused`;

test.each([
  [
    'the socket of Multus',
    `${shim.slice(0, shim.indexOf('CNI request'))}failed to send CNI request: Post "http://dummy/cni": dial unix /run/multus/multus.sock: connect: no such file or directory`,
    'thick-daemon-down',
    'node',
  ],
  ['the socket of Cilium', socket('/var/run/cilium/cilium.sock'), 'default-cni-cilium', 'default'],
  [
    'the socket of OVN-Kubernetes',
    socket('/var/run/ovn-kubernetes/cni/ovn-cni-server.sock'),
    'ovnk-plugin-down',
    'default',
  ],
  ['the socket of Kube-OVN', socket('/run/openvswitch/kube-ovn-daemon.sock'), 'kube-ovn-server-down', 'node'],
  [
    'the socket of the DHCP daemon',
    `${thin}${bracket('lan')}error dialing DHCP daemon: dial unix /run/cni/dhcp.sock: connect: no such file or directory`,
    'dhcp-daemon-down',
    'secondary',
  ],
  [
    'range is full of OVN',
    `${thin}[ns/p/${uid}:l2]: error adding container to network "l2": plugin type="ovn-k8s-cni-overlay" failed (add): failed to assign pod addresses for ns/p: range is full`,
    'ovnk-ip-full',
    'secondary',
  ],
  [
    "range is full of somebody else's IPAM",
    `${thin}${bracket('lan')}plugin type="macvlan" failed (add): plugin type="other-ipam" failed (add): range is full`,
    'delegate-generic',
    'secondary',
  ],
])('tells apart by who speaks: %s', (_name, message, slug, domain) => {
  expect(classifyMessage({ reason: 'FailedCreatePodSandBox', message })).toMatchObject({ slug, domain });
});

test.each([
  [
    'Failed',
    'Failed to pull image "a/b:1": rpc error: code = Unknown desc = failed to resolve reference "a/b:1": dial tcp: i/o timeout',
    'not-network-image-pull',
  ],
  ['BackOff', 'Back-off pulling image "a/b:1"', 'not-network-image-pull'],
  ['Failed', 'Error: ImagePullBackOff', 'not-network-image-pull'],
  ['BackOff', 'Back-off restarting failed container app in pod p_ns(1)', 'not-network-crash-loop'],
  ['Unhealthy', 'Readiness probe failed: Get "http://10.0.0.5:80/": context deadline exceeded', 'not-network-probe'],
  ['Unhealthy', 'Liveness probe failed: dial tcp 10.0.0.5:80: connect: connection refused', 'not-network-probe'],
  [
    'FailedMount',
    'MountVolume.SetUp failed for volume "kube-api-access" : configmap "kube-root-ca.crt" not found',
    'not-network-volume',
  ],
  [
    'FailedAttachVolume',
    'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) x',
    'not-network-volume',
  ],
  [
    'FailedScheduling',
    '0/3 nodes are available: 1 Insufficient memory. 2 node(s) had untolerated taint {a: b}. preemption: 0/3 nodes are available',
    'not-network-scheduling',
  ],
  [
    'FailedCreate',
    'Error creating: pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=10, limited: pods=10',
    'not-network-quota',
  ],
  [
    'FailedCreate',
    'pods "x" is forbidden: violates PodSecurity "restricted:latest": host namespaces',
    'not-network-quota',
  ],
  ['Evicted', 'The node was low on resource: ephemeral-storage.', 'not-network-evicted'],
  ['OOMKilling', 'Memory cgroup out of memory: Killed process 1', 'not-network-oom'],
  [
    'Failed',
    'Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: exec: "foo": executable file not found in $PATH',
    'not-network-container-start',
  ],
  [
    'FailedCreatePodSandBox',
    `${kubelet}failed to get sandbox image "registry.k8s.io/pause:3.9": failed to pull image: dial tcp: i/o timeout`,
    'runtime-sandbox-image',
  ],
])('calls %s: %s not a network problem', (reason, message, slug) => {
  const verdict = classifyMessage({ reason, message });
  expect(verdict.slug).toBe(slug);
  expect(['not-network', 'node']).toContain(verdict.domain);
});

test.each([
  [
    'flannel under Multus',
    `${thin}${bracket('cbr0')}plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory`,
    'default-cni-flannel-not-ready',
  ],
  [
    'calico without Multus',
    `${containerd}plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running`,
    'default-cni-calico',
  ],
  [
    'calico under Multus',
    `${thin}${bracket('k8s-pod-network')}plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized`,
    'default-cni-calico',
  ],
  [
    'the Azure CNI',
    `${containerd}plugin type="azure-vnet" failed (add): IPAM Invoker Add failed with error: Failed to allocate address`,
    'default-cni-azure',
  ],
  [
    'weave',
    `${containerd}plugin type="weave-net" name="weave" failed (add): unable to allocate IP address: Post "http://127.0.0.1:6784/ip/x": dial tcp 127.0.0.1:6784: connect: connection refused`,
    'default-cni-weave',
  ],
  [
    'an unknown CNI without Multus',
    `${containerd}plugin type="mycni" failed (add): something odd happened`,
    'default-cni-failed',
  ],
  [
    'an unknown error of the default network under Multus',
    `${thin}${bracket('cbr0')}something odd happened`,
    'default-cni-failed',
  ],
  [
    'the readiness file',
    `${thin}Multus: [ns/p/${uid}]: PollImmediate error waiting for ReadinessIndicatorFile: timed out waiting for the condition`,
    'readiness-indicator',
  ],
])('gives %s to the default network', (_name, message, slug) => {
  expect(classifyMessage({ reason: 'FailedCreatePodSandBox', message })).toMatchObject({ slug, domain: 'default' });
});

test.each([
  ['namespace isolation violation: podnamespace: app / target namespace: infra', 'ns-isolation'],
  ["error in getting multus plugin delegate: delegate must have the field 'type'", 'nad-no-type'],
  ['failed to create bridge "br0": could not add "br0": numerical result out of range', 'bridge-create-failed'],
  ['failed to connect "veth12" to bridge br0: exchange full', 'bridge-connect-failed'],
  [
    'plugin type="bridge" failed (add): failed to set bridge addr: could not add IP address to "br0": permission denied',
    'ipv6-disabled',
  ],
  ['plugin type="macvlan" failed (add): failed to lookup master "eth5": Link not found', 'master-not-found'],
  [
    'failed to set up pod interface "net1" from the device "ens1": failed to get netlink device with name ens1v3: Link not found',
    'sriov-setup-failed',
  ],
  [
    'plugin type="tuning" failed (add): open /proc/sys/net/ipv4/conf/net9/arp_filter: no such file or directory',
    'tuning-sysctl-missing',
  ],
  [
    'error at storage engine: client rate limiter Wait returned an error: context deadline exceeded',
    'whereabouts-api-unreachable',
  ],
  ['error at storage engine: Unauthorized', 'whereabouts-token-expired'],
  [
    'plugin type="ipvlan" failed (add): failed to add IP addr {10.0.0.5/24} to "net1": address already in use',
    'ipvlan-address-in-use',
  ],
  ['fork/exec /opt/cni/bin/macvlan: exec format error', 'plugin-exec-format'],
  ['open /var/lib/cni/networks/lan/lock: no space left on device', 'hostlocal-store-failed'],
  ['RPC failed; request ip return 500 no available ip for pod ns/p', 'kube-ovn-subnet-full'],
  [
    'RPC failed; request ip return 500 no address allocated to pod ns/p provider lan.ns.ovn, please see kube-ovn-controller logs',
    'kube-ovn-provider-mismatch',
  ],
  [
    'spiderpool IP allocation error: Post "http://%2Fvar%2Frun%2Fspidernet%2Fspiderpool.sock/v1/ipam/ip": dial unix /var/run/spidernet/spiderpool.sock: connect: connection refused',
    'spiderpool-agent-down',
  ],
])('knows %s from a delegate', (text, slug) => {
  const verdict = classifyMessage({ reason: 'FailedCreatePodSandBox', message: thin + bracket('lan') + text });
  expect(verdict.slug).toBe(slug);
  expect(verdict.configName).toBe('lan');
});

test('an unknown error of a delegate stays a secondary-network problem', () => {
  expect(classifyMessage({ message: `${thin}${bracket('lan')}something odd happened` })).toMatchObject({
    slug: 'delegate-generic',
    domain: 'secondary',
    confidence: 'possible',
  });
});

test.each([
  ['hello world', 'unknown'],
  ['', 'unknown'],
  ['Successfully assigned ns/p to node-1', 'unknown'],
  ['Started container main', 'unknown'],
  ['address already in use', 'unknown'],
  ['connection refused', 'unknown'],
  ['failed to start server: listen tcp :80: bind: address already in use', 'unknown'],
])('does not guess at %s', (message, slug) => {
  expect(classifyMessage({ message }).slug).toBe(slug);
});

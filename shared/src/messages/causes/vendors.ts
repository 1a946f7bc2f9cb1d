import type { CauseGroup } from '../types.ts';

const kubeOvn = {
  test: ({ region, plugins }: { region: string; plugins: string[] }) =>
    plugins.includes('kube-ovn') || /kube-?ovn|requestipreturn|\.ovn\b/i.test(region),
};
const danm = {
  test: ({ region, plugins }: { region: string; plugins: string[] }) =>
    plugins.some((name) => /^danm|fakeipam/.test(name)) || /danm|CNIoperationfornetwork:/i.test(region),
};

/** Products that bring their own IPAM or meta plugin. */
export const vendors: CauseGroup = {
  group: 'Vendors',
  source: 'kube-ovn pkg/daemon, spiderpool pkg/ipam, danm pkg',
  causes: [
    {
      slug: 'spiderpool-pool-closed',
      severity: 'error',
      title: 'No pool of Spiderpool is for this pod',
      cause:
        'Pools say for which nodes, namespaces, pods and definitions they are, by name or by labels. Every pool that the pod may use was passed over for one of these; the message says for which.',
      fix: 'Correct nodeName, nodeAffinity, namespaceName, namespaceAffinity, podAffinity or multusName of the SpiderIPPool, or name another pool.',
      symptom: 'all IPv4 IPPools of eth0 filtered out: unmatched Node name of IPPool',
      match:
        /unmatched (?<what>(?:Node|Namespace|Pod) (?:name|affinity|annifity)|multusName)[^,]{0,20}? of (?:auto-created )?IP?Pool (?<pool>[a-z0-9.-]{1,253})|IPPool (?<pool2>[a-z0-9.-]{1,253}?) specified multusName/,
    },
    {
      slug: 'spiderpool-exhausted',
      severity: 'error',
      title: 'Spiderpool has no free address',
      cause: 'All candidate IP pools are used up, or none of them matches the pod, node or namespace.',
      fix: 'Enlarge the SpiderIPPool, or correct its affinities.',
      symptom: 'spiderpool IP allocation error: all IP addresses used out',
      match:
        /(?:spiderpool|postIpamIp).{0,400}?(?:all (?:default )?IP(?:v4|v6| addresses)?[^,]{0,60}?used out|used out|no IP(?:Pool)? available|no (?:default )?ippool|IP addresses? exhausted)/i,
    },
    {
      slug: 'spiderpool-agent-down',
      severity: 'critical',
      title: 'The Spiderpool agent on the node does not answer',
      cause: 'The plugin talks to spiderpool-agent over a socket on the node.',
      fix: 'Check the spiderpool-agent pod on that node.',
      symptom: 'dial unix /var/run/spidernet/spiderpool.sock',
      match:
        /spiderpool\.sock|failed to get spiderpool-agent health|spiderpool-agent.{0,60}?(?:not ready|unhealthy|unavailable)/,
      domain: 'node',
    },
    {
      slug: 'spiderpool-coordinator',
      severity: 'error',
      title: 'The Spiderpool coordinator found a problem of the pod network',
      cause: 'Its checks failed: an address conflict, an unreachable gateway, or a configuration it cannot tune.',
      fix: 'Free the conflicting address or correct the gateway; the text names it.',
      symptom: 'ip conflict / gateway is unreachable (coordinator)',
      match: [
        /(?<error>(?:failed to GetCoordinatorConfig|failed to tunePodRoutes|failed to ip checking|spidercoordinator: ?).{0,200})/,
        { pattern: /(?<error>.{3,200})/, when: { namedPlugins: ['coordinator'] } },
      ],
      confidence: 'likely',
    },
    {
      slug: 'third-party-ipam',
      severity: 'error',
      title: 'The IPAM of a third party refused an address',
      cause: 'The vendor IPAM (Spiderpool, Calico IPAM, ...) was reached and returned an error of its own.',
      fix: 'Read the text; look at the pools and the controller of that IPAM.',
      symptom: 'spiderpool IP allocation error',
      match: [
        /spiderpool IP allocation error:? ?(?<error>.{0,250})/,
        { pattern: /(?<error>(?:postIpamIpFailure|getIpamFailure).{0,200})/ },
        {
          pattern: /(?<error>.{3,200})/,
          when: { namedPlugins: ['spiderpool', 'nv-ipam', 'nodelocal'] },
          confidence: 'likely',
        },
      ],
      late: true,
      confidence: 'likely',
    },
    {
      slug: 'kube-ovn-subnet-full',
      severity: 'error',
      title: 'The Kube-OVN subnet has no free address',
      cause: 'All addresses of the subnet are used or excluded.',
      fix: 'Enlarge the subnet or free addresses; see kubectl get subnet.',
      symptom: 'AddressOutOfRange / NoAvailableAddress',
      match: {
        pattern:
          /NoAvailableAddress|no available (?:ip|address)(?: for pod (?<pod>[^\s]{1,300}))?|AddressOutOfRange|AllocateIPFailed/,
        when: {
          test: ({ region, reason }) =>
            kubeOvn.test({ region, plugins: [] }) ||
            /requestipreturn/i.test(region) ||
            /^(?:Acquire(?:Address|StaticAddress)Failed|AllocateIPFailed)$/.test(reason) ||
            /NoAvailableAddress|AddressOutOfRange/.test(region),
        },
      },
    },
    {
      slug: 'kube-ovn-address-conflict',
      severity: 'error',
      title: 'The static address is taken in the Kube-OVN subnet',
      cause: 'Another pod or a stale ip object holds it, or a host on the link answers for it.',
      fix: 'Delete the stale ips.kubeovn.io object, or choose another address.',
      symptom: 'AddressConflict / ip address conflict',
      match: {
        pattern:
          /AddressConflict|(?:IP address|ip) [0-9a-fA-F.:]{2,60} (?:has already been|is already) (?:used|assigned|allocated)|conflict with (?:pod|host|ip)/,
        when: kubeOvn,
      },
    },
    {
      slug: 'kube-ovn-provider-mismatch',
      severity: 'error',
      title: 'The Kube-OVN provider does not match the NAD',
      cause:
        'A NAD that uses kube-ovn, as plugin or as ipam, must carry the provider name.namespace.ovn (or name.namespace) that the subnet names.',
      fix: 'Set provider in spec.config to the value of the subnet, and the same in the annotations of the pod.',
      symptom: 'no address allocated to pod for provider / no subnet for provider',
      match:
        /(?:no address allocated to pod|no address found for pod|can not find address|no annotation|failed to get pod (?:ip|annotation))[^,]{0,160}?provider:? ?(?:(?<provider>[\w-]{1,63}\.[\w.-]{1,120})|,)|provider (?<provider2>[\w.-]{1,120}?) (?:not (?:found|exist)|has no subnet|should be)|no subnet (?:found )?for provider/,
      confidence: 'likely',
    },
    {
      slug: 'kube-ovn-gateway-unreachable',
      severity: 'error',
      title: 'The gateway of the Kube-OVN subnet does not answer',
      cause:
        'On an underlay subnet kube-ovn-cni asks for the hardware address of the gateway before it lets the pod start, and nobody answered: the wrong VLAN or NIC in the ProviderNetwork, a switch port that does not carry it, or a wrong gateway in the subnet.',
      fix: 'Ping the gateway from the node on that NIC and VLAN; where there is no gateway, set disableGatewayCheck in the subnet.',
      symptom: 'network ... with gateway ... is not ready for interface eth0 after 200 checks',
      match:
        /network [0-9a-fA-F.:/,]{2,90} with gateway (?<gateway>[0-9a-fA-F.:,]{2,90}) is not ready for interface|resolve MAC address of (?<gateway2>[0-9a-fA-F.:]{2,45}) timeout/,
    },
    {
      slug: 'kube-ovn-server-down',
      severity: 'critical',
      title: 'The Kube-OVN daemon on the node does not answer',
      cause:
        'The plugin talks to kube-ovn-cni over a socket on the node; its pod is down, or the pod has not been annotated by the controller.',
      fix: 'Check kube-ovn-cni on the node, kube-ovn-controller and ovn-central.',
      symptom: 'dial unix /run/openvswitch/kube-ovn-daemon.sock / Post http://dummy/api/v1/add',
      match: /kube-ovn-daemon\.sock|Post "?http:\/\/dummy\/api\/v1\/(?:add|del)"?/,
      when: { test: ({ defaultNetwork, region }) => defaultNetwork || /kube-ovn|dummy\/api/i.test(region) },
      domain: 'node',
    },
    {
      slug: 'kube-ovn-failed',
      severity: 'error',
      title: 'Kube-OVN could not attach the pod',
      cause: 'kube-ovn-cni or its controller returned an error.',
      fix: 'Look at the logs of kube-ovn-cni on the node and of kube-ovn-controller.',
      symptom: 'RPC failed; request ip return 500',
      match: [
        { pattern: /request ip return \d{3}(?<error>.{0,200})|RPC failed; ?(?<error2>.{0,200})/, when: kubeOvn },
        { pattern: /(?<error>.{3,200})/, when: { namedPlugins: ['kube-ovn'] }, confidence: 'likely' },
      ],
      late: true,
      confidence: 'likely',
    },
    {
      slug: 'danm-network-missing',
      severity: 'error',
      title: 'The network that DANM should connect does not exist',
      cause:
        'The danm.k8s.io/interfaces annotation names a DanmNet, TenantNetwork or ClusterNetwork that was not found.',
      fix: 'Create the network, or correct the annotation.',
      symptom: 'CNI operation for network failed: ... not found',
      match: {
        pattern:
          /(?:danmnet|tenantnetwork|clusternetwork|network)[^,]{0,120}?(?:not found|does not exist|doesn't exist|could not be found)/,
        when: danm,
      },
    },
    {
      slug: 'danm-exhausted',
      severity: 'error',
      title: 'The DANM network has no free address',
      cause: 'The allocation pool is used up, or the static address is taken.',
      fix: 'Enlarge allocation_pool, or free the address.',
      symptom: 'IP address cannot be dynamically allocated, all addresses are reserved',
      match: [
        /cannot be dynamically allocated, ?all addresses are reserved|all addresses are reserved!?/,
        {
          pattern: /(?:static )?IP(?: address)?[^,]{0,80}?(?:already (?:in use|reserved|allocated)|is reserved)/,
          when: danm,
        },
      ],
    },
    {
      slug: 'danm-no-networks',
      severity: 'error',
      title: 'The pod names no network for DANM',
      cause:
        'DANM is the CNI of the node, and the pod has no danm.k8s.io/interfaces annotation while no default network is configured.',
      fix: 'Add the annotation to the pod template, or create a default DanmNet or ClusterNetwork.',
      symptom: 'DANM cannot create interfaces for Pod, because no network connections are defined',
      match:
        /because no network connections are defined in spec\.metadata\.annotation|DANM cannot create interfaces for Pod/,
    },
    {
      slug: 'danm-failed',
      severity: 'error',
      title: 'DANM could not connect the pod',
      cause: 'One of the networks that DANM manages failed.',
      fix: 'Read the inner text; check the danm.k8s.io/interfaces annotation and the network object.',
      symptom: 'CNI operation for network failed (DANM)',
      match: {
        pattern: /(?<error>(?:CNI (?:operation|network) |interfaces? |failed|error|Pod annotation).{0,200})/,
        when: danm,
      },
      late: true,
      confidence: 'possible',
    },
    {
      slug: 'calico-ipam-no-pool',
      severity: 'error',
      title: 'The address pool named for Calico IPAM is not usable',
      cause: 'Calico IPAM found no pool that may be used or no free address for this request.',
      fix: 'Check the IPPools and the annotations of the pod and its namespace.',
      symptom: 'No configured Calico pools',
      match:
        /No configured Calico pools|Unable to (?:auto )?assign [^,]{0,60}?(?:IPv4|IPv6|address)|failed to request \d{1,4} IPv[46] addresses/,
      confidence: 'likely',
    },
  ],
};

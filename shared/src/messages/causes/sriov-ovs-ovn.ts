import type { CauseGroup } from '../types.ts';

const ovn = { plugins: ['ovn-k8s-cni-overlay'] };

/** SR-IOV, Open vSwitch and OVN-Kubernetes delegates. */
export const sriovOvsOvn: CauseGroup = {
  group: 'SR-IOV, OVS, OVN-Kubernetes',
  source: 'sriov-cni, ovs-cni, ovn-kubernetes',
  causes: [
    {
      slug: 'sriov-no-device-id',
      severity: 'error',
      title: 'sriov-cni got no VF',
      cause:
        'No device ID was passed: the pod does not request the resource, the NAD has no resourceName annotation, or more attachments use the resource than the pod requests.',
      fix: 'Annotate the NAD with k8s.v1.cni.cncf.io/resourceName and request one device per attachment in the container.',
      symptom: 'LoadConf(): VF pci addr is required',
      match: /VF pci addr(?:ess)? is required/,
    },
    {
      slug: 'sriov-vf-no-driver',
      severity: 'error',
      title: 'The VF has no driver',
      cause: 'The VF has neither a network interface nor a DPDK driver.',
      fix: 'Bind the VF to its kernel driver or to vfio-pci.',
      symptom: 'the VF does not have a interface name or a dpdk driver',
      match: /the VF (?<pci>[^\s]{0,40}?) does not have an? interface name or a dpdk driver/,
    },
    {
      slug: 'sriov-pci-allocated',
      severity: 'error',
      title: 'The VF is still marked as used by another pod',
      cause: 'sriov-cni keeps a lock file per VF; the previous pod was not torn down yet, or its tear-down got lost.',
      fix: 'Wait for the old pod; if it is gone, remove the stale file under /var/lib/cni/sriov/pci on the node.',
      symptom: 'pci address is already allocated',
      match: /pci address (?<pci>[^\s]{1,40}?) is already allocated/,
    },
    {
      slug: 'sriov-vf-info',
      severity: 'error',
      title: 'The details of the VF cannot be read',
      cause:
        'The device is not a VF (no physfn), as inside a virtual machine, or the VFs were made anew after the device plugin started.',
      fix: 'Inside VMs use host-device; otherwise restart the SR-IOV device plugin on the node.',
      symptom: 'failed to get VF information',
      match: /failed to get VF information:? ?"?(?<error>[^"]{0,200})/,
    },
    {
      slug: 'sriov-conf-invalid',
      severity: 'error',
      title: 'The SR-IOV configuration is not valid',
      cause:
        'vlan must be 0 to 4094, vlanQoS 0 to 7, vlanProto 802.1q or 802.1ad, link_state auto, enable or disable; QoS and proto need a VLAN.',
      fix: 'Correct the named field in spec.config.',
      symptom: 'LoadConf(): vlan id invalid: value must be in the range 0-4094',
      match: [
        /LoadConf\(\): ?(?<detail>vlan (?:id|QoS|Proto)[^,]{0,150}|non-zero vlan id[^,]{0,150}|invalid link_state value:? ?[^\s]{0,40})/,
        /vlan (?:id|qos|proto) [^\s]{1,12}? invalid: ?value must be/,
      ],
    },
    {
      slug: 'sriov-vf-config',
      severity: 'error',
      title: 'The NIC refused a setting of the VF',
      cause:
        'Driver or firmware does not support VLAN, trust, spoof check, link state or rate on this VF, or the PF is in switchdev mode or inside a VM.',
      fix: 'Drop that setting, or use a NIC and driver that support it.',
      symptom: 'SRIOV-CNI failed to configure VF "failed to set vf 5 vlan: operation not permitted"',
      match: [
        /failed to configure VF "?(?<error>[^"]{0,200})/,
        { pattern: /failed to set vf (?<vf>\d{1,4}) (?<setting>\w{1,30}):? ?(?<error>[^,"]{0,120})/ },
      ],
    },
    {
      slug: 'sriov-ipam-failed',
      severity: 'error',
      title: 'IPAM failed under sriov',
      cause: 'The VF is fine, but the IPAM plugin gave no address; the inner text says why.',
      fix: 'Follow the inner IPAM error.',
      symptom: 'failed to set up IPAM plugin type',
      match:
        /failed to set up IPAM plugin type "?(?<ipam>[^"\s]{1,64}?)"? from the device "?(?<device>[^"\s]{1,64}?)"?:? ?(?<error>.{0,200})/,
      late: true,
      confidence: 'likely',
    },
    {
      slug: 'sriov-setup-failed',
      severity: 'error',
      title: 'The VF could not be set up in the pod',
      cause:
        'Moving, renaming or bringing up the VF failed: driver error, a name clash, or a device that is busy or gone.',
      fix: 'Look at the kernel log of the node for that VF; check that no other pod holds it.',
      symptom: 'failed to set up pod interface from the device',
      match:
        /failed to set ?up pod interface "?(?<ifname>[^"\s]{0,40}?)"? from the device(?: "?(?<device>[^"\s:]{1,40})"?:? ?(?<error>.{0,250}))?/,
    },
    {
      slug: 'sriov-pf-not-found',
      severity: 'error',
      title: 'The PF of the VF was not found',
      cause: 'sriov-cni could not tell the PF from the VF, or the PF name of an old configuration is not on the node.',
      fix: 'Check that SR-IOV is enabled on the node (sriov_numvfs) and that the device is a VF.',
      symptom: 'failed to get sriov num of vfs',
      match: {
        pattern:
          /failed to (?:get|lookup|find) (?:the )?(?:sriov num ?of ?vfs|PF name|master|physical function)[^,]{0,150}|no (?:free |available )?(?:VF|virtual function)s? (?:available|found|left)/,
        when: { namedPlugins: ['sriov', 'ib-sriov', 'ib-sriov-cni', 'accelerated-bridge'] },
      },
      confidence: 'likely',
    },
    {
      slug: 'ovs-bridge-missing',
      severity: 'error',
      title: 'The OVS bridge is not on the node',
      cause:
        'The bridge does not exist on that node, or the plugin talks to another Open vSwitch than the one that has it.',
      fix: 'Create it with ovs-vsctl add-br, or set socket_file; request ovs-cni.network.kubevirt.io/<bridge> so that pods go to nodes that have it.',
      symptom: 'failed to find bridge',
      match: /failed to find bridge (?<bridge>[^\s,'"]{1,64})/,
      when: { notPlugins: ['bridge'] },
    },
    {
      slug: 'ovs-db-down',
      severity: 'error',
      title: 'Open vSwitch does not answer on the node',
      cause: 'The OVS database is not running, or its socket is somewhere else.',
      fix: 'Start Open vSwitch on the node, or set socket_file.',
      symptom: 'failed to connect to ovsdb',
      match:
        /failed to connect to ovsdb(?: socket (?<socket>[^\s,'"]{1,120}?):?)? error:? ?(?<error>[^,]{0,150})|failed to connect to ovsdb/,
    },
    {
      slug: 'ovs-trunk',
      severity: 'error',
      title: 'The trunk list of the OVS network is not valid',
      cause: 'Entries take id, or minID and maxID.',
      fix: 'Correct trunk in spec.config.',
      symptom: 'trunk parameter is misconfigured',
      match: /trunk parameter is misconfigured/,
    },
    {
      slug: 'ovs-link-down',
      severity: 'error',
      title: 'The OVS port did not come up in time',
      cause: 'A slow NIC, or hardware offload.',
      fix: 'Raise link_state_check_retries and link_state_check_interval.',
      symptom: 'The OF port state is not up, try increasing number of retries/interval config parameter',
      match: /The OF port (?<port>[^\s]{1,40}?) state is not up/,
    },
    {
      slug: 'ovnk-annotation-timeout',
      severity: 'error',
      title: 'OVN-Kubernetes did not annotate the pod for this network',
      cause:
        'Its control plane refused or did not see the network: bad configuration, subnet exhausted, a node outside the zone, or the control plane is down.',
      fix: 'Look for InvalidConfig events on the NAD and ErrorAddingResource events on the pod; check ovnkube-control-plane and ovnkube-node.',
      symptom: 'failed to get pod annotation: timed out waiting for annotations',
      match:
        /failed to get pod annotation:? ?(?<error>timed out|canceled|context deadline)[^,]{0,100}|timed out waiting for (?:pod )?annotations?(?: after|:|$)/,
    },
    {
      slug: 'ovnk-port-binding',
      severity: 'error',
      title: 'OVN never bound the port of the pod',
      cause: 'ovn-controller on the node did not install the port in time: slow, overloaded or down.',
      fix: 'Check ovn-controller and ovs-vswitchd on the node.',
      symptom: 'timed out waiting for OVS port binding (ovn-installed)',
      match:
        /(?:timed out|canceled)(?: while)? waiting for OVS port binding(?: \(ovn-installed\))?(?: for (?<mac>[0-9a-fA-F:]{11,20}) \[(?<ips>[^\]]{0,120}))?/,
    },
    {
      slug: 'ovnk-nad-name-mismatch',
      severity: 'error',
      title: 'netAttachDefName does not match the NAD',
      cause:
        'In an OVN-Kubernetes NAD netAttachDefName must be namespace/name of the NAD itself; the NAD was probably copied.',
      fix: 'Correct netAttachDefName in spec.config.',
      symptom: 'net-attach-def name is inconsistent with config',
      match: {
        pattern: /net-attach-def name \((?<nad>[^)]{0,300})\) is inconsistent with config \((?<config>[^)]{0,300})\)/,
        when: { test: ({ core }) => !/failedtoparsenetworkconfig/i.test(core) },
      },
    },
    {
      slug: 'ovnk-ipam-key',
      severity: 'error',
      title: 'An OVN-Kubernetes network must not have ipam',
      cause: 'OVN-Kubernetes has its own address management.',
      fix: 'Remove ipam and use subnets.',
      symptom: 'IPAM key is not supported. Use OVN-K provided IPAM via the `subnets` attribute',
      match: {
        pattern: /IPAM key is not supported/,
        when: { test: ({ core }) => !/failedtoparsenetworkconfig/i.test(core) },
      },
    },
    {
      slug: 'ovnk-nad-invalid',
      severity: 'error',
      title: 'OVN-Kubernetes rejects the NAD',
      cause: 'spec.config breaks one of its rules: netAttachDefName, ipam, role, topology, subnets, persistent IPs.',
      fix: 'Correct the field named in the message.',
      symptom: 'Failed to parse network config',
      match: /Failed to parse network config:? ?(?<detail>.{0,200})/,
    },
    {
      slug: 'ovnk-same-nad-twice',
      severity: 'error',
      title: 'One pod lists the same OVN-Kubernetes network twice',
      cause: 'Multus allows it, OVN-Kubernetes does not.',
      fix: 'Make a second NAD for the same network.',
      symptom: 'more than one of the same NAD specified for pod',
      match: /more than one of the same NAD (?<nad>[^\s]{1,300}?) specified for pod (?<pod>[^\s,'"]{1,300})/,
    },
    {
      slug: 'ovnk-primary-in-annotation',
      severity: 'error',
      title: 'A primary network is named in the networks annotation',
      cause: 'Primary user-defined networks attach through the namespace, not through the annotation.',
      fix: 'Remove the network from k8s.v1.cni.cncf.io/networks.',
      symptom: 'unexpected primary network specified with a NetworkSelectionElement',
      match: /unexpected primary network "?(?<network>[^"]{0,253}?)"? specified with a NetworkSelectionElement/,
    },
    {
      slug: 'udn-primary-missing',
      severity: 'error',
      title: 'The namespace expects a primary network that does not exist',
      cause: 'The namespace carries the label for a primary user-defined network, but no such network is there yet.',
      fix: 'Create the UserDefinedNetwork before the pods.',
      symptom: 'missing primary user defined network NAD for namespace',
      match: /missing primary user defined network NAD for namespace '?(?<namespace>[^'\s]{0,253})/,
    },
    {
      slug: 'ovnk-ip-full',
      severity: 'error',
      title: 'The subnet of the OVN-Kubernetes network has no free address',
      cause: 'All addresses are taken.',
      fix: 'Enlarge subnets or free pods.',
      symptom: 'failed to assign pod addresses: range is full',
      match: [
        /failed to assign pod addresses for (?:pod )?(?<pod>[^\s:]{1,300}?)(?: on|:).{0,200}?range is full/,
        /failed to assign pod addresses for (?<pod>[^\s:]{1,300}):/,
        { pattern: /(?:failed to allocate|error allocating|subnet|ovn).{0,150}?range is full/, confidence: 'likely' },
        { pattern: /^range is full/, when: { plugins: ['ovn-k8s-cni-overlay'] }, confidence: 'likely' },
        { pattern: /range is full/, when: { namedPlugins: ['ovn-k8s-cni-overlay'] } },
        {
          pattern: /range is full/,
          when: { reasons: ['ErrorAddingResource', 'ErrorAllocatingPod', 'ErrorReconcilingPod'] },
        },
      ],
    },
    {
      slug: 'ovnk-ip-allocated',
      severity: 'error',
      title: 'The requested address is taken in the OVN-Kubernetes network',
      cause: 'Another pod or VM holds the fixed or persistent address.',
      fix: 'Free the address or ask for another.',
      symptom: 'provided IP is already allocated',
      match: /provided IP(?: \S{0,40}?)? is already allocated|failed to ensure requested or annotated IPs/,
    },
    {
      slug: 'ovnk-interface-config',
      severity: 'error',
      title: 'OVN-Kubernetes could not finish the interface of the pod',
      cause:
        'The port was not bound, the annotation of the pod changed meanwhile, or the device is missing on the node.',
      fix: 'Look at ovnkube-node and Open vSwitch on the node.',
      symptom: 'failed to configure pod interface',
      match: [
        { pattern: /failed to configure pod interface:? ?(?<error>.{0,200})/ },
        { pattern: /pod OVN annotation.{0,40}?changed/, confidence: 'likely' },
      ],
      when: ovn,
      late: true,
    },
    {
      slug: 'ovnk-plugin-down',
      severity: 'critical',
      title: 'The OVN-Kubernetes node process does not answer',
      cause: 'The plugin talks to ovnkube-node over a socket on the node, and nobody listens there.',
      fix: 'Check the ovnkube-node pod on that node.',
      symptom: 'dial unix /var/run/ovn-kubernetes/cni/ovn-cni-server.sock: connect: connection refused',
      match:
        /dial unix (?<socket>[^\s:,'"]{0,80}ovn-cni-server\.sock): ?connect: ?(?<error>connection refused|no such file or directory)/,
      domain: 'default',
    },
  ],
};

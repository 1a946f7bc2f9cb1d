import type { CauseGroup } from '../types.ts';

const networkResource =
  /sriov|rdma|netdev|macvtap|network|ovs|bridge|vf\b|nic|dpdk|roce|infiniband|mlnx|openshift\.io/i;

/** Devices that are no part of any network, by names of their resources; from nvidia.com and intel.com come NICs as well. */
const foreignDevice =
  /nvidia\.com\/(?:gpu|mig|vgpu)|nvml|(?:amd\.com|gpu\.intel\.com|habana\.ai|google\.com|aws\.amazon\.com|squat\.ai|akri\.sh|sgx\.intel\.com|qat\.intel\.com|fpga\.intel\.com)\/|\/v?gpu/i;

/** Extended resources, device plugins and dynamic resource allocation. */
export const deviceDra: CauseGroup = {
  group: 'Devices and DRA',
  source: 'kubernetes pkg/kubelet/cm, dranet, sriov-network-device-plugin',
  secondary: true,
  causes: [
    {
      slug: 'resource-insufficient',
      severity: 'error',
      title: 'No node has the requested device free',
      cause:
        'No node offers enough of the resource: none allocatable, another name or prefix, wrong selectors of the device plugin, or all devices in use.',
      fix: 'Compare the resource in the pod with node.status.allocatable and with the resourceName annotation of the NAD.',
      symptom: 'Insufficient openshift.io/sriovnet',
      domain: ({ core }) => (networkResource.test(core) ? 'secondary' : 'unknown'),
      match: {
        pattern:
          /(?:(?<nodes>\d{1,6}\/\d{1,6}) nodes are available:.{0,400}?)?Insuffici?ent (?<resource>(?!cpu|memory|pods|ephemeral-storage|hugepages|nvidia\.com|amd\.com|gpu\.)[a-z0-9][\w.-]{0,180}\/[\w.-]{1,63}?)(?=\.? ?(?:$|[,\s]|preemption))/,
        when: { test: ({ core }) => !/^$/.test(core) },
      },
    },
    {
      slug: 'device-unhealthy-admission',
      severity: 'error',
      title: 'The kubelet refused the pod because of its device',
      cause:
        'The device plugin restarted, or the device is unhealthy or gone since the pod was scheduled; common after a reboot.',
      fix: 'Recreate the pod; check the device plugin on the node.',
      symptom: 'Allocate failed due to ..., which is unexpected',
      domain: ({ core }) => (foreignDevice.test(core) ? 'not-network' : 'node'),
      match:
        /Allocate failed due to (?<error>.{1,200}?), ?which is unexpected|Allocate failed due to (?<error2>[^,]{0,200})/,
    },
    {
      slug: 'cdi-device-unresolvable',
      severity: 'error',
      title: 'The runtime cannot resolve the CDI device',
      cause:
        'No CDI specification on the node defines the device that the driver or device plugin named, or CDI is not enabled in the runtime.',
      fix: 'Enable CDI in the runtime, and check /etc/cdi and /var/run/cdi on the node.',
      symptom: 'CDI device injection failed: unresolvable CDI devices',
      match:
        /unresolvable CDI devices? ?(?<device>[^\s,'"]{0,200})|CDI (?:device )?injection failed|failed to inject (?:CDI )?devices?/,
    },
    {
      slug: 'dra-driver-not-registered',
      severity: 'error',
      title: 'The DRA driver is not on the node',
      cause:
        'The kubelet knows no driver of that name: its DaemonSet is missing or crashed, or it has not registered yet.',
      fix: 'Check the DaemonSet of the driver on that node.',
      symptom: 'DRA driver is not registered',
      domain: 'node',
      match:
        /plugin name "?(?<driver>[^\s"]{1,253}?)"? not found in the list of registered DRA plugins|DRA driver "?(?<driver2>[^\s"]{1,253}?)"? is not registered/,
    },
    {
      slug: 'dra-claim-prepare-failed',
      severity: 'error',
      title: 'The DRA driver could not prepare the interface',
      cause: 'The network interface of the claim is not on the node, or the driver cannot read it.',
      fix: 'Check the interface on the node and the events of the ResourceClaim.',
      symptom: 'failed to get netlink to interface: Link not found',
      match: [
        {
          pattern:
            /failed to get (?:netlink to interface|network interface name for device) (?<device>[^\s:]{1,120}?): ?(?<error>[^,]{0,150})/,
          when: { test: ({ core }) => !/NodePrepareResources|preparedynamicresources/i.test(core) },
        },
        {
          pattern: /^(?:failed|error|unable)[^,]{0,200}/,
          when: { reasons: ['ClaimPrepareFailed'] },
          confidence: 'possible',
        },
      ],
    },
    {
      slug: 'dra-prepare-failed',
      severity: 'error',
      title: 'The DRA driver could not prepare the claim',
      cause: 'The driver on the node returned an error for the ResourceClaim of the pod.',
      fix: 'Look at the events of the ResourceClaim and at the log of the driver.',
      symptom: 'NodePrepareResources failed for ResourceClaim',
      match: [
        /NodePrepareResources failed(?: for (?:ResourceClaim|claim) (?<claim>[^\s:,'"]{1,300}))?/,
        { pattern: /Failed to prepare dynamic resources:? ?(?<error>.{0,200})/, late: true, confidence: 'likely' },
      ],
    },
    {
      slug: 'dra-attach-failed',
      severity: 'error',
      title: 'The DRA driver could not move the interface into the pod',
      cause: 'The interface is gone, busy, or its name exists in the pod.',
      fix: 'Look at the event text and at the log of the driver on the node.',
      symptom: 'NetworkDeviceAttachFailed',
      match: {
        pattern: /^(?<error>.{1,200})/,
        when: { reasons: ['NetworkDeviceAttachFailed', 'RDMADeviceAttachFailed'] },
        confidence: 'likely',
      },
    },
    {
      slug: 'dra-claim-unallocated',
      severity: 'error',
      title: 'The ResourceClaim of the pod cannot be allocated',
      cause: 'No device matches the claim, or the claim does not exist yet.',
      fix: 'Compare the selectors of the claim and its DeviceClass with the ResourceSlices.',
      symptom: 'cannot allocate all claims',
      match:
        /cannot allocate all claims|waiting for resource ?claim|resourceclaim "?(?<claim>[^\s"]{1,253}?)"? not found|resourceclaim (?:is )?in use|could not find (?:ResourceClaim|device class) "?(?<claim2>[^\s"]{0,253})|pod has pending deferred resource claims/,
    },
    {
      slug: 'device-plugin-no-resource',
      severity: 'error',
      title: 'The node does not offer the resource that the pod asks for',
      cause: 'The extended resource is not known on the node where the pod was to run.',
      fix: 'Check the device plugin on the node and the name of the resource.',
      symptom: "Node didn't have enough resource: openshift.io/sriovnet",
      match:
        /Node didn't have enough (?:resource|capacity):? ?(?<resource>[\w.-]{1,120}\/[\w.-]{1,63})|Pod was rejected: ?.{0,60}?(?<resource2>[a-z0-9][\w.-]{1,120}\/[\w.-]{1,63})/,
      confidence: 'likely',
    },
  ],
};

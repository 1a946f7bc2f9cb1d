import type { CauseGroup } from '../types.ts';

/** KubeVirt and OVN user-defined networks. */
export const kubevirtUdn: CauseGroup = {
  group: 'KubeVirt and user-defined networks',
  source: 'kubevirt pkg/network, ovn-kubernetes go-controller/pkg/clustermanager/userdefinednetwork, kubemacpool',
  secondary: true,
  causes: [
    {
      slug: 'udn-nad-in-use',
      severity: 'warning',
      title: 'The network is still in use',
      cause: 'A user-defined network cannot be deleted while pods are attached to it.',
      fix: 'Delete the pods named in the message.',
      symptom: 'network in use by the following pods',
      match: /network in use by the following pods:? ?\[?(?<pods>[^\]]{0,300})/,
    },
    {
      slug: 'udn-two-primaries',
      severity: 'error',
      title: 'The namespace has a primary network already',
      cause: 'A namespace can have one primary user-defined network.',
      fix: 'Delete one of the two.',
      symptom: 'primary network already exist in namespace',
      match: [
        /primary network already exists? in namespace "?(?<namespace>[^"\s:]{0,253}?)"?: ?"?(?<nad>[^"\s]{0,253})/,
        /unable to determine what is the primary role network for namespace '?(?<namespace>[^'\s;]{0,253})/,
      ],
    },
    {
      slug: 'udn-foreign-nad',
      severity: 'error',
      title: 'A NAD of that name exists and does not belong to the network',
      cause: 'The user-defined network wants to make a NAD of its own name, and somebody else made one.',
      fix: 'Rename or delete the NAD.',
      symptom: 'foreign NetworkAttachmentDefinition with the desired name already exist',
      match: /foreign NetworkAttachmentDefinition with the desired name already exists? ?\[?(?<nad>[^\]]{0,300})/,
    },
    {
      slug: 'kubevirt-nad-missing',
      severity: 'error',
      title: 'A network of the VM names no existing NAD',
      cause:
        'networkName of the VM is looked up in the namespace of the VM unless written namespace/name, and nothing was found.',
      fix: 'Create the NAD, or correct networkName.',
      symptom: 'failed to locate network attachment definition',
      match: /failed to locate network attachment definition (?<nad>[^\s,'"]{1,300}?)(?=[\s,'":]|$)/,
    },
    {
      slug: 'kubevirt-tap-failed',
      severity: 'error',
      title: 'KubeVirt could not make the tap device of the VM',
      cause:
        'The tap for the guest could not be created in the launcher pod: SELinux, missing tun module, or queues beyond the limit.',
      fix: 'Load the tun module on the node, check SELinux denials and the number of queues.',
      symptom: 'failed to create tap device named tap0',
      match:
        /failed to create tap device (?:named )?"?(?<tap>[\w-]{1,20}?)"?(?:[.:]|$)|(?:virt-chroot|create-tap).{0,120}?(?:failed|exit status|error)|(?:error creating|unable to create|failed to create) tap device/,
    },
    {
      slug: 'kubevirt-plug-failed',
      severity: 'error',
      title: 'KubeVirt could not plug an interface of the VM',
      cause:
        'virt-handler did not find or could not set up the interface in the launcher pod; often Multus did not attach it.',
      fix: 'Compare the network-status of the virt-launcher pod with the networks of the VM.',
      symptom: "failed plugging phase1 at nic 'net1': Link not found",
      match: [
        /failed plugging phase ?[12] at nic '?"?(?<nic>[^'"\s]{0,40}?)'?"?: ?(?<error>.{0,200})/,
        /failed plugging phase ?[12]/,
        { pattern: /failed to configure vmi network:? ?(?<error>.{0,200})/, late: true, confidence: 'likely' },
      ],
    },
    {
      slug: 'kubevirt-binding-unsupported',
      severity: 'error',
      title: 'The interface binding of the VM is not available',
      cause:
        'The binding plugin or feature gate is not registered, or the binding does not go with this kind of network (masquerade and a Multus network, bridge on the pod network).',
      fix: 'Register the binding in the KubeVirt CR, enable its feature gate, or use another binding.',
      symptom:
        'network interface binding plugin is not registered / Bridge on pod network configuration is not enabled',
      match:
        /couldn'?t find (?:configuration for )?(?:network )?binding(?: plugin)?|(?:network )?binding plugin[^,]{0,60}?(?:not (?:registered|found|configured)|isn'?t)|Bridge (?:interface is )?(?:on|not enabled|interface not permitted)[^,]{0,60}?(?:pod network|live-migrat|enabled)|(?:Masquerade|Slirp|Passt|Macvtap) interface (?:only|is|feature)[^,]{0,120}|interface-name[^,]{0,60}?binding|NetworkBindingPlugins? feature gate/,
    },
    {
      slug: 'kubevirt-not-migratable',
      severity: 'warning',
      title: 'The VM cannot migrate because of an interface',
      cause: 'A bridge binding to the pod network, or a device passed through, ties the VM to its node.',
      fix: 'Use masquerade on the pod network, or accept that the VM does not migrate.',
      symptom: 'cannot migrate VMI which does not use masquerade to connect to the pod network',
      match: /cannot migrate VMI[^,]{0,200}?(?:masquerade|network|interface|SR-?IOV)|InterfaceNotLiveMigratable/,
    },
    {
      slug: 'kubemacpool-conflict',
      severity: 'error',
      title: 'The MAC address is already given to another VM or pod',
      cause: 'kubemacpool keeps MAC addresses unique over the cluster and refuses a second use.',
      fix: 'Choose another MAC or leave it out; delete the other holder.',
      symptom: 'failed to allocate requested mac address',
      match:
        /failed to allocate requested mac address(?:[^0-9a-f]{0,40}(?<mac>[0-9a-fA-F:]{17}))?|MAC address (?<mac2>[0-9a-fA-F:]{17})[^,]{0,60}?(?:already (?:in use|allocated)|conflict)|(?:duplicate|conflicting) mac(?: address)? (?<mac3>[0-9a-fA-F:]{17})|(?:kubemacpool|mutatevirtualmachines|mutatepods\.kubemacpool).{0,200}?(?:already (?:in use|allocated)|conflict|out of range)/,
    },
    {
      slug: 'kubemacpool-exhausted',
      severity: 'error',
      title: 'kubemacpool has no MAC address left',
      cause: 'The configured range is used up.',
      fix: 'Enlarge the range in the kubemacpool ConfigMap.',
      symptom: 'the range is full (kubemacpool)',
      match:
        /(?:kubemacpool|mac ?pool|failed to (?:create|allocate) .{0,40}?mac).{0,160}?(?:range is full|pool is exhausted|no (?:free|available) mac)/,
    },
    {
      slug: 'kubemacpool-webhook-down',
      severity: 'error',
      title: 'The kubemacpool webhook does not answer',
      cause:
        'VMs and pods in opted-in namespaces cannot be created while its manager is down or its certificate is stale.',
      fix: 'Check the kubemacpool-mac-controller-manager deployment.',
      symptom: 'failed calling webhook "mutatevirtualmachines.kubemacpool.io"',
      match: /failed calling webhook "?(?<webhook>[\w.-]{0,120}kubemacpool[\w.-]{0,60})/,
    },
    {
      slug: 'hotplug-not-supported',
      severity: 'warning',
      title: 'The interface change of the running VM needs a restart or migration',
      cause: 'Hot-plug takes effect with a live migration, and only for bridge and SR-IOV bindings.',
      fix: 'Migrate or restart the VM.',
      symptom: 'RestartRequired: a non-live-updatable field was changed (interfaces)',
      match:
        /(?:interface|nic|network).{0,60}?hot-?(?:un)?plug.{0,80}?not (?:supported|allowed|enabled)|HotplugNICs feature gate/,
    },
  ],
};

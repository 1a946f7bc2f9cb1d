import { sh } from '../kube/shell.ts';
import { fromEvent } from './define.ts';
import { unallocated } from './dra-devices.ts';
import { fromPodEvent, isFresh } from './pod-event.ts';
import type { Rule } from './rule.ts';

/** MN81x: dynamic resource allocation. */
export const draRules: readonly Rule[] = [
  fromEvent('MN810', ['dra-prepare-failed', 'dra-claim-prepare-failed'], {
    title: 'The DRA driver could not prepare the devices of the pod',
    why: 'Before the sandbox is made the kubelet asks the DRA driver on the node to prepare the claims of the pod. The driver answered with an error.',
    fix: 'Look at the events of the ResourceClaim and at the log of the driver on the node.',
  }),
  fromEvent('MN811', ['dra-driver-not-registered'], {
    why: 'The claim of the pod is allocated to a driver that the kubelet of the node does not know.',
  }),
  fromPodEvent('MN812', ['dra-attach-failed'], { severity: 'warning', when: ({ pod }) => !pod.finished }),
  {
    ...fromEvent('MN813', ['dra-claim-unallocated'], {
      why: 'The scheduler finds no node whose devices satisfy the claim of the pod, so the pod waits and no network was tried.',
    }),
    eventEffect: 'waits',
    scope: 'attachment',
    needs: 'open',
    check: unallocated,
  },
  fromEvent('MN814', ['cdi-device-unresolvable'], {
    why: 'The driver or device plugin named a CDI device, and the runtime of the node finds no specification that defines it.',
  }),
  fromEvent('MN815', ['dra-resource-map', 'podresources-failed'], {
    title: 'Multus cannot tell which device belongs to the pod',
    why: 'Multus asks the kubelet which devices a pod got and hands their ids to the plugin. Without an answer the plugin has no device.',
    fix: 'Check the pod-resources socket of the kubelet, and that Multus may read ResourceClaims and ResourceSlices.',
  }),
];

/** MN82x: OVN-Kubernetes and user-defined networks. */
export const ovnRules: readonly Rule[] = [
  fromEvent('MN820', ['ovnk-annotation-timeout', 'ovnk-interface-config', 'ovnk-port-binding'], {
    title: 'OVN-Kubernetes did not plug the interface of the pod',
    why: 'The control plane of OVN-Kubernetes annotates the pod, and its node process plugs the interface when OVN has bound the port. One of these steps did not happen in time.',
    fix: 'Look at ovnkube-control-plane (or ovnkube-master) and at ovnkube-node of that node.',
  }),
  fromEvent('MN823', ['udn-primary-missing', 'udn-two-primaries'], {
    title: 'The primary network of the namespace is not clear',
    why: 'A namespace has at most one primary user-defined network, and one that is labelled for it must have it before pods start.',
    fix: 'Create the UserDefinedNetwork with role Primary, or remove the second one.',
  }),
  fromEvent('MN824', ['udn-foreign-nad', 'udn-nad-in-use'], {
    title: 'The NAD of the user-defined network is in the way',
    why: 'OVN-Kubernetes makes a NAD for every user-defined network. One that is not its own, or that pods still use, it neither overwrites nor deletes.',
    fix: 'Rename or delete the NAD that is in the way, or remove the pods that use it.',
  }),
];

/** MN83x: networks and IPAM of single vendors. */
export const vendorRules: readonly Rule[] = [
  fromEvent('MN830', [
    'kube-ovn-failed',
    'kube-ovn-subnet-full',
    'kube-ovn-address-conflict',
    'kube-ovn-gateway-unreachable',
    'kube-ovn-provider-mismatch',
  ]),
  fromEvent('MN831', ['kube-ovn-server-down'], {
    why: 'The Kube-OVN plugin asks a daemon on the node through a socket. While that is down no pod can start there.',
  }),
  fromEvent('MN832', ['spiderpool-exhausted', 'spiderpool-coordinator'], {
    title: 'Spiderpool refuses the pod',
    why: 'Spiderpool gives the addresses and checks the pod network: no address is left, or its check found a conflict.',
    fix: 'Look at the SpiderIPPool and SpiderEndpoint of the pod.',
  }),
  fromEvent('MN833', ['spiderpool-agent-down'], {
    why: 'The Spiderpool plugin asks an agent on the node. While that is down no pod with its IPAM can start there.',
  }),
  fromEvent('MN834', ['danm-failed', 'danm-exhausted', 'danm-network-missing', 'danm-no-networks']),
  fromEvent('MN835', ['calico-ipam-no-pool'], {
    why: 'A pod asks Calico IPAM for a pool that is missing, disabled, or does not select the pod or its node.',
  }),
];

/** MN84x: KubeVirt and kubemacpool. Their pods run while the VM waits, so what runs is warned about and never accused. */
export const kubevirtRules: readonly Rule[] = [
  fromPodEvent(
    'MN840',
    ['kubevirt-nad-missing', 'kubevirt-plug-failed', 'kubevirt-tap-failed', 'kubevirt-binding-unsupported'],
    {
      title: 'KubeVirt could not plug the VM into its network',
      severity: 'warning',
      why: 'The launcher pod has the interface, and KubeVirt connects the VM to it through a bridge and a tap, or a binding plugin. That failed.',
      fix: 'Compare spec.networks and the interfaces of the VM with the NADs; look at virt-handler on the node.',
      when: isFresh,
      of: 'any',
    },
  ),
  fromPodEvent('MN841', ['kubemacpool-conflict', 'kubemacpool-exhausted', 'kubemacpool-webhook-down'], {
    title: 'kubemacpool refuses the VM or pod',
    severity: 'warning',
    why: 'kubemacpool gives hardware addresses and keeps them unique: the address is taken, none is left, or its webhook is down.',
    fix: 'Choose another macAddress, widen the range of kubemacpool, or mend its webhook.',
    when: isFresh,
    of: 'any',
  }),
  fromPodEvent('MN842', ['hotplug-not-supported', 'kubevirt-not-migratable'], {
    title: 'The change of the VM needs a restart or a migration that is not possible',
    severity: 'warning',
    why: 'KubeVirt changes the interfaces of a running VM by migrating it. Some bindings do not allow that.',
    fix: 'Restart the VM, or use a binding that can migrate (bridge on a secondary network, sriov).',
    when: isFresh,
    of: 'any',
  }),
  {
    code: 'MN843',
    scope: 'attachment',
    title: 'The interface of a VM has a hashed name',
    severity: 'info',
    slugs: ['kubevirt-hashed-ifname'],
    why: 'KubeVirt names the interfaces of its launcher pods "pod" and eleven digits of a hash of the network\'s name in the VM. Inside the VM the name is another one.',
    fix: 'Nothing to mend: find the network by the name of the NAD in network-status.',
    check: ({ attachment, workload: { workload } }) => {
      const name = attachment.interface?.name ?? '';
      if (workload.labels['kubevirt.io'] !== 'virt-launcher' || !/^pod[0-9a-f]{11}$/.test(name)) return undefined;
      return {
        slug: 'kubevirt-hashed-ifname',
        group: workload.namespace,
        confidence: 'certain',
        title: `VMs in ${workload.namespace} have interfaces with hashed names`,
        message:
          'KubeVirt hashes the name of the network in the VM into the name of the interface of the launcher pod.',
        fix: {
          text: 'Nothing to mend: the NAD in network-status tells the network.',
          commands: [sh`kubectl -n ${workload.namespace} get vmi -o wide`],
        },
        evidence: attachment.observed.slice(0, 1).map((item) => item.source),
      };
    },
  },
];

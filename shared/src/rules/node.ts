import { fromEvent } from './define.ts';
import type { Rule } from './rule.ts';

/**
 * MN42x and MN45x-MN46x: what is wrong with a node rather than with a pod or a NAD. Drafts of such events gather by node, so that a
 * broken daemon is one finding with the pods under it.
 *
 * States. Where Multus itself failed, it came to no attachment at all: what the pod asks for has failed, as that is what Multus was
 * there for; the default network would have been fine and is blocked. Where the default network failed, Multus stopped there and took
 * everything down: slot 0 has failed, the others are blocked. Where the node failed before any network (`eventEffect: 'waits'`), nothing
 * is known against any attachment: all are pending.
 */
export const nodeRules: readonly Rule[] = [
  fromEvent('MN420', ['multus-unauthorized', 'multus-x509', 'multus-pod-forbidden'], {
    title: 'Multus on the node may not read the API',
    why: 'Multus reads the pod and its NADs with a token that its daemon writes to the node and renews. When the token has expired, its CA has changed or its rights are gone, every new pod on that node fails.',
    fix: 'Restart the Multus pod of the node so that it writes a fresh kubeconfig; check the ClusterRoleBinding of its service account.',
  }),
  fromEvent('MN421', ['multus-kubeconfig-missing'], {
    why: 'The CNI configuration of Multus points to a kubeconfig that is not on the node, or not where the runtime looks. Every new pod on that node fails.',
  }),
  fromEvent('MN422', ['multus-apiserver-unreachable'], {
    why: 'Multus runs on the node and talks to the API server from there. Without an answer no pod can start on that node.',
  }),
  fromEvent('MN423', ['readiness-indicator'], {
    why: 'Multus waits for the file of the default CNI before it does anything. If the default CNI is not up on the node, every pod there fails with this.',
  }),
  fromEvent('MN424', ['cluster-network-missing'], {
    why: 'Multus is told to use a cluster network by a name that leads to no NAD and no file on the node.',
  }),
  fromEvent('MN425', ['multus-netconf-invalid'], {
    why: 'Multus cannot use its own configuration on the node, so every new pod there fails.',
  }),
  fromEvent('MN426', ['multus-binary-missing', 'install-text-busy'], {
    title: 'The Multus binary is not usable on the node',
    why: 'The runtime calls a binary that the Multus DaemonSet copies to the node. When it is missing, or is being replaced while in use, pods fail.',
    fix: 'Look at the init containers of the Multus pod of the node; restart it.',
  }),
  fromEvent('MN427', ['thick-daemon-down', 'thick-daemon-wait'], {
    title: 'The Multus daemon on the node does not answer',
    why: 'Thick Multus is a small shim on the node that asks a daemon through a socket. While the daemon is down or starting no pod can start there.',
    fix: 'Look at the Multus pod of the node: its state, its memory limit and its log.',
  }),
  fromEvent('MN428', ['multus-image-manifest-mismatch'], {
    why: 'The options in the manifest of Multus are not those that its image knows. It happens when the image tag moves and the manifest stays.',
  }),
  fromEvent(
    'MN450',
    [
      'default-cni-failed',
      'default-cni-calico',
      'default-cni-cilium',
      'default-cni-aws',
      'default-cni-azure',
      'default-cni-weave',
      'default-cni-antrea',
      'default-cni-openshift-sdn',
    ],
    {
      title: 'The default network of the pod failed',
      why: 'Multus calls the default CNI first. When that fails nothing else is tried: the secondary networks are not the problem.',
      fix: 'Look at the pods of the default CNI on that node and at their log.',
    },
  ),
  fromEvent('MN453', ['mesh-istio-cni', 'mesh-linkerd-cni', 'mesh-cni-failed'], {
    title: 'The CNI plugin of a service mesh failed',
    why: 'Meshes chain a plugin of theirs after the default CNI, or have it called as a NAD. It makes no interface, and its error stops the pod all the same: neither the default network nor a secondary one is the problem.',
    fix: 'Look at the DaemonSet of the mesh on that node: its pod, its token and its log.',
  }),
  fromEvent('MN451', ['default-cni-flannel-not-ready', 'ovnk-plugin-down'], {
    title: 'The agent of the default network is not up on the node',
    why: 'The default CNI needs its agent on the node, or a file that this agent writes. The secondary networks are not the problem.',
    fix: 'Look at the pods of the default CNI on that node and at their log.',
  }),
  {
    ...fromEvent('MN452', ['node-network-not-ready'], {
      why: 'The runtime finds no CNI configuration, so the kubelet starts no pod that needs a network. Neither the default CNI nor Multus has come up on the node.',
    }),
    eventEffect: 'waits',
  },
  {
    ...fromEvent('MN455', ['runtime-down', 'runtime-cgroup', 'runtime-oci'], {
      title: 'The container runtime of the node fails',
      why: 'The sandbox could not be made, before any network was attached. This is not a problem of a network.',
      fix: 'Look at the container runtime and at the kubelet of the node.',
    }),
    eventEffect: 'waits',
  },
  {
    ...fromEvent('MN456', ['runtime-sandbox-image'], {
      severity: 'warning',
      why: 'The runtime needs its pause image before it calls any CNI plugin. Whoever runs the node or the registry can mend it; the networks are not the problem.',
    }),
    eventEffect: 'waits',
  },
  {
    ...fromEvent('MN457', ['node-disk-full', 'node-resource-limit'], {
      title: 'The node is out of disk, processes or files',
      why: 'Neither the runtime nor a plugin can work on such a node. This is not a problem of a network.',
      fix: 'Free the node of what fills it, or raise its limits.',
    }),
    eventEffect: 'waits',
  },
  fromEvent('MN458', ['runtime-deadline'], {
    title: 'Making the sandbox takes longer than the kubelet waits',
    why: 'The kubelet gave up on an attempt. Something in the chain is slow: a plugin that waits for an answer, the API server, or the node.',
  }),
  {
    ...fromEvent('MN465', ['runtime-name-reserved'], {
      why: 'The kubelet gave up on an attempt that the runtime still works on. It is the echo of a slow start, not its cause.',
    }),
    eventEffect: 'waits',
  },
  fromEvent('MN459', ['runtime-no-eth0', 'netns-gone', 'sandbox-pod-gone', 'sandbox-changed'], {
    title: 'The sandbox vanished while it was being made',
    why: 'The network namespace or the pod went away in the middle of the set-up: a deletion, a restart of the runtime, or an attempt that was given up.',
    fix: 'Wait for the next attempt; if it stays, look at the log of the runtime on the node.',
  }),
  fromEvent('MN460', ['plugin-crash'], {
    why: 'The plugin crashed instead of answering. Usually a value in its config that it does not expect, or a bug that a newer version has mended.',
  }),
  fromEvent('MN461', ['plugin-exec-format'], {
    why: 'The file is there and executable, but not for this machine: another architecture, a truncated copy, or a script without an interpreter.',
  }),
  fromEvent('MN462', ['cni-args-no-namespace', 'cni-capability-args'], {
    title: 'The arguments of the call do not suit the plugin',
    why: 'Multus and the runtime hand arguments to the plugin in CNI_ARGS. A plugin refuses those that it does not know, or misses those that it needs.',
    fix: 'Bring runtime, Multus and plugin to versions that suit each other.',
  }),
  fromEvent('MN463', ['status-write-failed'], {
    why: 'All networks had been attached, but Multus could not write network-status to the pod, and took everything down again.',
  }),
  fromEvent('MN464', ['default-gw-edit-failed'], {
    why: 'A default-route in the request makes Multus edit the routes of every interface. That failed.',
  }),
];

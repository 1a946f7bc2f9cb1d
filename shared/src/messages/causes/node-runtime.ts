import type { CauseGroup } from '../types.ts';

/** Kubelet, container runtime, sandbox. */
export const nodeRuntime: CauseGroup = {
  group: 'Node and runtime',
  source: 'kubernetes pkg/kubelet, containerd, cri-o',
  causes: [
    {
      slug: 'runtime-no-eth0',
      severity: 'error',
      title: 'The network plugin succeeded without an eth0 for the pod',
      cause:
        'The result has no eth0: the pod was deleted meanwhile and Multus returned an empty result, or default-network was given another interface name.',
      fix: 'Remove an interface request from v1.multus-cni.io/default-network; otherwise look at what happened to the pod.',
      symptom: 'failed to find network info for sandbox',
      match:
        /failed to (?:find network info|get network status) for sandbox(?: "?(?<sandbox>[0-9a-f]{1,64}))?|Device "eth0" does not exist/,
      domain: 'node',
    },
    {
      slug: 'runtime-name-reserved',
      severity: 'warning',
      title: 'An earlier attempt to start this pod is still running',
      cause: 'The runtime keeps the name of the sandbox reserved for an attempt that timed out.',
      fix: 'Wait; find out why the first attempt was slow.',
      symptom: 'failed to reserve sandbox name',
      match: [
        /failed to reserve sandbox name "?(?<name>[^"\s]{1,300}?)"?(?: ?is reserved| ?:|$)/,
        /error reserving (?:pod|ctr) name "?(?<name>k8s_[^\s":]{1,300})/,
        /failed to reserve (?:sandbox|container) name|reserving (?:pod sandbox|sandbox|pod|ctr|container) name|Kubelet may be retrying requests that are timing out in CRI-O|name is reserved/,
      ],
      domain: 'node',
    },
    {
      slug: 'node-network-not-ready',
      severity: 'critical',
      title: 'The node has no network configuration yet',
      cause:
        'The runtime finds no usable CNI configuration: neither the default CNI nor Multus has been set up on the node.',
      fix: 'Check the DaemonSets of the default CNI and of Multus on that node.',
      symptom: 'NetworkReady=false reason:NetworkPluginNotReady message: cni plugin not initialized',
      match: [
        /NetworkReady=false ?reason: ?NetworkPluginNotReady(?: ?message: ?(?<error>.{0,150}))?/,
        /(?:cni plugin not initialized|cni config uninitialized|no networks found in \/etc\/cni\/net\.d|No CNI configuration file in \/etc)/,
        { pattern: /network is not ready/, confidence: 'likely' },
      ],
      domain: 'node',
    },
    {
      slug: 'sandbox-changed',
      severity: 'info',
      title: 'The sandbox of the pod is made anew',
      cause: 'The sandbox died or was rebuilt: a restart, a reboot of the node, or repeated set-up failures.',
      fix: 'Look at the failure beside it, if there is one.',
      symptom: 'Pod sandbox changed, it will be killed and re-created',
      match: /Pod sandbox changed, ?it will be killed and re-created/,
      domain: 'node',
    },
    {
      slug: 'runtime-sandbox-image',
      severity: 'critical',
      title: 'The pause image of the sandbox cannot be pulled',
      cause:
        'The runtime needs its sandbox image before any network is set up, and the registry is not reachable. Not a network attachment problem.',
      fix: 'Make the pause image available on the node, or set the sandbox image of the runtime.',
      symptom: 'failed to get sandbox image "registry.k8s.io/pause"',
      match:
        /failed to get sandbox image "?(?<image>[^"\s]{1,200})|failed to pull (?:sandbox|pause) image|unable to pull (?:sandbox|pause) image|failed pulling image "(?<image2>[^"]{0,120}pause[^"]{0,60})"/,
      domain: 'not-network',
    },
    {
      slug: 'runtime-down',
      severity: 'critical',
      title: 'The container runtime does not answer',
      cause: 'containerd, CRI-O or Docker is down or hanging on the node. Not a network attachment problem.',
      fix: 'Restart the runtime on the node and look at its log.',
      symptom: 'dial unix /run/containerd/containerd.sock: connect',
      match:
        /dial unix[^,]{0,60}?(?:containerd\.sock|crio\.sock|docker\.sock|cri-dockerd\.sock|dockershim\.sock)|Cannot connect to the Docker daemon|transport is closing|runtime\.v1\.RuntimeService|PLEG is not healthy|ttrpc: ?closed|containerd-shim.{0,80}?(?:timed out|connection refused)|(?:start|failed to start) (?:shim|sandbox container task)/,
      domain: 'node',
    },
    {
      slug: 'runtime-cgroup',
      severity: 'error',
      title: 'The cgroup of the pod could not be made',
      cause:
        'The cgroup drivers of kubelet and runtime differ, or the node is out of cgroups or memory. Not a network attachment problem.',
      fix: 'Use the same cgroup driver in kubelet and runtime; check the memory of the node.',
      symptom: 'unable to apply cgroup configuration',
      match:
        /unable to apply cgroup configuration|unable to freeze|expected cgroupsPath to be of format|cgroup (?:path|manager|controllers?)[^,]{0,80}?(?:invalid|failed|not)|mkdir ?\/sys\/fs\/cgroup|failed to (?:ensure|create) (?:that the pod: ?|pod )[^,]{0,80}?cgroup|error (?:creating|adding pid \d{1,9} to) cgroup/,
      domain: 'node',
    },
    {
      slug: 'runtime-oci',
      severity: 'error',
      title: 'The runtime could not start the sandbox process',
      cause: 'runc or another OCI runtime failed before or beside the network. Not a network attachment problem.',
      fix: 'Read the OCI error; check kernel, seccomp, AppArmor and the runtime version.',
      symptom: 'OCI runtime create failed',
      match:
        /OCI runtime (?:create|start) failed|failed to create (?:containerd task|shim task)|runc create failed|RuntimeHandler "?[^"\s]{1,60}"? not supported|no runtime for "?[^"]{1,60}"? is configured|failed to (?:mount rootfs|create sandbox container)|container init caused/,
      domain: 'node',
      late: true,
      confidence: 'likely',
    },
    {
      slug: 'node-disk-full',
      severity: 'critical',
      title: 'The disk of the node is full',
      cause: 'No space, or no inodes, are left on the node. Not a network attachment problem.',
      fix: 'Free the disk of the node.',
      symptom: 'no space left on device',
      match: /no space left on device|disk quota exceeded/,
      domain: 'node',
    },
    {
      slug: 'node-resource-limit',
      severity: 'critical',
      title: 'The node is out of processes or open files',
      cause: 'A limit of the operating system is reached. Not a network attachment problem.',
      fix: 'Raise pid and file limits, or find what uses them up.',
      symptom: 'too many open files / fork/exec: resource temporarily unavailable',
      match:
        /too many open files|fork\/exec [^,]{0,120}?: ?resource temporarily unavailable|cannot allocate memory|user\.max_inotify|pthread_create failed/,
      domain: 'node',
    },
    {
      slug: 'sandbox-pod-gone',
      severity: 'info',
      title: 'The pod was deleted while its sandbox was made',
      cause: 'The kubelet or runtime no longer knows the pod.',
      fix: 'Nothing to do.',
      symptom: 'pod sandbox not found',
      match:
        /(?:pod )?sandbox "?[0-9a-f]{0,64}"? ?not found|failed to (?:find|get) sandbox|an error occurred when try to find sandbox/,
      domain: 'node',
      late: true,
      confidence: 'possible',
    },
    {
      slug: 'runtime-deadline',
      severity: 'error',
      title: 'Making the sandbox took too long',
      cause:
        'The runtime did not finish in the time the kubelet allows; often a slow plugin (DHCP, Whereabouts) or a slow API server.',
      fix: 'Find the slow step in the logs of runtime and Multus.',
      symptom: 'code = DeadlineExceeded desc = context deadline exceeded',
      match: [
        { pattern: /rpc error:? code = DeadlineExceeded/, scope: 'region' },
        {
          pattern: /^(?:stream terminated by RST_STREAM|operation timeout: ?)?context deadline exceeded/,
          when: { multus: false },
          confidence: 'likely',
        },
        {
          pattern:
            /^(?:failed to (?:start|create|stop) sandbox container(?: for pod "[^"]{1,253}")?: ?)?operation timeout/,
          confidence: 'possible',
        },
      ],
      domain: 'node',
      late: true,
      confidence: 'likely',
    },
  ],
};

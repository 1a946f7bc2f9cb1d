import type { CauseGroup, Match } from '../types.ts';

/** What the reason of an event says, whatever its text. */
const said = (...reasons: string[]): Match => ({ pattern: /^./, when: { reasons }, late: true, confidence: 'likely' });

/** Not the name of a webhook that has to do with networks. */
const foreign =
  '(?![\\w.-]{0,200}(?:net|sriov|cni|kubevirt|kubemacpool|spider|ovn|danm|antrea|calico|cilium|whereabouts))';

/** Events that people paste next to network failures, and that are none. */
export const notNetwork: CauseGroup = {
  group: 'Not a network problem',
  source: 'kubernetes pkg/kubelet, pkg/scheduler',
  causes: [
    {
      slug: 'not-network-image-pull',
      severity: 'error',
      title: 'An image cannot be pulled',
      cause:
        'The registry is not reachable from the node, the image or tag does not exist, or the credentials are wrong. Network attachments of the pod are set up before and are fine.',
      fix: 'Check image name, registry and pull secret; this is between the node and the registry.',
      symptom: 'Failed to pull image / ImagePullBackOff',
      match:
        /^(?:Error: ?)?(?:Failed to pull image|Back-?off pulling image|ErrImage(?:Pull|NeverPull)|ImagePullBackOff|Failed to (?:inspect|apply default image tag)|Failed to pull and unpack image)|(?:ErrImagePull|ImagePullBackOff|failed to resolve reference|pull access denied|manifest unknown|toomanyrequests:)/,
      when: { test: ({ region }) => !/sandboximage|setupnetwork|createpodsandbox/i.test(region) },
      domain: 'not-network',
    },
    {
      slug: 'not-network-probe',
      severity: 'warning',
      title: 'A probe of the container failed',
      cause:
        'The kubelet asked the container over the default network and got no healthy answer. Secondary networks play no part, unless they took the default route.',
      fix: 'Check the application; if it began with a default-route on a secondary network, look there.',
      symptom: 'Readiness probe failed / Liveness probe failed',
      match: [
        /(?:Readiness|Liveness|Startup) probe (?:failed|errored|warning)|failed (?:liveness|readiness|startup) probe(?:, ?will be restarted|\.)/,
        said('Unhealthy', 'ProbeWarning'),
      ],
      domain: 'not-network',
    },
    {
      slug: 'not-network-crash-loop',
      severity: 'error',
      title: 'The container keeps failing',
      cause: 'The process in the container exits; its networks were set up before.',
      fix: 'Look at the log of the container.',
      symptom: 'Back-off restarting failed container',
      match: /Back-?off restarting failed container|CrashLoopBackOff/,
      domain: 'not-network',
    },
    {
      slug: 'not-network-container-start',
      severity: 'error',
      title: 'A container of the pod cannot be started',
      cause:
        'The command is missing in the image, a reference (ConfigMap, Secret, user) is wrong, or the runtime refused the container. Its networks were set up before.',
      fix: 'Read the error of the container; check command, image and references.',
      symptom: 'Error: failed to start container / CreateContainerConfigError',
      match: [
        /^Error: ?(?:failed to (?:create|start) container|container create failed|configmap |secret |cannot find volume)|^(?:Error: ?)?failed to generate container "[^"]{1,80}" spec|CreateContainer(?:Config)?Error|RunContainerError|StartError/,
        said('FailedPostStartHook', 'FailedPreStopHook'),
      ],
      domain: 'not-network',
      late: true,
      confidence: 'likely',
    },
    {
      slug: 'not-network-oom',
      severity: 'error',
      title: 'The container ran out of memory',
      cause: 'The kernel killed it at its memory limit.',
      fix: 'Raise the limit or find the leak.',
      symptom: 'OOMKilled',
      match: [/OOMKilled|Memory cgroup out of memory|System OOM encountered|oom-kill/, said('OOMKilling', 'SystemOOM')],
      domain: 'not-network',
    },
    {
      slug: 'not-network-evicted',
      severity: 'error',
      title: 'The pod was evicted or the node is short of resources',
      cause: 'The node was low on memory, disk or processes.',
      fix: 'Free resources on the node, set requests.',
      symptom: 'The node was low on resource: ephemeral-storage',
      match: [
        /The node was low on resource|node had condition: ?\[|(?:NodeHas|Node has )(?:DiskPressure|MemoryPressure|PIDPressure)|usage exceeds (?:total|its) (?:local )?(?:ephemeral|limit)|^Evicted/,
        said('Evicted', 'EvictionThresholdMet', 'FreeDiskSpaceFailed', 'TaintManagerEviction'),
      ],
      domain: 'not-network',
    },
    {
      slug: 'not-network-volume',
      severity: 'error',
      title: 'A volume cannot be mounted',
      cause: 'A volume, ConfigMap or Secret of the pod is missing or cannot be attached. Networks come after.',
      fix: 'Check the volume named in the message.',
      symptom: 'MountVolume.SetUp failed / Unable to attach or mount volumes',
      match: [
        /MountVolume\.\w{1,20} failed|Unable to (?:attach or )?mount volumes|(?:AttachVolume|MapVolume|UnmountVolume)\.\w{1,20} failed|Multi-Attach error for volume|FailedMount|pod has unbound immediate PersistentVolumeClaims|persistentvolumeclaim "?[^"\s]{1,253}"? not found/,
        /expired waiting for volumes to attach|list of registered CSI drivers|failed to (?:attach|detach|provision) volume|running PreBind plugin "?VolumeBinding|skipping: ?(?:secrets?|configmaps?) "[^"]{1,253}" not found/,
        said('FailedMount', 'FailedAttachVolume', 'FailedMapVolume', 'ProvisioningFailed', 'FailedBinding'),
      ],
      domain: 'not-network',
    },
    {
      slug: 'not-network-quota',
      severity: 'error',
      title: 'A quota or policy refuses the pod',
      cause: 'The namespace has reached its quota, or an admission policy forbids the pod.',
      fix: 'Raise the quota, or change the pod as the message says.',
      symptom: 'exceeded quota / violates PodSecurity',
      match:
        /exceeded quota|violates PodSecurity|unable to validate against any (?:security context constraint|pod security policy)|must specify (?:limits|requests)\./,
      domain: 'not-network',
    },
    {
      slug: 'not-network-scheduling',
      severity: 'error',
      title: 'No node fits the pod',
      cause: 'CPU, memory, taints, affinity or volumes keep the pod from every node. No network was tried yet.',
      fix: 'Read the counts in the message; compare requests, taints and selectors with the nodes.',
      symptom: '0/3 nodes are available: Insufficient cpu / untolerated taint',
      match: [
        /Node didn't have enough (?:resource|capacity):? ?(?:cpu|memory|pods|ephemeral-storage|hugepages)/,
        /Predicate \w{1,60} failed|not enough cpus available|due to host port conflict/,
        {
          pattern:
            /\d{1,6}\/\d{1,6} nodes are available|no nodes (?:are )?available (?:to schedule pods|that match)|node\(s\) (?:had|didn't|were)|Insufficient (?:cpu|memory|pods|ephemeral-storage|nvidia\.com\/gpu)/,
          late: true,
        },
      ],
      domain: 'not-network',
    },
    {
      slug: 'not-network-service-account',
      severity: 'error',
      title: 'The service account or token of the pod is not available',
      cause: 'The pod cannot be made because its service account or its token is missing.',
      fix: 'Create the service account.',
      symptom: 'error looking up service account',
      match: /error looking up service account|serviceaccount "?[^"\s]{1,253}"? not found|failed to fetch token/,
      domain: 'not-network',
    },
    {
      slug: 'not-network-webhook',
      severity: 'error',
      title: 'An admission webhook failed or refused',
      cause: 'A webhook that has nothing to do with networks did not answer or said no.',
      fix: 'Check the webhook named in the message.',
      symptom: 'failed calling webhook',
      match: [
        new RegExp(`failed calling (?:admission )?webhook "?${foreign}(?<webhook>[\\w.-]{1,253})`),
        new RegExp(`admission webhook "?${foreign}(?<webhook>[\\w.-]{1,253}?)"? denied the request`),
      ],
      domain: 'not-network',
      late: true,
      confidence: 'possible',
    },
  ],
};

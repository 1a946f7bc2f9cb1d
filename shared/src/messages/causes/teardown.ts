import type { CauseGroup } from '../types.ts';

/** DEL: what comes when a pod goes, and as noise after a set-up error. */
export const teardown: CauseGroup = {
  group: 'Deletion and clean-up',
  source: 'multus-cni pkg/multus, cri-o, sriov-cni',
  causes: [
    {
      slug: 'sriov-del-cache',
      severity: 'info',
      title: 'sriov-cni has nothing to clean up',
      cause: 'The set-up had failed before a cache file was written; this is follow-up noise.',
      fix: 'Look at the set-up error.',
      symptom: 'error reading cached NetConf',
      match: /error reading cached NetConf(?: in (?<dir>[^\s,'"]{1,120}?) with name)?/,
    },
    {
      slug: 'kill-iface-already-assigned',
      severity: 'error',
      title: 'CRI-O refuses to take the networks of the pod down',
      cause: 'The pod was made before Multus was installed, and the runtime mixes the two configurations.',
      fix: 'Restart CRI-O on the node.',
      symptom: 'requested interface name already assigned',
      match: /requested interface name "?(?<ifname>[^"\s]{1,40}?)"? already assigned/,
    },
    {
      slug: 'kill-delegate-failed',
      severity: 'error',
      title: 'A plugin could not take its attachment down',
      cause: 'The DEL of a delegate failed: missing binary, damaged cache, or a problem of the plugin.',
      fix: 'Repair the plugin on the node; the pod stays in Terminating until then.',
      symptom: 'delegateDel: error invoking DelegateDel',
      match: [
        {
          pattern:
            /delegateDel: ?e[ro]{2,4} invoking (?:Conflist|Delegate)Del ?- ?"?(?<network>[^":\s]{0,253}?)"?: ?(?<error>.{0,200})/,
          scope: 'region',
          when: { phase: 'teardown' },
        },
        {
          pattern:
            /error in invoke (?:Conflist|Delegate) ?del ?- ?"?(?<network>[^":\s]{0,253}?)"?: ?(?<error>.{0,200})/,
          scope: 'region',
          when: { phase: 'teardown' },
        },
        {
          pattern: /error in getting result from DelNetwork(?:List)?: ?(?<error>.{0,200})/,
          scope: 'region',
          when: { phase: 'teardown' },
        },
        {
          pattern: /error removing container from network "(?<network>[^"]{0,253})"/,
          scope: 'region',
          when: { phase: 'teardown' },
        },
      ],
      confidence: 'likely',
    },
    {
      slug: 'kill-generic',
      severity: 'error',
      title: 'The networks of the pod could not be taken down',
      cause: 'The sandbox could not be destroyed; the inner text says why.',
      fix: 'Follow the inner error; the pod stays in Terminating until it is solved.',
      symptom: 'failed to KillPodSandbox with KillPodSandboxError',
      match: [
        {
          pattern:
            /failed to "?KillPodSandbox"? for "?(?<uid>[0-9a-f-]{0,64})"? with KillPodSandboxError:? ?(?<error>.{0,200})/,
          scope: 'region',
        },
        {
          pattern:
            /(?:failed to destroy network for (?:pod )?sandbox|StopPodSandbox|stopping the pod sandbox)(?<error>.{0,200})/,
          scope: 'region',
          when: { phase: 'teardown' },
        },
        { pattern: /network ?plugin cni failed to teardown pod/, scope: 'region', when: { phase: 'teardown' } },
        { pattern: /error killing pod:/, scope: 'region', when: { reasons: ['FailedKillPod'] } },
      ],
      late: true,
      confidence: 'likely',
    },
  ],
};

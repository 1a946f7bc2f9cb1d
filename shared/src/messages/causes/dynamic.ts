import type { CauseGroup } from '../types.ts';

/** multus-dynamic-networks-controller, and the good news of Multus. */
export const dynamic: CauseGroup = {
  group: 'Dynamic attachment and normal events',
  source: 'multus-dynamic-networks-controller pkg/controller',
  secondary: true,
  causes: [
    {
      slug: 'hotplug-add-failed',
      severity: 'error',
      title: 'An interface could not be added to the running pod',
      cause: 'The dynamic networks controller called Multus, which failed: NAD missing, name taken, plugin error.',
      fix: 'Look at the log of Multus on that node.',
      symptom: 'failed adding interface to network',
      match:
        /pod \[(?<pod>[^\]]{1,507})\]: ?failed adding interface (?<ifname>[^\s]{0,40}?) to network: ?(?<network>[^\s(,'"]{1,300}?)(?=[\s(,'":]|$)/,
    },
    {
      slug: 'hotplug-remove-failed',
      severity: 'error',
      title: 'An interface could not be removed from the running pod',
      cause: 'The plugin returned an error on DEL.',
      fix: 'Look at the log of Multus on that node.',
      symptom: 'failed removing interface from network',
      match:
        /pod \[(?<pod>[^\]]{1,507})\]: ?failed removing interface (?<ifname>[^\s:]{0,40}?)(?: from network: ?(?<network>[^\s(,'"]{1,300})|$)/,
    },
    {
      slug: 'ok-added-interface',
      severity: 'info',
      title: 'An interface was added',
      cause: 'Normal. Repeats on every attempt while a later network of the pod fails.',
      fix: 'Nothing to do.',
      symptom: 'Add net1 [10.1.0.5/24] from ns/net',
      match: [
        /^Add (?<ifname>[^\s[\]]{1,64}?) ?\[(?<ips>[0-9a-fA-F.:/,]{0,600})\](?: from (?<network>[^\s]{1,507}))?$/,
        /pod \[(?<pod>[^\]]{1,507})\]: ?added interface (?<ifname>[^\s]{1,64}?) to network: ?(?<network>[^\s(]{1,300})/,
      ],
    },
    {
      slug: 'ok-removed-interface',
      severity: 'info',
      title: 'An interface was removed',
      cause: 'Normal.',
      fix: 'Nothing to do.',
      symptom: 'removed interface from network',
      match:
        /pod \[(?<pod>[^\]]{1,507})\]: ?removed interface (?<ifname>[^\s]{1,64}?) from network: ?(?<network>[^\s(]{1,300})/,
    },
  ],
};

import type { CauseGroup } from '../types.ts';

/** What the scheduler says of networks that it knows: the native ones, and those of GKE. */
export const native: CauseGroup = {
  group: 'Native networks',
  source: 'KEP-3698 (scheduler plugin), GoogleCloudPlatform/gke-networking-api apis/network/v1/network_types.go',
  causes: [
    {
      slug: 'gke-network-exhausted',
      severity: 'error',
      title: 'No node has room on the GKE network',
      cause: 'Nodes offer a number of attachments to each GKE network as an extended resource, and none is left.',
      fix: 'Add nodes with an interface on the network, or widen its range of pods.',
      symptom: 'Insufficient networking.gke.io.networks/blue.IP',
      match: /Insufficient networking\.gke\.io\.networks\/(?<network>[a-z0-9.-]{1,253})/,
    },
    {
      slug: 'podnetwork-not-schedulable',
      severity: 'error',
      title: 'The scheduler waits for a pod network',
      cause:
        'A scheduler that knows PodNetworks holds a pod back until every network that it names exists and is ready.',
      fix: 'Create the network, or look at why it is not ready.',
      symptom: 'PodNetwork "blue" not found',
      match:
        /\bpod ?network(?:attachment)?s?\b[ :]{0,3}"?(?<network>[a-zA-Z0-9./-]{0,253})"?.{0,80}?(?:not found|not ready|does ?n[o']t exist|not exist|unavailable|disabled|more than once|twice)|(?:not found|not ready|missing|unknown) pod ?network(?:attachment)?s?\b/i,
    },
  ],
};

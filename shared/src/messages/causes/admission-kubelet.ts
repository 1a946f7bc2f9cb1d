import type { CauseGroup, Match } from '../types.ts';

const said = (...reasons: string[]): Match => ({ pattern: /^./, when: { reasons }, late: true, confidence: 'likely' });

/** What the resource managers of the kubelet say of a pod that was scheduled to their node; such a pod stays Failed. */
export const admissionKubelet: CauseGroup = {
  group: 'Admission by the kubelet',
  source: 'kubernetes pkg/kubelet/cm/topologymanager, cpumanager, memorymanager',
  causes: [
    {
      slug: 'topology-affinity',
      severity: 'error',
      title: 'The devices, CPUs and memory of the pod are not on one NUMA node',
      cause:
        'The Topology Manager of the node must align what the pod asks for, and could not: the free VFs hang on another NUMA node than the free CPUs, or no NUMA node has enough of all. The scheduler does not know of NUMA nodes. The message does not say which resource it was.',
      fix: 'Free CPUs or VFs on one NUMA node, ask for less, or use best-effort as topologyManagerPolicy; a NUMA-aware scheduler avoids it. The pod must be created anew.',
      symptom: 'Resources cannot be allocated with Topology locality (TopologyAffinityError)',
      domain: 'node',
      match: [
        /Resources cannot be allocated with Topology locality(?: container=(?<container>[a-z0-9-]{1,63}))?|Topology ?Affinity ?Error/,
        said('TopologyAffinityError'),
      ],
    },
    {
      slug: 'not-network-node-resources',
      severity: 'error',
      title: 'The kubelet cannot give the pod its CPUs or memory',
      cause:
        'The CPU or memory manager of the node has not enough whole cores or NUMA memory left for a pod that asks for exclusive ones. No network was tried.',
      fix: 'Read the counts in the message; compare them with the reserved CPUs and memory of the kubelet.',
      symptom: 'SMT Alignment Error / failed to find NUMA nodes to extend the current topology hint',
      domain: 'not-network',
      match: [
        /SMT Alignment Error: ?(?<error>.{0,200})/,
        /\[(?:memory|cpu)manager\] ?(?<error>.{1,200})|failed to find NUMA nodes to extend the current topology hint/,
        said('SMTAlignmentError', 'PreferredMemoryAllocationError'),
      ],
    },
  ],
};

import { annotationCommands, requestEvidence } from './define.ts';
import type { AttachmentFacts, Rule } from './rule.ts';

const isOvn = ({ network }: AttachmentFacts): boolean => network?.network.technology.startsWith('ovn-') === true;

/** A pod that fails all the same proves nothing against this rule; one that does not fail yet is only warned. */
const stops = ({ workload }: AttachmentFacts) => (workload.failure ? { effect: 'failed' as const } : {});

const stillToCome = ({ attachment, workload, request }: AttachmentFacts): boolean =>
  attachment.state === 'pending' &&
  !workload.workload.hostNetwork &&
  typeof request?.index === 'number' &&
  !request.inert;

/** MN140, MN141: requests that Multus takes and OVN-Kubernetes refuses. */
export const ovnRequestRules: readonly Rule[] = [
  {
    code: 'MN140',
    scope: 'attachment',
    needs: 'unattached',
    title: 'A pod asks twice for one OVN-Kubernetes network',
    severity: 'error',
    slugs: ['ovnk-same-nad-twice'],
    explains: ['ovnk-annotation-timeout', 'ovnk-interface-config'],
    why: 'Multus makes one attachment of every item, but OVN-Kubernetes keeps one port per pod and NAD and refuses the second.',
    fix: 'Create a second NAD of the same network ("name"), and ask for one interface from each.',
    check: (facts) => {
      if (!isOvn(facts) || !stillToCome(facts)) return undefined;
      const first = facts.workload.attachments.find(
        (item) =>
          item.request?.alias && item.request.alias.value === facts.request?.alias?.value && !item.request.inert,
      );
      if (!first || first === facts) return undefined;
      return {
        slug: 'ovnk-same-nad-twice',
        group: `ovnk-same-nad-twice:${facts.network?.network.id}`,
        severity: facts.workload.failure ? 'error' : 'warning',
        confidence: 'likely',
        title: `${facts.network?.network.name} is asked for twice by one pod`,
        message: `OVN-Kubernetes makes one port per pod and NAD.`,
        fix: {
          text: 'Create a second NAD with the same "name" in its config, and ask for one interface from each.',
          commands: annotationCommands(facts),
        },
        evidence: [...requestEvidence(first), ...requestEvidence(facts)],
        ...stops(facts),
      };
    },
  },
  {
    code: 'MN141',
    scope: 'attachment',
    needs: 'unattached',
    title: 'A primary network is named in the annotation',
    severity: 'error',
    slugs: ['ovnk-primary-in-annotation'],
    explains: ['ovnk-annotation-timeout', 'ovnk-interface-config'],
    why: 'A network of role primary takes the place of the default network for every pod of its namespaces. It is not asked for by annotation, and OVN-Kubernetes refuses a pod that does.',
    fix: 'Remove it from the annotation; label the namespace for a primary network instead.',
    check: (facts) => {
      if (!isOvn(facts) || facts.request?.implicit || facts.network?.network.role !== 'primary' || !stillToCome(facts))
        return undefined;
      return {
        slug: 'ovnk-primary-in-annotation',
        group: `ovnk-primary-in-annotation:${facts.network.network.id}`,
        severity: facts.workload.failure ? 'error' : 'warning',
        confidence: 'likely',
        title: `${facts.network.network.name} is a primary network, which no annotation may name`,
        message: `${facts.request?.requested.network} has "role": "primary".`,
        fix: { text: 'Remove it from the annotation.', commands: annotationCommands(facts) },
        evidence: requestEvidence(facts),
        ...stops(facts),
      };
    },
  },
];

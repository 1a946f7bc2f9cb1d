import { sh } from '../kube/shell.ts';
import type { Draft, Failure, Rule, WorkloadFacts } from './rule.ts';

const texts = {
  code: 'MN402',
  title: 'A CNI plugin is missing on the node',
  severity: 'error',
  why: 'The runtime runs plugins from a folder of the node, usually /opt/cni/bin. Multus does not bring the plugins that NADs name.',
  fix: 'Install the plugin on the node.',
} as const;

/** One finding for a plugin and a node, whichever NADs and pods need it. */
function missing({ workload }: WorkloadFacts, failure: Failure | null, technology?: string): Draft | undefined {
  if (failure?.verdict.slug !== 'cni-binary-missing') return undefined;
  const { captures } = failure.verdict;
  const plugin = captures['plugin'] ?? technology ?? 'A plugin';
  const node = workload.node ?? 'the node';
  return {
    slug: 'cni-binary-missing',
    group: `${node}/${plugin}`,
    confidence: 'certain',
    title: `Plugin ${plugin} is missing on ${node}`,
    message: `The runtime finds no ${plugin} in ${captures['path'] ?? '/opt/cni/bin'}.`,
    fix: {
      text: `Install ${plugin} on ${node}.`,
      commands: [sh`kubectl debug node/${node} -it --image=busybox -- ls -l /host/opt/cni/bin`],
    },
    evidence: [],
    subjects: workload.node ? [{ type: 'node', id: workload.node }] : [],
    effect: 'failed',
  };
}

export const missingPluginRule: Rule = {
  ...texts,
  scope: 'attachment',
  needs: 'failure',
  slugs: ['cni-binary-missing'],
  check: ({ workload, failure, network }) => missing(workload, failure, network?.network.technology),
};

/** The message does not tell which attachment it was. */
export const missingPluginOfPodRule: Rule = {
  ...texts,
  scope: 'workload',
  needs: 'failure',
  slugs: [],
  check: (facts) => (facts.failure?.slot === null ? missing(facts, facts.failure) : undefined),
};

import { sh } from '../kube/shell.ts';
import { isPort } from '../providers/multi-networkpolicy.ts';
import type { PolicyPort } from '../providers/policy-claims.ts';
import type { PolicyFacts, Rule } from './rule.ts';

function wrong({ port, endPort }: PolicyPort): string | undefined {
  if (typeof port === 'number' && !isPort(port)) return `${port} is no port.`;
  if (endPort === undefined) return undefined;
  if (!isPort(endPort)) return `${endPort} is no port.`;
  if (typeof port === 'string') return `endPort ${endPort} goes with a number, and port is the name "${port}".`;
  if (port === undefined) return `endPort ${endPort} goes with a port to begin at, and there is none.`;
  return endPort < port ? `endPort ${endPort} is below port ${port}, so that the range is empty.` : undefined;
}

function check({ policy }: PolicyFacts) {
  for (const port of policy.ports) {
    const message = wrong(port);
    if (!message) continue;
    return {
      slug: 'mnp-bad-port',
      group: policy.id,
      confidence: 'certain' as const,
      title: `A port of policy ${policy.namespace}/${policy.name} is not valid`,
      message,
      fix: {
        text: 'Write a number from 1 to 65535, and an endPort that is not below it.',
        commands: [sh`kubectl -n ${policy.namespace} edit multi-networkpolicies.k8s.cni.cncf.io ${policy.name}`],
      },
      evidence: [{ ref: policy.ref, path: port.path }],
    };
  }
  return undefined;
}

/** MN849 */
export const policyPortRules: readonly Rule[] = [
  {
    code: 'MN849',
    scope: 'policy',
    title: 'A port of a policy is not valid',
    severity: 'warning',
    slugs: ['mnp-bad-port'],
    why: 'The schema of MultiNetworkPolicy does not check ports against each other. Agents skip a rule that they cannot read, or fail over it. endPort makes a range of numbers, since v1beta2.',
    fix: 'Write a number from 1 to 65535, and an endPort that is not below it.',
    check,
  },
];

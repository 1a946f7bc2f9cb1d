import { sh } from '../kube/shell.ts';
import { watchedKinds } from '../providers/registry.ts';
import type { Rule } from './rule.ts';

/** MN0xx: what could not be read. Not being allowed to look is never the same as being fine. */
export const accessRules: readonly Rule[] = [
  {
    code: 'MN001',
    scope: 'cluster',
    title: 'A kind may not be read',
    severity: 'info',
    slugs: ['source-forbidden'],
    why: 'The account that Busbar uses lacks get, list and watch on it. What depends on it is shown as unknown.',
    fix: 'Grant the rights of the ClusterRole that comes with Busbar, or limit Busbar to namespaces that you may read.',
    check: (world) =>
      world
        .sources()
        .filter((source) => source.availability === 'forbidden' || source.availability === 'error')
        .map((source) => {
          const name = source.group ? `${source.resource}.${source.group}` : source.resource;
          const why = watchedKinds.find((kind) => kind.group === source.group && kind.kind === source.kind)?.why;
          return {
            slug: source.availability === 'forbidden' ? 'source-forbidden' : 'source-error',
            group: name,
            confidence: 'certain' as const,
            title: source.availability === 'forbidden' ? `${name} may not be read` : `${name} could not be read`,
            message: `Missing from the picture: ${why ?? name}.${source.detail ? ` ${source.detail}` : ''}`,
            fix: {
              text: 'Grant get, list and watch on it.',
              commands: [sh`kubectl auth can-i list ${name} --all-namespaces`],
            },
            evidence: [],
            subjects: [{ type: 'object' as const, ref: { group: source.group, kind: source.kind, name: '' } }],
          };
        }),
  },
];

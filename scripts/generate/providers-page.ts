import { answerKind } from '../../shared/src/cni/answer-objects.ts';
import type { GroupKind } from '../../shared/src/kube/watched-kind.ts';
import type { Provider } from '../../shared/src/providers/provider.ts';
import { code, inline, notice, table } from './markdown.ts';

/** What another provider watches; a kind of Busbar's own comes in files and is granted to nobody. */
const nameOf = ({ group, kind }: GroupKind): string => (group === answerKind.group ? `${kind} (files)` : kind);

export function providersPage(providers: readonly Provider[]): string {
  return `${[
    notice,
    '# Providers',
    'A provider reads the objects of one API and says what they claim. What is read is all that is granted: `get`, `list`, `watch`. An optional kind that is absent is fine, and is noticed when it appears.',
    ...providers.flatMap(({ id, title, kinds, reads = [] }) => [
      `## ${inline(title)}`,
      `${code(id)}`,
      kinds.length === 0
        ? 'Watches nothing of its own.'
        : table(
            ['kind', 'group', 'versions', 'optional', 'for'],
            kinds.map((kind) => [
              kind.names ? `${inline(kind.kind)} (${kind.names.map(code).join(', ')})` : inline(kind.kind),
              kind.group ? code(kind.group) : 'core',
              kind.versions.map(code).join(', '),
              kind.optional ? 'yes' : 'no',
              inline(kind.why),
            ]),
          ),
      ...(reads.length > 0 ? [`Reads besides: ${reads.map(nameOf).join(', ')}.`] : []),
    ]),
  ].join('\n\n')}\n`;
}

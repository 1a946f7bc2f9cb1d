import type { Provider } from '../../shared/src/providers/provider.ts';
import { code, inline, notice, table } from './markdown.ts';

export function providersPage(providers: readonly Provider[]): string {
  return `${[
    notice,
    '# Providers',
    'A provider reads the objects of one API and says what they claim. What is read is all that is granted: `get`, `list`, `watch`. An optional kind that is absent is fine, and is noticed when it appears.',
    ...providers.flatMap(({ id, title, kinds }) => [
      `## ${inline(title)}`,
      `${code(id)}`,
      kinds.length === 0
        ? 'Reads nothing of its own.'
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
    ]),
  ].join('\n\n')}\n`;
}

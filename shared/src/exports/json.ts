import type { Topology } from '../model/topology.ts';
import type { Exporter } from './exporter.ts';

/** The snapshot document, one field a line, so that two of them compare line by line. */
export const json: Exporter = {
  id: 'json',
  title: 'Snapshot (JSON)',
  mime: 'application/json',
  extension: 'json',
  write: ({ topology }) => `${JSON.stringify(topology, null, 2)}\n`,
  parts: ({ topology }) => jsonParts(topology),
};

const AT_ONCE = 200;

/** `JSON.stringify(topology, null, 2)` and a line break, list by list and some items at a time. */
function* jsonParts(topology: Topology): Generator<string> {
  let before = '{\n';
  for (const [key, value] of Object.entries(topology)) {
    if (value === undefined) continue;
    yield `${before}  ${JSON.stringify(key)}: `;
    before = ',\n';
    if (Array.isArray(value) && value.length > 0) yield* listParts(value);
    else yield indented(value, '  ');
  }
  yield '\n}\n';
}

function* listParts(items: readonly unknown[]): Generator<string> {
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const texts = items.slice(at, at + AT_ONCE).map((item) => `    ${indented(item, '    ')}`);
    yield `${at === 0 ? '[' : ','}\n${texts.join(',\n')}`;
  }
  yield '\n  ]';
}

/** A line break within JSON text is never part of a string. */
const indented = (value: unknown, by: string): string => JSON.stringify(value, null, 2).replaceAll('\n', `\n${by}`);

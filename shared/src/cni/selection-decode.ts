import { excerpt, pointer } from '../kube/read.ts';
import { type JsonNode, memberOf, spanOf } from './go-json.ts';
import type { IssueSink, SelectionStage } from './selection-types.ts';

export type Context = { element: number; sink: IssueSink };
/** Tokens of a JSON pointer; it is only built when there is something to report. */
export type Path = readonly (string | number)[];
type Severity = 'error' | 'warning' | 'info';

export function report(
  c: Context,
  slug: string,
  stage: SelectionStage,
  node: JsonNode,
  path: Path,
  message: string,
  severity: Severity = 'error',
): void {
  c.sink.add({
    slug,
    severity,
    stage,
    message: `Network ${c.element + 1}: ${message}`,
    element: c.element,
    path: pointer(...path),
    ...spanOf(node),
  });
}

/** Go's decoder is strict on types; null leaves the zero value. */
export function typed(
  c: Context,
  node: JsonNode | undefined,
  type: JsonNode['type'],
  key: string,
  goType: string,
  path: Path,
): JsonNode | undefined {
  if (!node || node.type === 'null') return undefined;
  if (node.type === type) return node;
  const message = `"${key}" holds ${article(node)} where ${wanted(goType)} is wanted (json: cannot unmarshal ${node.type} into Go struct field NetworkSelectionElement.${key} of type ${goType}).`;
  report(c, 'sel-json-field-type', 'parse', node, path, message);
  return undefined;
}

const article = (node: JsonNode): string =>
  ({
    object: 'an object',
    array: 'a list',
    string: 'a string',
    number: 'a number',
    bool: 'true or false',
    null: 'null',
  })[node.type];

function wanted(goType: string): string {
  if (goType === '[]string') return 'a list of strings';
  if (goType.startsWith('[]net.IP')) return 'a list of addresses';
  if (goType.startsWith('[]')) return 'a list of objects';
  if (goType === 'string' || goType === 'net.IP') return 'a string';
  return goType === 'int' ? 'a whole number' : 'an object';
}

export const at = (c: Context, ...path: Path): Path => [c.element, ...path];

export function readString(c: Context, parent: JsonNode, key: string): string | undefined {
  const member = memberOf(parent, key);
  const node = typed(c, member?.node, 'string', key, 'string', at(c, member?.key ?? key));
  return node?.value as string | undefined;
}

export function readStrings(
  c: Context,
  parent: JsonNode,
  key: string,
): { node: JsonNode; list: JsonNode[] } | undefined {
  const member = memberOf(parent, key);
  const node = typed(c, member?.node, 'array', key, '[]string', at(c, member?.key ?? key));
  if (!node) return undefined;
  const list: JsonNode[] = [];
  for (const [i, item] of (node.items ?? []).entries()) {
    const text = typed(c, item, 'string', key, 'string', at(c, member?.key ?? key, i));
    if (text) list.push(text);
  }
  return { node, list };
}

/** An int of Go: `80.5` and `8e1` are refused although they are JSON numbers. */
export function readInt(c: Context, parent: JsonNode, key: string, path: Path, text: string): number | undefined {
  const node = typed(c, memberOf(parent, key)?.node, 'number', key, 'int', path);
  if (!node) return undefined;
  const written = text.slice(node.start, node.end);
  if (/^-?\d{1,18}$/.test(written)) return Number(written);
  report(
    c,
    'sel-json-field-type',
    'parse',
    node,
    path,
    `"${key}" is ${excerpt(written)}, which is not a whole number.`,
  );
  return undefined;
}

import { type JsonNode, memberOf } from './go-json.ts';
import { readCommaForm } from './selection-comma.ts';
import { readElement } from './selection-json.ts';
import { issueSink, type SelectionElement, type TextSpan } from './selection-types.ts';

const MAX_GUESSES = 64;
const NAME_KEY = /["'“”‘’]?\bname["'“”‘’]?\s{0,8}[:=]\s{0,8}["'“”‘’]?([^"'“”‘’,{}[\]\s]{1,253})/gi;

/**
 * What a text that cannot be read probably meant: from the values that could be read, the names found in the text,
 * or its bare words. `complete` says that `node` is the whole text, of a wrong shape.
 */
export function guessElements(
  text: string,
  podNamespace: string,
  node: JsonNode | undefined,
  complete: boolean,
): SelectionElement[] {
  const read = (node ? fromNode(node, text, podNamespace) : []).filter((element) => element.name !== '');
  if (complete && read.length > 0) return mark(read);
  const byKey = fromNameKeys(text, podNamespace);
  if (byKey.length > 0)
    return mark(byKey.map((guess) => read.find((element) => overlaps(element.span, guess.span)) ?? guess));
  const words = complete ? [] : fromWords(text, podNamespace);
  return mark(words.length > read.length ? words : read);
}

const mark = (elements: SelectionElement[]): SelectionElement[] =>
  elements.slice(0, MAX_GUESSES).map((element) => ({ ...element, guess: true }));

const overlaps = (a: TextSpan, b: TextSpan): boolean =>
  a.offset <= b.offset && b.offset < a.offset + Math.max(1, a.length);

function fromNode(node: JsonNode, text: string, podNamespace: string): SelectionElement[] {
  if (node.type === 'string') return fromString(node, podNamespace);
  if (node.type === 'object') {
    // A map of networks by any key, or one element that is not in a list.
    if (memberOf(node, 'name')) return [readElement(openEnd(node, text), text, podNamespace, 0, issueSink())];
    return (node.members ?? []).slice(0, MAX_GUESSES).flatMap((member) => fromNode(member.node, text, podNamespace));
  }
  const items = (node.items ?? []).slice(0, MAX_GUESSES);
  return items.flatMap((item) => {
    if (item.type === 'object') return [readElement(openEnd(item, text), text, podNamespace, 0, issueSink())];
    return item.type === 'string' ? fromString(item, podNamespace) : [];
  });
}

/** A container that was open when reading stopped reaches to the end of the text. */
function openEnd(node: JsonNode, text: string): JsonNode {
  return node.members && node.end <= node.start + 1 && text[node.start + 1] !== '}'
    ? { ...node, end: text.length }
    : node;
}

function fromString(node: JsonNode, podNamespace: string): SelectionElement[] {
  const value = String(node.value);
  if (/[[{"]/.test(value)) return fromNameKeys(value, podNamespace);
  const span = { offset: node.start, length: Math.max(0, node.end - node.start) };
  return readCommaForm(value, podNamespace, issueSink())
    .slice(0, MAX_GUESSES)
    .map((element) => ({ ...element, span }));
}

function fromNameKeys(text: string, podNamespace: string): SelectionElement[] {
  const out: SelectionElement[] = [];
  for (const match of text.slice(0, 65_536).matchAll(NAME_KEY)) {
    const name = match[1] ?? '';
    out.push({ ...plain(name, podNamespace), span: { offset: match.index, length: match[0].length }, raw: match[0] });
    if (out.length === MAX_GUESSES) break;
  }
  return out;
}

function plain(name: string, podNamespace: string): Pick<SelectionElement, 'name' | 'namespace' | 'qualified'> {
  const slash = name.indexOf('/');
  return slash > 0
    ? { name: name.slice(slash + 1), namespace: name.slice(0, slash), qualified: true }
    : { name, namespace: podNamespace, qualified: false };
}

/** Brackets and quotes around a comma list: `[net-a, net-b]`, `"net-a","net-b"`. */
function fromWords(text: string, podNamespace: string): SelectionElement[] {
  const blanked = text.slice(0, 65_536).replace(/[[\]{}"'“”‘’]/g, ' ');
  if (blanked.includes(':')) return [];
  const sink = issueSink();
  const items = readCommaForm(blanked, podNamespace, sink);
  const wrong = new Set(sink.issues.map((issue) => issue.element));
  return items.filter((item, i) => item.name !== '' && !wrong.has(i));
}

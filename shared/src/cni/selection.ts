import { excerpt } from '../kube/read.ts';
import { toIp } from '../net/ip.ts';
import { type JsonError, type JsonNode, parseGoJson, spanOf } from './go-json.ts';
import { readCommaForm } from './selection-comma.ts';
import { guessElements } from './selection-guess.ts';
import { readElement } from './selection-json.ts';
import {
  type IssueSink,
  issueSink,
  MAX_ELEMENTS,
  type Selection,
  type SelectionElement,
  type SelectionIssue,
} from './selection-types.ts';

export type * from './selection-types.ts';

export const NETWORKS_KEY = 'k8s.v1.cni.cncf.io/networks';

/**
 * The networks annotation as Multus reads it (pkg/k8sclient/k8sclient.go:180-294). Never throws; linear in the text.
 * When the text is refused as a whole the elements are what was probably meant, marked `guess`.
 */
export function parseSelection(text: string | undefined, podNamespace: string): Selection {
  if (text === undefined || text === '') return { form: 'absent', elements: [], issues: [], refused: false };
  const sink = issueSink();
  const form = /[[{"]/.test(text) ? 'json' : 'comma';
  const read = form === 'json' ? readJson(text, podNamespace, sink) : readCommaForm(text, podNamespace, sink);
  const elements = read.map((element, index) => bounded(element, index, sink));
  checkGateways(elements, sink);
  const issues = sink.issues.map((issue) => placed(issue, elements.length)).toSorted((a, b) => rank(a) - rank(b));
  return { form, elements, issues, refused: issues.some((issue) => issue.fatal) };
}

/** Kubernetes: no object has a longer name (DNS subdomain, RFC 1123). */
const MAX_NAME = 253;

/** Names that no object can have are cut: they reach ids, messages and pictures. */
function bounded(element: SelectionElement, index: number, sink: IssueSink): SelectionElement {
  const { name, namespace, interface: ifname, span } = element;
  if (Math.max(name.length, namespace.length, ifname?.length ?? 0) <= MAX_NAME) return element;
  if (name.length > MAX_NAME || namespace.length > MAX_NAME) {
    const message = `Network ${index + 1}, ${excerpt(name)}: no object can have a name of more than ${MAX_NAME} characters.`;
    sink.add({ slug: 'sel-bad-name', severity: 'error', stage: 'lookup', message, element: index, ...span });
  }
  const cut = { name: name.slice(0, MAX_NAME), namespace: namespace.slice(0, MAX_NAME) };
  return { ...element, ...cut, ...(ifname !== undefined && { interface: ifname.slice(0, MAX_NAME) }) };
}

const DECODER = new Set(['sel-json-field-type', 'sel-json-list-of-strings', 'sel-default-route-not-ip']);

/** Multus decodes all, then checks all, then looks networks up: the first issue is the one its message names. */
const rank = (issue: SelectionIssue): number => (DECODER.has(issue.slug) ? 0 : issue.fatal ? 1 : 2);

/** An issue of an item for which there is no element (`[null]`) concerns the annotation as a whole. */
function placed(issue: SelectionIssue, elements: number): SelectionIssue {
  if (issue.element === undefined || issue.element < elements) return issue;
  const { element: _, ...general } = issue;
  return general;
}

function readJson(text: string, podNamespace: string, sink: IssueSink): SelectionElement[] {
  const { root, partial, error } = parseGoJson(text);
  if (error) {
    reportJsonError(text, error, sink);
    return guessElements(text, podNamespace, partial, false);
  }
  if (!root?.items) {
    if (root) reportNotList(root, sink);
    return guessElements(text, podNamespace, root, true);
  }
  if (root.items.length > 0 && root.items.every((item) => item.type !== 'object')) {
    for (const [i, item] of root.items.slice(0, 20).entries()) reportItem(item, i, sink);
    return guessElements(text, podNamespace, root, true);
  }
  return readItems(root.items, text, podNamespace, sink);
}

function readItems(items: JsonNode[], text: string, podNamespace: string, sink: IssueSink): SelectionElement[] {
  const elements: SelectionElement[] = [];
  for (const [i, item] of items.slice(0, MAX_ELEMENTS).entries()) {
    if (item.type === 'object') elements.push(readElement(item, text, podNamespace, i, sink));
    else {
      reportItem(item, i, sink);
      const name = typeof item.value === 'string' ? item.value : '';
      const raw = text.slice(item.start, item.end);
      elements.push({ name, namespace: podNamespace, qualified: false, span: spanOf(item), raw, guess: true });
    }
  }
  if (items.length > MAX_ELEMENTS) {
    const message = `The annotation lists ${items.length} networks; ${MAX_ELEMENTS} are shown.`;
    sink.add({ slug: 'sel-too-many', severity: 'warning', stage: 'advice', message });
  }
  return elements;
}

function reportJsonError(text: string, error: JsonError, sink: IssueSink): void {
  const place = { offset: Math.min(error.offset, text.length), length: error.offset < text.length ? 1 : 0 };
  if (error.kind === 'size' || error.kind === 'depth') {
    const message = `The networks annotation is not read: ${error.message}.`;
    sink.add({ slug: 'sel-too-large', severity: 'error', stage: 'parse', message, ...place });
    return;
  }
  const near =
    error.offset < text.length
      ? ` at character ${error.offset + 1}, near ${excerpt(text.slice(Math.max(0, error.offset - 12), error.offset + 12))}`
      : '';
  const hint = /^\s*[[{]\s*\{?\s*'/.test(text) ? ' JSON wants double quotes.' : '';
  const message = `The networks annotation is not valid JSON: ${error.message}${near}.${hint}`;
  sink.add({ slug: 'sel-json-syntax', severity: 'error', stage: 'parse', message, ...place });
}

function reportNotList(root: JsonNode, sink: IssueSink): void {
  const isObject = root.type === 'object';
  const what = isObject
    ? 'one JSON object; it must be a list of objects, even for one network'
    : 'a quoted string; the inner quotes make it JSON, which must be a list of objects';
  const message = `The networks annotation is ${what} (json: cannot unmarshal ${root.type} into Go value of type []*types.NetworkSelectionElement).`;
  const slug = isObject ? 'sel-json-object' : 'sel-json-string';
  sink.add({ slug, severity: 'error', stage: 'parse', message, path: '', ...spanOf(root) });
}

function reportItem(item: JsonNode, index: number, sink: IssueSink): void {
  const place = { element: index, path: `/${index}`, ...spanOf(item) };
  if (item.type === 'null') {
    const message = `Network ${index + 1} of the list is null; Multus crashes on it.`;
    sink.add({ slug: 'sel-null-element', severity: 'error', stage: 'parse', message, ...place });
    return;
  }
  const message = `Network ${index + 1} of the list is ${excerpt(item.value)}; every item must be an object with a name (json: cannot unmarshal ${item.type} into Go value of type types.NetworkSelectionElement).`;
  sink.add({ slug: 'sel-json-list-of-strings', severity: 'error', stage: 'parse', message, ...place });
}

/** At most one gateway of a family over all elements; one family takes the other's default route too (conf.go:741-780). */
function checkGateways(elements: readonly SelectionElement[], sink: IssueSink): void {
  const first = new Map<4 | 6, number>();
  for (const [i, element] of elements.entries()) {
    for (const text of element.defaultRoute ?? []) {
      const family = toIp(text)?.family;
      if (!family) continue;
      const before = first.get(family);
      if (before === undefined) {
        first.set(family, i);
        continue;
      }
      const message = `Network ${i + 1} asks for the default route ${excerpt(text)}, but network ${before + 1} already asks for one of the same family; Multus takes one IPv4 and one IPv6 gateway per pod.`;
      sink.add({
        slug: 'sel-ecmp',
        severity: 'error',
        stage: 'attach',
        message,
        element: i,
        path: `/${i}/default-route`,
        ...element.span,
      });
    }
  }
  if (first.size !== 1) return;
  for (const [family, element] of first) {
    const other = family === 4 ? 'IPv6' : 'IPv4';
    const message = `Only an IPv${family} default route is requested; in a dual-stack cluster the ${other} default route of eth0 is removed as well.`;
    sink.add({
      slug: 'sel-default-route-kills-other-family',
      severity: 'info',
      stage: 'advice',
      message,
      element,
      path: `/${element}/default-route`,
    });
  }
}

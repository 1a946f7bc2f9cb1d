import { DEFAULT_NETWORK_KEY, parseDefaultNetwork } from '../cni/default-network.ts';
import { effectiveInterfaces } from '../cni/interface-names.ts';
import { parseSelection, type SelectionElement } from '../cni/selection.ts';
import { byText } from '../kube/memo.ts';
import { type KubeObject, refOf } from '../kube/object.ts';
import { annotationPath, truncate } from '../kube/read.ts';
import type { Requested } from '../model/topology.ts';
import { nadAlias } from './nad-alias.ts';
import type { RequestClaim, RequestIssue } from './provider.ts';

export const excerptLimit = 400;

export type Written = { object: KubeObject; path: string; text: string; workload: string };

/** A request as its text alone makes it: pods of one owner share the text, and all of this with it. */
type Worded = Omit<RequestClaim, 'workload' | 'requested'> & {
  requested: Omit<Requested, 'source'> & { source: { value: string; mark?: { offset: number; length: number } } };
};

/** The text around the element, the element marked. */
function excerptOf(text: string, { span }: SelectionElement) {
  const from = Math.max(0, span.offset - 80);
  const value = text.slice(from, from + excerptLimit);
  const offset = span.offset - from;
  return { value, mark: { offset, length: Math.min(span.length, excerptLimit - offset) } };
}

/** `ns/name` as it was asked for; text with too many slashes as it stands. */
const nameOf = (element: SelectionElement): string => {
  const written = element.raw.trim().split('@')[0] ?? '';
  if (!written.startsWith('{') && written.split('/').length > 2) return truncate(written, 253);
  return `${element.namespace}/${element.name || '(empty)'}`;
};

function toRequested<S>(element: SelectionElement, source: S): Omit<Requested, 'source'> & { source: S } {
  const requested: Omit<Requested, 'source'> & { source: S } = {
    network: nameOf(element),
    namespace: element.namespace,
    source,
  };
  if (element.interface) requested.interface = element.interface;
  if (element.ips) requested.ips = element.ips.slice(0, 16);
  if (element.mac) requested.mac = element.mac;
  return requested;
}

/** The elements of a selection; issues that concern no element go with the first. */
function readWords(text: string, namespace: string): readonly Worded[] {
  const selection = parseSelection(text, namespace);
  const general: RequestIssue[] = selection.issues.filter((issue) => issue.element === undefined);
  const numbered = effectiveInterfaces(selection.elements);
  if (selection.elements.length === 0)
    return general.length === 0
      ? []
      : [
          {
            index: 0,
            alias: null,
            requested: { network: '', source: { value: truncate(text, excerptLimit) } },
            interface: null,
            issues: general,
            guess: true,
          },
        ];
  return selection.elements.map((element, index): Worded => {
    const own = selection.issues.filter((issue) => issue.element === index);
    return {
      index,
      alias: nadAlias(element.namespace, element.name),
      requested: toRequested(element, excerptOf(text, element)),
      interface: numbered[index]?.interface ?? null,
      issues: index === 0 ? [...general, ...own] : own,
      guess: element.guess === true,
      element,
    };
  });
}

const longest = 1000;
const wordsIn = byText(500, (key) => {
  const at = key.indexOf('\n');
  return readWords(key.slice(at + 1), key.slice(0, at));
});

function toRequest(worded: Worded, { object, path, workload }: Written): RequestClaim {
  const { index, alias, requested: words, interface: name, issues, guess, element } = worded;
  const { value, mark } = words.source;
  const ref = refOf(object);
  // In the order of its fields as they are written.
  const requested: Requested = { ...words, source: mark ? { ref, path, value, mark } : { ref, path, value } };
  return element
    ? { workload, index, alias, requested, interface: name, issues, guess, element }
    : { workload, index, alias, requested, interface: name, issues, guess };
}

/** What an annotation asks for; `namespace` is that of the pod. */
export function toRequests(written: Written, namespace: string): RequestClaim[] {
  const { text } = written;
  if (text === '') return [];
  const words =
    text.length > longest || namespace.includes('\n') ? readWords(text, namespace) : wordsIn(`${namespace}\n${text}`);
  return words.map((worded) => toRequest(worded, written));
}

export function defaultRequest(text: string, object: KubeObject, workload: string): RequestClaim {
  const { element, issues } = parseDefaultNetwork(text);
  const source = { ref: refOf(object), path: annotationPath(DEFAULT_NETWORK_KEY), value: truncate(text, excerptLimit) };
  return {
    workload,
    index: 'default',
    alias: element ? nadAlias(element.namespace, element.name) : null,
    requested: element ? toRequested(element, source) : { network: '', source },
    interface: 'eth0',
    issues: [...issues],
    guess: element === undefined,
    ...(element ? { element } : {}),
  };
}

import type { Plug } from '../engine/engine-api.ts';
import type { Network, Workload } from '../model/topology.ts';
import { attachmentStates } from '../model/topology.ts';
import { type Cidr, cidrContains, toIpOrCidr } from '../net/cidr.ts';
import { toIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';

/**
 * The small language of find and hide: words and `key:value` terms, all of which must hold; `-` before a term negates it; `"..."`
 * keeps blanks together; `*` in a value stands for anything.
 */
export type Term = { key: QueryKey; value: string; negated: boolean };
export type QueryKey = (typeof queryKeys)[number];
export type Query = { terms: Term[]; error?: { message: string; offset: number } };

export const queryKeys = [
  'text',
  'ns',
  'pod',
  'net',
  'node',
  'state',
  'ip',
  'mac',
  'if',
  'vlan',
  'owner',
  'label',
  'phase',
  'code',
  'provider',
] as const;

const termLimit = 32;

/** One thing that a query is asked about: a workload with its attachments. */
export type QuerySubject = {
  workload: Workload;
  attachments: readonly Plug[];
  network: (id: string) => Network | undefined;
  codes: () => readonly string[];
};

/** Never throws; the first mistake is reported with its place, and the terms before it hold. */
export function parseQuery(text: string): Query {
  const terms: Term[] = [];
  const token = /(-?)(?:([a-z]+):)?(?:"([^"]*)("?)|(\S+))/gy;
  let offset = 0;
  while (offset < text.length && terms.length < termLimit) {
    if (/\s/.test(text[offset] ?? '')) {
      offset += 1;
      continue;
    }
    token.lastIndex = offset;
    const match = token.exec(text);
    if (!match) return { terms, error: { message: `A value is missing after "${text.slice(offset)}".`, offset } };
    const [whole, minus, key = 'text', quoted, close, bare] = match;
    if (quoted !== undefined && close === '')
      return { terms, error: { message: 'A quotation mark is not closed.', offset } };
    if (!queryKeys.includes(key as QueryKey)) {
      return {
        terms,
        error: {
          message: `"${key}" is not a key; there are ${queryKeys.filter((k) => k !== 'text').join(', ')}.`,
          offset,
        },
      };
    }
    const value = (quoted ?? bare ?? '').trim();
    const mistake = mistakeIn(key as QueryKey, value);
    if (mistake) return { terms, error: { message: mistake, offset } };
    terms.push({ key: key as QueryKey, value, negated: minus === '-' });
    offset += whole.length;
  }
  return { terms };
}

function mistakeIn(key: QueryKey, value: string): string | undefined {
  if (value === '') return `${key}: needs a value.`;
  if (key === 'ip' && !toIpOrCidr(value) && !value.includes('*'))
    return `"${value}" is neither an IP address nor a CIDR.`;
  if (key === 'state' && value !== 'broken' && !(attachmentStates as readonly string[]).includes(value)) {
    return `"${value}" is not a state; there are ${attachmentStates.join(', ')} and broken.`;
  }
  return undefined;
}

/** Whether a subject matches every term. A query without terms matches everything. */
export function matchesQuery(query: Query, subject: QuerySubject): boolean {
  return query.terms.every((term) => matchesTerm(term, subject) !== term.negated);
}

export const brokenStates: ReadonlySet<string> = new Set(['failed', 'mismatch', 'missing', 'blocked']);

function matchesTerm({ key, value }: Term, subject: QuerySubject): boolean {
  const { workload, attachments } = subject;
  const networks = () => attachments.map((item) => (item.network ? subject.network(item.network) : undefined));
  switch (key) {
    case 'text':
      return matchesText(value, subject);
    case 'ns':
      return like(workload.namespace, value);
    case 'pod':
      return like(workload.name, value);
    case 'node':
      return like(workload.node ?? '', value);
    case 'phase':
      return like(workload.phase, value);
    case 'owner':
      return like(workload.owner?.name ?? '', value) || like(workload.owner?.kind ?? '', value);
    case 'label':
      return matchesLabel(workload.labels, value);
    case 'state':
      return attachments.some((item) => item.state === value || (value === 'broken' && brokenStates.has(item.state)));
    case 'net':
      return attachments.some((item, index) => matchesNetwork(value, item, networks()[index]));
    case 'provider':
      return attachments.some((item) => like(item.provider, value));
    case 'vlan':
      return networks().some((network) => network?.vlan !== undefined && String(network.vlan) === value);
    case 'if':
      return attachments.some((item) => like(item.interface?.name ?? item.requested?.interface ?? '', value));
    case 'ip':
      return attachments.some((item) => matchesIp(value, item));
    case 'mac':
      return attachments.some(
        (item) =>
          item.interface?.mac !== undefined &&
          (item.interface.mac === canonicalMac(value) || like(item.interface.mac, value)),
      );
    case 'code':
      return subject.codes().some((code) => like(code, value));
    default:
      return key satisfies never;
  }
}

function matchesText(value: string, subject: QuerySubject): boolean {
  const { workload, attachments } = subject;
  if (holds(workload.name, value) || holds(workload.namespace, value) || holds(workload.node ?? '', value)) return true;
  const address = toIpOrCidr(value);
  return attachments.some(
    (item) =>
      holds(item.requested?.network ?? '', value) ||
      holds((item.network ? subject.network(item.network)?.name : '') ?? '', value) ||
      holds(item.interface?.mac ?? '', value) ||
      (address !== undefined && matchesIp(value, item)),
  );
}

const matchesNetwork = (value: string, item: Plug, network: Network | undefined): boolean =>
  item.network === value ||
  like(network?.name ?? '', value) ||
  like(network?.namespace ? `${network.namespace}/${network.name}` : '', value) ||
  like(item.requested?.network ?? '', value);

function matchesIp(value: string, item: Plug): boolean {
  const wanted: Cidr | undefined = toIpOrCidr(value);
  return (item.interface?.addresses ?? []).some((address) => {
    if (!wanted) return like(address.ip, value);
    const ip = toIp(address.ip);
    return ip !== undefined && cidrContains(wanted, ip);
  });
}

function matchesLabel(labels: Record<string, string>, value: string): boolean {
  const equal = value.indexOf('=');
  if (equal < 0) return Object.hasOwn(labels, value);
  const key = value.slice(0, equal);
  return Object.hasOwn(labels, key) && like(labels[key] ?? '', value.slice(equal + 1));
}

const holds = (text: string, value: string): boolean => text.toLowerCase().includes(value.toLowerCase());

/** Equal without case, with `*` for any run of characters. Linear: pieces are searched one after another. */
export function like(text: string, pattern: string): boolean {
  const subject = text.toLowerCase();
  const pieces = pattern.toLowerCase().split('*');
  if (pieces.length === 1) return subject === pieces[0];
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (!subject.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = subject.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return subject.length - last.length >= at && subject.endsWith(last);
}

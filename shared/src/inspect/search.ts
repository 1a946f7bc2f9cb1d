import type { Engine, Plug } from '../engine/engine-api.ts';
import { attachmentId, slotOfAttachment, workloadOfAttachment } from '../model/ids.ts';
import { type Cidr, cidrContains, cidrsOverlap, toCidr } from '../net/cidr.ts';
import { toIp } from '../net/ip.ts';
import type { RuleDoc, SearchDoc, SearchHit } from './documents.ts';

const LIMIT = 30;
/** Longer words are no name, address or code of anything. */
const MAX_QUERY = 300;

type RuleSummary = Pick<RuleDoc, 'code' | 'title' | 'family' | 'slugs'>;

/** Names looked at between two yields. */
const LOOK = 256;

/** What a name, address, CIDR, MAC, VLAN, interface or finding code stands for; at most 30 hits, the closest first. */
export function buildSearchDoc(engine: Engine, query: string, rules: readonly RuleSummary[]): SearchDoc {
  const steps = searchInTurns(engine, query, rules);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, with a yield every millisecond or less. */
export function* searchInTurns(
  engine: Engine,
  query: string,
  rules: readonly RuleSummary[],
): Generator<void, SearchDoc> {
  const text = query.trim();
  if (text === '') return { query, hits: [], more: false };
  if (text.length > MAX_QUERY) return { query: text.slice(0, MAX_QUERY), hits: [], more: false, error: 'too long' };
  const cidr = text.includes('/') ? toCidr(text) : undefined;
  const looked = lookupHits(engine, text);
  const found = cidr
    ? yield* hitsInCidr(engine, cidr)
    : [
        ...ruleHits(text, rules),
        ...findingHits(engine, text),
        ...vlanHits(engine, text),
        ...looked,
        ...(yield* nameHits(engine, text, looked.length > 0)),
      ];
  const hits = [...new Map(found.map((hit) => [`${hit.type} ${hit.id}`, hit])).values()];
  return {
    query,
    hits: hits.slice(0, LIMIT).map((hit) => ({ ...hit, ...nodeOf(engine, hit) })),
    more: hits.length > LIMIT,
  };
}

/** Where a pod runs, for pictures that show nodes and not each pod. */
function nodeOf(engine: Engine, { type, id }: SearchHit): { node?: string } {
  const node =
    type === 'workload' || type === 'attachment' ? engine.workload(workloadOfAttachment(id))?.node : undefined;
  return node ? { node } : {};
}

const lookupHits = (engine: Engine, text: string): SearchHit[] =>
  engine.lookup(text, LIMIT + 1).map(({ type, id, field }) => ({ type, id, ...titlesOf(engine, type, id), field }));

function titlesOf(engine: Engine, type: string, id: string): { title: string; subtitle: string } {
  if (type === 'workload') {
    const workload = engine.workload(id);
    if (workload) return { title: workload.name, subtitle: `${workload.namespace} · ${workload.phase}` };
  } else if (type === 'network') {
    const network = engine.network(id);
    if (network)
      return { title: network.name, subtitle: [network.namespace, network.technology].filter(Boolean).join(' · ') };
  } else if (type === 'attachment') {
    return attachmentTitles(engine, id);
  }
  return { title: id.slice(id.indexOf(':') + 1), subtitle: type };
}

function attachmentTitles(engine: Engine, id: string): { title: string; subtitle: string } {
  const workload = engine.workload(workloadOfAttachment(id));
  const plug = workload && engine.plugsOf(workload.id).find(({ slot }) => slot === slotOfAttachment(id));
  if (!workload || !plug) return { title: id, subtitle: 'attachment' };
  const name = plug.interface?.name ?? plug.requested?.interface ?? `slot ${plug.slot}`;
  const addresses = plug.interface?.addresses.map(({ ip }) => ip).join(', ');
  return {
    title: `${workload.name} ${name}`,
    subtitle: [workload.namespace, addresses || plug.requested?.network].filter(Boolean).join(' · '),
  };
}

type Named = { type: 'network' | 'workload' | 'node'; id: string; name: string; namespace?: string };

function* namedThings(engine: Engine): Generator<Named> {
  for (const { id, name, namespace } of engine.networks()) {
    yield namespace === undefined ? { type: 'network', id, name } : { type: 'network', id, name, namespace };
  }
  for (const { id, name, namespace } of engine.workloads()) yield { type: 'workload', id, name, namespace };
  for (const { name } of engine.nodes()) yield { type: 'node', id: name, name };
}

/** 0: the name itself (or namespace/name), 1: begins so, 2: has it somewhere; undefined: not at all. */
function closenessOf(text: string, { name, namespace }: { name: string; namespace?: string }): number | undefined {
  const words = name.toLowerCase();
  // The namespace matters to few texts, and there are very many names.
  const isQualified = text.includes('/');
  const qualified = namespace === undefined || !isQualified ? words : `${namespace}/${name}`.toLowerCase();
  if (words === text || qualified === text) return 0;
  if (words.startsWith(text) || qualified.startsWith(text)) return 1;
  if (!isQualified && namespace?.toLowerCase().startsWith(text)) return 1;
  return words.includes(text) || (isQualified && qualified.includes(text)) ? 2 : undefined;
}

/** Names in order of closeness, then interfaces, then findings that speak of it. */
function* nameHits(engine: Engine, text: string, isAddress: boolean): Generator<void, SearchHit[]> {
  const wanted = text.toLowerCase();
  const byCloseness: SearchHit[][] = [[], [], []];
  let looked = 0;
  for (const named of namedThings(engine)) {
    looked += 1;
    if (looked % LOOK === 0) yield;
    const hits = byCloseness[closenessOf(wanted, named) ?? -1];
    if (!hits || hits.length > LIMIT) continue;
    hits.push({ type: named.type, id: named.id, ...titlesOf(engine, named.type, named.id), field: 'name' });
  }
  // An address that somebody has is no part of another, and a long name that something has is hardly an interface's.
  const isFound = isAddress || (wanted.length > LONGEST_IN_KERNEL && (byCloseness[0]?.length ?? 0) > 0);
  const plugged = isFound ? [] : yield* interfaceHits(engine, wanted);
  return [...byCloseness.flat(), ...plugged, ...findingsThatSay(engine, wanted)];
}

/** Interfaces of exactly that name, and where the text is the beginning of an address, those whose address begins so. */
function* interfaceHits(engine: Engine, text: string): Generator<void, SearchHit[]> {
  const hits: SearchHit[] = [];
  const isPart = PART_OF_ADDRESS.test(text);
  if (!isPart && text.length > LONGEST_INTERFACE) return hits;
  let looked = 0;
  for (const { id: workload } of engine.workloads()) {
    looked += 1;
    if (looked % LOOK === 0) yield;
    for (const plug of engine.plugsOf(workload)) {
      const field = fieldThatMatches(plug, text, isPart);
      if (!field) continue;
      const id = attachmentId(workload, plug.slot);
      hits.push({ type: 'attachment', id, ...attachmentTitles(engine, id), field });
      if (hits.length > LIMIT) return hits;
    }
  }
  return hits;
}

const PART_OF_ADDRESS = /^(?=.*[.:])[0-9a-f.:]{3,}$/;

/** Of an interface: a name of more letters can only be asked for. */
const LONGEST_IN_KERNEL = 15;
/** Of a request: who asks for more than the kernel takes should be found as well. */
const LONGEST_INTERFACE = 64;

function fieldThatMatches({ interface: plugged, requested }: Plug, text: string, isPart: boolean): string | undefined {
  const name = plugged?.name ?? requested?.interface;
  if (name?.length === text.length && name.toLowerCase() === text) return 'interface';
  if (!isPart) return undefined;
  if (plugged?.addresses.some(({ ip }) => ip.toLowerCase().startsWith(text))) return 'ip';
  return plugged?.mac?.toLowerCase().startsWith(text) ? 'mac' : undefined;
}

const findingsThatSay = (engine: Engine, text: string): SearchHit[] =>
  engine
    .findings()
    .filter(({ title, slug }) => title.toLowerCase().includes(text) || slug === text)
    .slice(0, LIMIT + 1)
    .map(({ id, title, message }) => ({ type: 'finding', id, title, subtitle: message, field: 'title' }));

function ruleHits(text: string, rules: readonly RuleSummary[]): SearchHit[] {
  const code = text.toUpperCase();
  return rules
    .filter((rule) => rule.code === code || rule.slugs.includes(text.toLowerCase()))
    .map((rule) => ({ type: 'rule', id: rule.code, title: rule.title, subtitle: rule.family, field: 'code' }));
}

function findingHits(engine: Engine, text: string): SearchHit[] {
  const code = text.toUpperCase();
  if (!/^[A-Z]{2}\d{3}$/.test(code)) return [];
  return engine
    .findings()
    .filter((finding) => finding.code === code)
    .slice(0, LIMIT)
    .map(({ id, title, message }) => ({ type: 'finding', id, title, subtitle: message, field: 'code' }));
}

function vlanHits(engine: Engine, text: string): SearchHit[] {
  const vlan = /^(?:vlan[: ]?)?(\d{1,4})$/i.exec(text)?.[1];
  if (vlan === undefined) return [];
  const hits: SearchHit[] = [];
  for (const network of engine.networks()) {
    if (network.vlan === Number(vlan))
      hits.push({ type: 'network', id: network.id, title: network.name, subtitle: `VLAN ${vlan}`, field: 'vlan' });
  }
  return hits;
}

function* hitsInCidr(engine: Engine, cidr: Cidr): Generator<void, SearchHit[]> {
  const hits: SearchHit[] = [];
  for (const network of engine.networks()) {
    const subnet = network.subnets.find((text) => overlaps(text, cidr));
    if (subnet) hits.push({ type: 'network', id: network.id, title: network.name, subtitle: subnet, field: 'cidr' });
  }
  let looked = 0;
  for (const workload of engine.workloads()) {
    looked += 1;
    if (looked % LOOK === 0) yield;
    for (const { slot, interface: plugged } of engine.plugsOf(workload.id)) {
      if (!plugged?.addresses.some(({ ip }) => contains(cidr, ip))) continue;
      const id = attachmentId(workload.id, slot);
      hits.push({ type: 'attachment', id, ...attachmentTitles(engine, id), field: 'ip' });
      if (hits.length > LIMIT) return hits;
    }
  }
  return hits;
}

function overlaps(text: string, cidr: Cidr): boolean {
  const subnet = toCidr(text);
  return subnet !== undefined && subnet.family === cidr.family && cidrsOverlap(subnet, cidr);
}

function contains(cidr: Cidr, text: string): boolean {
  const ip = toIp(text);
  return ip !== undefined && ip.family === cidr.family && cidrContains(cidr, ip);
}

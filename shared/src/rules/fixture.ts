import { parse } from 'yaml';
import type { KubeObject, SourceState } from '../kube/object.ts';
import { asArray, asRecord, asString, type JsonRecord } from '../kube/read.ts';
import { watchedKinds } from '../providers/registry.ts';
import { expandEntry } from './fixture-objects.ts';

/**
 * The fixture of a rule, `shared/fixtures/rules/MNxxx.yaml`: cases that fire and cases that stay silent. It serves the loop test and is
 * the example on the docs page.
 *
 * ```yaml
 * fires:
 *   - title: a sentence
 *     slug: nad-not-found          # of the finding
 *     subject: 'pod:lab/app#1'     # attachment, pod:lab/app, network:lab/net, node:worker-1, or the key of any other subject
 *     severity: error              # optional: of the finding
 *     state: failed                # optional: of the attachment that is the subject
 *     follows: MN138               # optional: code of the finding that it merely follows from
 *     now: 2026-11-24T03:00:00Z    # optional
 *     objects: [...]               # see fixture-objects.ts for the shorthand
 * silent:
 *   - title: a sentence
 *     objects: [...]
 * ```
 */
export type FixtureCase = { title: string; now: number; objects: KubeObject[]; sources: SourceState[] };
export type FiringCase = FixtureCase & {
  slug: string;
  subject: string;
  severity?: string;
  state?: string;
  follows?: string;
};
export type RuleFixture = { fires: FiringCase[]; silent: FixtureCase[] };

/** The moment at which every case is judged unless it says otherwise: pods are ten minutes old then, events one. */
const fixtureNow = Date.parse('2026-11-24T03:00:00Z');

const textOf = (record: JsonRecord, key: string): string => {
  const text = asString(record[key]);
  if (!text) throw new Error(`a fixture case needs "${key}": ${JSON.stringify(record).slice(0, 200)}`);
  return text;
};

/** All kinds are readable unless the case has `- source: ippools.whereabouts.cni.cncf.io` with another availability. */
function readSources(entries: readonly JsonRecord[]): SourceState[] {
  const said = new Map(
    entries.flatMap((entry) => (entry['source'] ? [[String(entry['source']), entry] as const] : [])),
  );
  const sources = watchedKinds.map((kind): SourceState => {
    const name = kind.group ? `${kind.resource}.${kind.group}` : kind.resource;
    const availability = (said.get(name)?.['availability'] ?? 'present') as SourceState['availability'];
    const detail = asString(said.get(name)?.['detail']);
    said.delete(name);
    const { group, resource, kind: title } = kind;
    return { group, resource, kind: title, availability, count: 0, ...(detail ? { detail } : {}) };
  });
  if (said.size > 0) throw new Error(`no provider reads ${[...said.keys()].join(', ')}`);
  return sources;
}

function readCase(value: unknown): FixtureCase {
  const record = asRecord(value) ?? {};
  const entries = (asArray(record['objects']) ?? []).map((entry) => asRecord(entry) ?? {});
  if (entries.length === 0) throw new Error(`case "${textOf(record, 'title')}" has no objects`);
  const now = record['now'] === undefined ? fixtureNow : Date.parse(String(record['now']));
  return {
    title: textOf(record, 'title'),
    now,
    objects: entries.flatMap((entry, index) => (entry['source'] ? [] : expandEntry(entry, index, entries, now))),
    sources: readSources(entries),
  };
}

const optional = (record: JsonRecord, key: 'severity' | 'state' | 'follows') => {
  const text = asString(record[key]);
  return text ? { [key]: text } : {};
};

/** Throws on a fixture that is not well formed: fixtures are ours. */
export function readRuleFixture(text: string): RuleFixture {
  const root = asRecord(parse(text)) ?? {};
  const fires = (asArray(root['fires']) ?? []).map((value): FiringCase => {
    const record = asRecord(value) ?? {};
    const subject = textOf(record, 'subject')
      .replace(/^node:/, '')
      .replace(/^network:/, 'nad:');
    const slug = textOf(record, 'slug');
    return {
      ...readCase(value),
      slug,
      subject,
      ...optional(record, 'severity'),
      ...optional(record, 'state'),
      ...optional(record, 'follows'),
    };
  });
  return { fires, silent: (asArray(root['silent']) ?? []).map(readCase) };
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createEngine } from '../engine/engine.ts';
import type { Engine } from '../engine/engine-api.ts';
import { subjectKey } from '../engine/findings.ts';
import type { Change, KubeObject } from '../kube/object.ts';
import { refOf } from '../kube/object.ts';
import { pointerTokens } from '../kube/read.ts';
import { objectKey, refKey } from '../model/ids.ts';
import type { Finding } from '../model/topology.ts';
import { providers } from '../providers/registry.ts';
import { type FixtureCase, readRuleFixture } from './fixture.ts';
import { families, rules } from './registry.ts';

const failureSlugs: string[] = JSON.parse(
  readFileSync(new URL('../../fixtures/failure-slugs.json', import.meta.url), 'utf8'),
);

/** Failure modes that no object shows that is read, and why; or that are not failures. */
const withoutTrace: Readonly<Record<string, string>> = {
  'kill-thick-silent': 'the shim swallows errors of DEL: only the log of the daemon has them',
  'macvlan-host-unreachable': 'a property of macvlan that shows in traffic only',
  'cloud-mac-filter': 'the cloud drops frames outside of the cluster',
  'nad-admission-denied': 'a webhook refuses the NAD: only whoever applies it is told; explain knows it',
  'udn-default-infra': 'not a failure: what a primary network of OVN-Kubernetes looks like',
  'whereabouts-gc-ok': 'not a failure: the garbage collection worked',
  'ok-added-interface': 'not a failure',
  'ok-removed-interface': 'not a failure',
};

const folder = new URL('../../fixtures/rules/', import.meta.url);
const codes = [...new Set(rules.map((rule) => rule.code))];
const slugsOf = (code: string) => new Set(rules.filter((rule) => rule.code === code).flatMap((rule) => rule.slugs));

function diagnose(item: FixtureCase, objects: readonly KubeObject[] = item.objects): Engine {
  const engine = createEngine({ providers, rules });
  const changes: Change[] = [
    ...item.sources.map((source): Change => ({ type: 'source', source })),
    ...objects.map((object): Change => ({ type: 'put', object })),
  ];
  engine.apply(changes, item.now);
  return engine;
}

/** Rules that look further than they are told about would miss what comes later. */
function oneByOne(item: FixtureCase): Engine {
  const engine = createEngine({ providers, rules });
  engine.apply(
    item.sources.map((source) => ({ type: 'source', source })),
    item.now,
  );
  for (const object of item.objects) engine.apply([{ type: 'put', object }], item.now);
  return engine;
}

const said = (findings: readonly Finding[]) =>
  findings.map(({ code, slug, subjects }) => `${code} ${slug} ${subjects.map(subjectKey)}`);

function resolves(object: KubeObject, path: string): boolean {
  let value: unknown = object;
  for (const token of pointerTokens(path)) {
    if (typeof value !== 'object' || value === null || !(token in value)) return false;
    value = (value as Record<string, unknown>)[token];
  }
  return true;
}

/** What holds for every finding of every case. */
function expectSound(item: FixtureCase, findings: readonly Finding[], engine: Engine): void {
  const objects = new Map(item.objects.map((object) => [objectKey(refOf(object)), object]));
  for (const finding of findings) {
    expect(finding.title && finding.message && finding.cause && finding.fix.text, finding.id).toBeTruthy();
    expect([...slugsOf(finding.code), 'unknown-failure'], `${finding.code} says what it is registered for`).toContain(
      finding.slug,
    );
    for (const evidence of finding.evidence) {
      const object = objects.get(refKey(evidence.ref));
      expect(object, `${finding.id}: evidence in ${refKey(evidence.ref)}`).toBeDefined();
      if (object) expect(resolves(object, evidence.path), `${finding.id}: ${evidence.path}`).toBe(true);
    }
    if (finding.severity !== 'error') continue;
    expect(finding.fix.patch || finding.fix.commands?.length, `${finding.id} has something to copy`).toBeTruthy();
    const healthy = finding.subjects.filter(
      ({ type, ...subject }) =>
        type === 'workload' && 'id' in subject && engine.workload(subject.id)?.phase === 'Running',
    );
    expect(healthy, `${finding.id} accuses a running pod`).toEqual([]);
  }
}

describe.each(codes)('%s', (code) => {
  const file = new URL(`${code}.yaml`, folder);
  if (!existsSync(file)) {
    test('has a fixture', () => expect.fail(`write shared/fixtures/rules/${code}.yaml`));
    return;
  }
  const fixture = readRuleFixture(readFileSync(file, 'utf8'));
  test('has cases that fire and cases that do not', () => {
    expect(fixture.fires.length).toBeGreaterThan(0);
    expect(fixture.silent.length).toBeGreaterThan(0);
  });
  test.each(fixture.fires.map((item) => [item.title, item] as const))('fires: %s', (_, item) => {
    const engine = diagnose(item);
    const findings = engine.findings();
    const own = findings.filter(
      (finding) =>
        finding.code === code &&
        finding.slug === item.slug &&
        finding.subjects.some((one) => subjectKey(one) === item.subject),
    );
    expect(own, JSON.stringify(said(findings), null, 1)).toHaveLength(1);
    if (item.severity) expect(own[0]?.severity).toBe(item.severity);
    if (item.follows) expect(own[0]?.follows).toMatch(new RegExp(`^${item.follows}:`));
    if (item.state) expect(engine.attachment(item.subject)?.state).toBe(item.state);
    expectSound(item, findings, engine);
    expect(diagnose(item, item.objects.toReversed()).findings(), 'whatever the order').toEqual(findings);
    expect(oneByOne(item).findings(), 'whether at once or one by one').toEqual(findings);
  });
  test.each(fixture.silent.map((item) => [item.title, item] as const))('silent: %s', (_, item) => {
    const engine = diagnose(item);
    const findings = engine.findings();
    expect(said(findings.filter((finding) => finding.code === code))).toEqual([]);
    expectSound(item, findings, engine);
  });
});

describe('the registry', () => {
  test('every fixture is of a rule', () => {
    const known = new Set(codes.map((code) => `${code}.yaml`));
    expect(readdirSync(folder).filter((name) => name.endsWith('.yaml') && !known.has(name))).toEqual([]);
  });
  test('codes are MN and three digits, of a known family', () => {
    for (const code of codes) {
      expect(code).toMatch(/^MN\d{3}$/);
      expect(Object.keys(families)).toContain(code.slice(0, 3));
    }
  });
  test('one code has one title, and one rule per scope', () => {
    const seen = new Map<string, string>();
    for (const { code, scope, title } of rules) {
      expect(seen.get(code) ?? title, code).toBe(title);
      seen.set(code, title);
      expect(
        rules.filter((rule) => rule.code === code && rule.scope === scope),
        `${code} ${scope}`,
      ).toHaveLength(1);
    }
  });
  test('every code says what, why and how to mend it', () => {
    for (const { code, title, why, fix } of rules)
      expect(
        [title, why, fix].every((text) => text.length > 5),
        code,
      ).toBe(true);
  });
  test('a slug belongs to one code', () => {
    const owner = new Map<string, string>();
    for (const { code, slugs } of rules)
      for (const slug of slugs) {
        expect(owner.get(slug) ?? code, slug).toBe(code);
        owner.set(slug, code);
      }
  });
  test('the rules speak for the failure modes of the field that leave a trace in the API', () => {
    const known = new Set(rules.flatMap((rule) => [...rule.slugs]));
    const missing = failureSlugs.filter((slug) => !known.has(slug));
    expect(missing.filter((slug) => !(slug in withoutTrace))).toEqual([]);
    expect(failureSlugs.length - missing.length).toBeGreaterThanOrEqual(240);
  });
});

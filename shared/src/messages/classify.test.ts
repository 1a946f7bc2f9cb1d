import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { causes, specs } from './catalogue.ts';
import { classifyMessage } from './classify.ts';
import { compactPattern } from './pattern.ts';

type Sample = {
  id: string;
  reason: string;
  message: string;
  expected_cause_slug: string;
  accept?: string[];
  expected_domain?: string;
};

const read = (name: string): Sample[] =>
  readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const samples = read('messages.jsonl');
const publicSamples = read('messages-public.jsonl');
const everything = [...samples, ...publicSamples];

const right = ({ reason, message, expected_cause_slug, accept = [] }: Sample) =>
  [expected_cause_slug, ...accept].includes(classifyMessage({ reason, message }).slug);

/** Answers that promise less than a cause: they may stand in for it when a message is cut. */
const general = new Set([
  'unknown',
  ...specs
    .filter(
      (spec) => spec.late || [spec.match].flat().some((m) => !(m instanceof RegExp) && (m as { late?: boolean }).late),
    )
    .map((spec) => spec.slug),
]);

test('names the cause of at least 146 of the 148 collected messages', () => {
  const missed = samples.filter((sample) => !right(sample)).map((sample) => sample.id);
  // Two labels say "a delegate failed" where Busbar says that the default CNI failed, with or without Multus.
  expect(missed).toEqual(['m100', 'm121']);
});

test('names the cause of messages from public trackers', () => {
  const missed = publicSamples.filter((sample) => !right(sample)).map((sample) => sample.id);
  expect(publicSamples.length - missed.length).toBeGreaterThanOrEqual(Math.ceil(publicSamples.length * 0.9));
});

test.each(publicSamples.filter((sample) => sample.expected_domain !== undefined))(
  'says whose problem $id is',
  ({ reason, message, expected_domain }) => {
    expect(classifyMessage({ reason, message }).domain).toBe(expected_domain);
  },
);

test.each(everything)('answers $id the same however it is wrapped, escaped or indented', ({ reason, message }) => {
  const { slug } = classifyMessage({ reason, message });
  for (const width of [17, 40, 79, 120]) {
    const wrapped = message.replace(new RegExp(`(.{${width}})`, 'gs'), '$1\n      ');
    expect(classifyMessage({ reason, message: wrapped }).slug).toBe(slug);
  }
  expect(classifyMessage({ reason, message: JSON.stringify(message) }).slug).toBe(slug);
  expect(classifyMessage({ reason, message: JSON.stringify(JSON.stringify(message)) }).slug).toBe(slug);
  expect(classifyMessage({ reason, message: message.replaceAll('"', '&quot;') }).slug).toBe(slug);
});

test.each(everything)(
  'never turns $id into another cause when its end is cut off',
  ({ reason, message, accept = [] }) => {
    const { slug } = classifyMessage({ reason, message });
    const wrong = new Map<string, number>();
    // A prime number of cuts over the length, so that neighbouring samples are cut at different words.
    for (let length = 0; length < message.length; length += Math.max(1, Math.floor(message.length / 61))) {
      const cut = classifyMessage({ reason, message: message.slice(0, length) }).slug;
      if (cut !== slug && !accept.includes(cut) && !general.has(cut)) wrong.set(cut, length);
    }
    expect([...wrong]).toEqual([]);
  },
);

test.each(everything)('answers $id the same whatever its pod is called', ({ reason, message }) => {
  const { slug, domain } = classifyMessage({ reason, message });
  const renamed = message.replaceAll(/\[[a-z0-9-]+\/[a-z0-9-]+/g, '[sriov-danm/multus-calico-kube-ovn-whereabouts-0');
  expect(classifyMessage({ reason, message: renamed })).toMatchObject({ slug, domain });
});

test.each(everything)('finds the cause of $id behind every other envelope', ({ reason, message }) => {
  const before = classifyMessage({ reason, message });
  const again = classifyMessage({ reason, message: `(combined from similar events): ${message}` });
  expect(again.slug).toBe(
    before.phase === 'none' && /^ok-|default-network-probe/.test(before.slug) ? again.slug : before.slug,
  );
  expect(again.aggregated).toBe(true);
});

test('never throws, whatever is written', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 300 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom(...everything.map((s) => s.message)),
      ),
      fc.string(),
      (message, noise) => {
        const verdict = classifyMessage({ reason: noise, message: message + noise });
        expect(verdict.slug === 'unknown' || causes.has(verdict.slug)).toBe(true);
        const { span } = verdict;
        if (span) expect(span.offset + span.length).toBeLessThanOrEqual(message.length + noise.length);
      },
    ),
    { numRuns: 300 },
  );
});

test('every pattern is linear: 16 KiB of its own words repeated cost little', () => {
  const slow: string[] = [];
  for (const spec of specs) {
    for (const entry of [spec.match].flat()) {
      const source = entry instanceof RegExp ? entry : (entry as { pattern: RegExp }).pattern;
      const pattern = compactPattern(source);
      for (const hostile of hostileTexts(source.source)) {
        const elapsed = () => {
          const start = performance.now();
          pattern.exec(hostile);
          return performance.now() - start;
        };
        // Quadratic search over 16 KiB takes seconds, every time; a loaded machine is slow once.
        if (elapsed() > 150 && elapsed() > 150 && elapsed() > 150)
          slow.push(`${spec.slug}: ${source.source.slice(0, 60)}`);
      }
    }
  }
  expect(slow).toEqual([]);
});

/** The literal beginning of a pattern over and over, so that a search starts everywhere and never ends. */
function hostileTexts(source: string): string[] {
  const literals = source.match(/[A-Za-z"':/. ]{4,}/g) ?? [];
  return [...literals.slice(0, 3), 'a', '"', '[', ':', '1.1.1.1 '].map((part) =>
    part.replaceAll(' ', '').repeat(16_384).slice(0, 16_384),
  );
}

test('every quantifier in a pattern has an upper bound', () => {
  const open = specs.flatMap((spec) =>
    [spec.match].flat().flatMap((entry) => {
      const { source } = entry instanceof RegExp ? entry : (entry as { pattern: RegExp }).pattern;
      return /(?<!\\)[*+](?![^[]*\])|\{\d+,\}/.test(source.replace(/\\./g, 'x')) ? [`${spec.slug}: ${source}`] : [];
    }),
  );
  expect(open).toEqual([]);
});

test('a hostile message of any length is answered at once', () => {
  const shapes = [
    '[a/b:c]: error adding container to network "',
    'plugin type="',
    'ContainerID:"',
    '[[[[',
    '\\\\\\\\"',
    'failed to find plugin "',
    'Multus: ',
  ];
  for (const shape of shapes) {
    const message = shape.repeat(200_000 / shape.length);
    classifyMessage({ message });
    const start = performance.now();
    classifyMessage({ message });
    expect(performance.now() - start).toBeLessThan(500);
  }
});

test('every cause says why and what to do', () => {
  expect(new Set(specs.map((spec) => spec.slug)).size).toBe(specs.length);
  for (const cause of causes.values()) {
    expect(cause.slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    for (const text of [cause.title, cause.cause, cause.fix, cause.symptom])
      expect(text.length, cause.slug).toBeGreaterThan(4);
  }
});

const catalogue = new URL('../../../../shared/domain/failures.json', import.meta.url);

test.skipIf(!existsSync(catalogue))('every failure mode that writes a message can be answered', () => {
  const modes: { id: string; regex: string }[] = JSON.parse(readFileSync(catalogue, 'utf8'));
  const silent = modes.filter(({ id, regex }) => regex && !causes.has(id)).map(({ id }) => id);
  // It shares its text with runtime-no-eth0; only the annotation of the pod tells them apart.
  expect(silent).toEqual(['default-net-ifname']);
});

test('every slug of the collected messages can be answered', () => {
  const slugs = new Set(everything.map((sample) => sample.expected_cause_slug));
  expect([...slugs].filter((slug) => slug !== 'unknown' && !causes.has(slug))).toEqual([]);
});

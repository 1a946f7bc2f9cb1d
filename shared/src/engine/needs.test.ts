import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Change } from '../kube/object.ts';
import { providers } from '../providers/registry.ts';
import { type FixtureCase, readRuleFixture } from '../rules/fixture.ts';
import { rules } from '../rules/registry.ts';
import type { Rule } from '../rules/rule.ts';
import { createEngine } from './engine.ts';

const folder = new URL('../../fixtures/rules/', import.meta.url);
const cases: [string, FixtureCase][] = readdirSync(folder).flatMap((file) => {
  const { fires, silent } = readRuleFixture(readFileSync(new URL(file, folder), 'utf8'));
  return [...fires, ...silent].map((item): [string, FixtureCase] => [`${file}: ${item.title}`, item]);
});

const asksAlways = rules.map(({ needs: _, ...rule }) => rule as Rule);

const judge = ({ sources, objects, now }: FixtureCase, asked: readonly Rule[]) => {
  const engine = createEngine({ providers, rules: asked });
  const changes: Change[] = [
    ...sources.map((source): Change => ({ type: 'source', source })),
    ...objects.map((object): Change => ({ type: 'put', object })),
  ];
  engine.apply(changes, now);
  return JSON.stringify(engine.topology({ name: 'test' }, 'now'));
};

test('a rule finds nothing on what has none of the things that it needs', () => {
  for (const [title, item] of cases) expect(judge(item, rules), title).toBe(judge(item, asksAlways));
});

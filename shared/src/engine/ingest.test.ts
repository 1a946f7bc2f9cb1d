import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Change, KubeObject } from '../kube/object.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { createEngine } from './engine.ts';

const root = join(import.meta.dirname, '../../fixtures/real');
const cases = readdirSync(root).filter((name) => !name.includes('.'));

test.each(cases)('%s: taken in without conclusions and concluded once is the same as concluded one by one', (name) => {
  const list = JSON.parse(readFileSync(join(root, name, 'cluster.json'), 'utf8')) as { items: KubeObject[] };
  const changes: Change[] = list.items.map((object) => ({ type: 'put', object }));
  const now = Date.parse('2027-01-01T00:00:00Z');
  const one = createEngine({ providers, rules });
  for (const change of changes) one.apply([change], now);
  const once = createEngine({ providers, rules });
  once.ingest(changes);
  once.apply([], now);
  const of = (engine: typeof one) => engine.topology({ name: 'c' }, '2027-01-01T00:00:00Z');
  expect(of(once)).toEqual(of(one));
});

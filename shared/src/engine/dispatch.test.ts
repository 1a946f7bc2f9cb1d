import { expect, test } from 'vitest';
import type { KubeObject } from '../kube/object.ts';
import type { Provider } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { createEngine } from './engine.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

const pod = (name: string, version: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name, labels: { version: `${version}` } },
  spec: { nodeName: 'a' },
  status: { phase: 'Running' },
});

/** A provider of an API that this cluster does not serve. */
const absent = (number: number, asked: () => void): Provider => ({
  id: `absent-${number}`,
  title: `Absent ${number}`,
  kinds: [
    {
      group: `absent-${number}.example.com`,
      versions: ['v1'],
      resource: 'fabrics',
      kind: 'Fabric',
      namespaced: true,
      optional: true,
      why: 'fabrics',
    },
  ],
  claims: () => {
    asked();
    return {};
  },
});

/** How often any provider is asked while ten pods change ten times each. */
function countQuestions(extra: number): { asked: number; absent: number } {
  const count = { asked: 0, absent: 0 };
  const counted = providers.map(
    (provider): Provider => ({
      ...provider,
      claims: (object) => {
        count.asked += 1;
        return provider.claims(object);
      },
    }),
  );
  const askAbsent = () => {
    count.absent += 1;
  };
  const strangers = Array.from({ length: extra }, (_, number) => absent(number, askAbsent));
  const engine = createEngine({ providers: [...counted, ...strangers], rules: [] });
  for (let version = 0; version < 10; version += 1)
    for (let index = 0; index < 10; index += 1) engine.apply([{ type: 'put', object: pod(`p${index}`, version) }], now);
  return count;
}

test('what a changed object costs does not grow with the providers whose kinds are absent', () => {
  const few = countQuestions(0);
  const many = countQuestions(200);
  expect(many.asked).toBe(few.asked);
  expect(many.absent).toBe(0);
});

test('only those are asked about an object that watch or read its kind', () => {
  const readers = providers.filter(({ kinds, reads = [] }) => [...kinds, ...reads].some(({ kind }) => kind === 'Pod'));
  expect(countQuestions(0).asked).toBe(readers.length * 100);
  expect(readers.length).toBeLessThan(providers.length);
});

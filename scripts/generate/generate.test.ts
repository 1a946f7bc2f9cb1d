import { expect, test } from 'vitest';
import { watchedKinds } from '../../shared/src/providers/registry.ts';
import { clusterRole } from './cluster-role.ts';
import { code, inline } from './markdown.ts';

const kind = { group: '', versions: ['v1'], kind: 'X', namespaced: true, optional: true, why: 'a reason' };

test('the role grants reading of each kind and nothing else', () => {
  const role = clusterRole(watchedKinds);
  for (const { resource } of watchedKinds) expect(role).toContain(`resources: [${resource}]`);
  expect(new Set(role.match(/verbs: .*/g))).toEqual(new Set(['verbs: [get, list, watch]']));
  expect(role).not.toMatch(/secrets|\*|pods\/log|pods\/exec/);
});

test('ConfigMaps are granted by name alone', () => {
  const role = clusterRole(watchedKinds);
  const rule = role.slice(role.indexOf('resources: [configmaps]'));
  expect(rule.split('\n')[1]).toMatch(/resourceNames: \[.+\]/);
});

test('a provider that asks for Secrets gets no role', () => {
  expect(() => clusterRole([{ ...kind, resource: 'secrets' }])).toThrow('Secrets');
});

test.each([
  ['a|b', 'a\\|b'],
  ['<b>\nc', '&lt;b> c'],
  ['2*3', '2\\*3'],
])('%j is harmless in a table', (text, safe) => {
  expect(inline(text)).toBe(safe);
});

test('code with quotes of its own stays code', () => {
  expect(code('a`b')).toBe('`` a`b ``');
});

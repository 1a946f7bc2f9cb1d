import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../kube/object.ts';
import { asRecord, asRecords } from '../kube/read.ts';
import { engineOf } from '../testing/cluster.ts';

const examples = new URL('../../../../shared/fixtures/apis/', import.meta.url);

/** All objects of a folder of public manifests; files that hold no objects (Helm values) yield none. */
const objectsIn = (family: string): KubeObject[] =>
  readdirSync(new URL(`${family}/`, examples))
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .flatMap((name) => parseAllDocuments(readFileSync(new URL(`${family}/${name}`, examples), 'utf8')))
    .flatMap((document): KubeObject[] => {
      const value = asRecord(document.toJS());
      const items = value?.['kind'] === 'List' ? asRecords(value['items']) : value ? [value] : [];
      return items
        .filter((item) => typeof item['kind'] === 'string' && asRecord(item['metadata']))
        .map((item) => ({ apiVersion: 'v1', ...item }) as KubeObject);
    });

const families = ['gke', 'antrea', 'cilium', 'kep-3698', 'networkkind', 'podnetwork-xk8s', 'sig-multi-network-poc'];

describe.skipIf(!existsSync(examples))('public manifests (skipped where ../shared is absent)', () => {
  test.each(families)('%s is read without an error', (family) => {
    const engine = engineOf(...objectsIn(family));
    expect(engine.findings().filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('gke: every pod asks for its networks', () => {
    const objects = objectsIn('gke');
    const engine = engineOf(...objects);
    const pods = objects.filter(({ kind }) => kind === 'Pod');
    expect(pods.length).toBeGreaterThan(0);
    for (const pod of pods) {
      const plugs = engine.attachmentsOf(`pod:default/${pod.metadata.name}`);
      expect(plugs).toHaveLength(9);
      expect(plugs.slice(1).every(({ provider }) => provider === 'gke')).toBe(true);
    }
  });
});

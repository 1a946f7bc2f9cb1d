import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type KubeObject, refOf } from '../kube/object.ts';
import { asRecord, asRecords } from '../kube/read.ts';
import { podOfTemplate } from '../kube/template-pods.ts';
import { engineOf } from '../testing/cluster.ts';
import { providers } from './registry.ts';

const examples = new URL('../../../../shared/fixtures/apis/', import.meta.url);

/** Family -> its provider, and kinds that it must have something to say about. */
const families = [
  ['kube-ovn', 'kube-ovn', ['Subnet', 'NetworkAttachmentDefinition', 'Pod']],
  ['spiderpool', 'spiderpool', ['SpiderEndpoint', 'SpiderMultusConfig']],
  ['calico', 'calico', ['NetworkAttachmentDefinition']],
  ['danm', 'danm', ['DanmNet', 'Pod']],
] as const;

describe.skipIf(!existsSync(examples))('public manifests of vendors (skipped where ../shared is absent)', () => {
  const objectsIn = (family: string): KubeObject[] =>
    readdirSync(new URL(`${family}/`, examples))
      .filter((name) => /\.ya?ml$/.test(name))
      .flatMap((name) => parseAllDocuments(readFileSync(new URL(`${family}/${name}`, examples), 'utf8')))
      .flatMap((document): KubeObject[] => {
        const value = asRecord(document.toJS());
        const items = value?.['kind'] === 'List' ? asRecords(value['items']) : value ? [value] : [];
        return items.filter((item) => asRecord(item['metadata'])) as KubeObject[];
      })
      .flatMap((object) => podOfTemplate(object) ?? object);

  test.each(families)('%s is read without an error, by %s', (family, id, kinds) => {
    const objects = objectsIn(family);
    const errors = engineOf(...objects)
      .findings()
      .filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code, title }) => `${code} ${title}`)).toEqual([]);
    const provider = providers.find((one) => one.id === id);
    const recognised = objects.filter((object) => Object.keys(provider?.claims(object) ?? {}).length > 0);
    expect(new Set(recognised.map((object) => refOf(object).kind))).toEqual(new Set(kinds));
  });

  test('the static addresses of Kube-OVN are asked for once, on the network that the subnet and the definition are', () => {
    const [first, second, ...more] = engineOf(...objectsIn('kube-ovn')).attachmentsOf('pod:default/static-ip');
    expect(more).toEqual([]);
    expect(first?.requested?.ips).toEqual(['10.16.0.15']);
    expect(second).toMatchObject({
      network: 'nad:default/macvlan',
      requested: { network: 'default/macvlan', ips: ['172.17.0.100'], mac: '00:00:00:53:6B:BB' },
    });
  });

  test('every interface of DANM is asked for', () => {
    const engine = engineOf(...objectsIn('danm'));
    const asked = (id: string) => engine.attachmentsOf(id).map(({ slot, requested }) => [slot, requested?.network]);
    expect(asked('pod:example-sriov/sriov-pod')).toEqual([
      [0, 'example-sriov/management'],
      [1, 'example-sriov/sriov-a'],
      [2, 'example-sriov/sriov-b'],
    ]);
    expect(asked('pod:example-vnf/loadbalancer')).toHaveLength(3);
  });
});

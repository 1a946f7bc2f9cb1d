import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../kube/object.ts';
import { asRecord, asRecords } from '../kube/read.ts';
import { engineOf, podOf as pod } from '../testing/cluster.ts';

const examples = new URL('../../../../shared/fixtures/apis/', import.meta.url);
const families = ['ovn-kubernetes', 'dra-cilium', 'dra-cni-driver', 'dra-dranet', 'dra-sriov'];

describe.skipIf(!existsSync(examples))('public manifests (skipped where ../shared is absent)', () => {
  const objectsIn = (family: string): KubeObject[] =>
    readdirSync(new URL(`${family}/`, examples))
      .filter((name) => /\.ya?ml$/.test(name))
      .flatMap((name) => parseAllDocuments(readFileSync(new URL(`${family}/${name}`, examples), 'utf8')))
      .flatMap((document): KubeObject[] => {
        const value = asRecord(document.toJS());
        const items = value?.['kind'] === 'List' ? asRecords(value['items']) : value ? [value] : [];
        return items.filter((item) => asRecord(item['metadata'])) as KubeObject[];
      });

  test.each(families)('%s is read without an error', (family) => {
    const objects = objectsIn(family);
    expect(objects.length).toBeGreaterThan(0);
    expect(
      engineOf(...objects)
        .findings()
        .filter((item) => item.severity === 'error'),
    ).toEqual([]);
  });

  test('the annotations of the documentation of OVN-Kubernetes', () => {
    const text = (name: string) => readFileSync(new URL(`ovn-kubernetes/${name}`, examples), 'utf8');
    const annotations = {
      'k8s.v1.cni.cncf.io/networks': 'green-secondary-network',
      'k8s.ovn.org/pod-networks': text('pod-networks-annotation.json'),
      'k8s.v1.cni.cncf.io/network-status': text('network-status-annotation.json'),
    };
    const engine = engineOf(pod('a', 'green', { annotations }));
    expect(engine.attachmentsOf('pod:green/a').map(({ state, interface: seen }) => [state, seen?.name])).toEqual([
      ['attached', 'eth0'],
      ['attached', 'net1'],
      ['attached', 'ovn-udn1'],
    ]);
  });

  test.each([
    ['dra-cni-driver', 'pod:default/demo-a', 'net1'],
    ['dra-cni-driver', 'pod:default/demo-deployment-78bd85684c-cp62r', 'net1'],
  ])('%s: %s has %s', (family, id, name) => {
    const objects = objectsIn(family);
    const claimed = objects.filter((item) => item.kind === 'ResourceClaim');
    const pods = claimed.flatMap((item) =>
      asRecords(asRecord(item['status'])?.['reservedFor']).map((holder) => ({
        ...pod(String(holder['name']), 'default', { uid: holder['uid'] }),
        spec: { resourceClaims: [{ name: 'x', resourceClaimName: item.metadata.name }] },
      })),
    );
    const found = engineOf(
      ...claimed.map((item) => ({ ...item, metadata: { ...item.metadata, namespace: 'default' } })),
      ...pods,
    );
    expect(found.attachmentsOf(id)[1]).toMatchObject({ state: 'attached', interface: { name } });
  });
});

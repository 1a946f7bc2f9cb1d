import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDump } from '../../server/src/cluster/dump/dump.ts';
import { createEngine } from '../../shared/src/engine/engine.ts';
import { createRailsProjector } from '../../shared/src/graph/project.ts';
import { buildAttachmentDoc } from '../../shared/src/inspect/attachment.ts';
import { buildNetworkDoc } from '../../shared/src/inspect/network.ts';
import { buildSearchDoc } from '../../shared/src/inspect/search.ts';
import { buildWorkloadDoc } from '../../shared/src/inspect/workload.ts';
import { type KubeObject, refOf } from '../../shared/src/kube/object.ts';
import { asText, getText } from '../../shared/src/kube/read.ts';
import { workloadId } from '../../shared/src/model/ids.ts';
import { type Claims, nothing, type Provider } from '../../shared/src/providers/provider.ts';
import { providers, watchedBy } from '../../shared/src/providers/registry.ts';
import { rules } from '../../shared/src/rules/registry.ts';
import { defaultView } from '../../shared/src/view/view.ts';
import { clusterRole } from './cluster-role.ts';
import { providersPage } from './providers-page.ts';

/** The one file: an API that does not exist. A pod asks by annotation, the API answers with a port. */
const group = 'fabric.example.com';
const aliasOf = (name: string) => ({ scheme: 'fabric', value: name });

const kindOf = (kind: string, resource: string, why: string) => ({
  group,
  versions: ['v1beta1'],
  resource,
  kind,
  namespaced: false,
  optional: true,
  why,
});

function podClaims(pod: KubeObject): Claims {
  const network = getText(pod, 'metadata', 'annotations', `${group}/network`);
  if (!network) return nothing;
  const source = { ref: refOf(pod), path: `/metadata/annotations/${group}~1network`, value: network };
  return {
    requests: [
      {
        workload: workloadId('Pod', pod.metadata.namespace ?? 'default', pod.metadata.name),
        index: 0,
        alias: aliasOf(network),
        requested: { network, source },
        interface: 'fab0',
        issues: [],
        guess: false,
      },
    ],
  };
}

const networkClaims = (object: KubeObject): Claims => ({
  networks: [
    {
      aliases: [aliasOf(object.metadata.name)],
      ref: refOf(object),
      name: object.metadata.name,
      technology: 'fabric',
      role: 'secondary',
      subnets: [getText(object, 'spec', 'subnet') ?? ''],
      gateways: [],
      uplinks: [],
      conditions: [],
      issues: [],
      createdAt: 0,
    },
  ],
});

function portClaims(object: KubeObject): Claims {
  const ip = getText(object, 'status', 'address');
  if (!ip) return nothing;
  return {
    observations: [
      {
        workload: workloadId('Pod', getText(object, 'spec', 'namespace') ?? '', getText(object, 'spec', 'pod') ?? ''),
        alias: aliasOf(getText(object, 'spec', 'network') ?? ''),
        name: '',
        interface: { name: 'fab0', addresses: [{ ip, prefixLength: 24 }] },
        rank: 60,
        isDefault: false,
        source: { ref: refOf(object), path: '/status/address', value: ip },
        weight: 'hint',
      },
    ],
  };
}

const fabric: Provider = {
  id: 'fabric',
  title: 'Example Fabric',
  kinds: [
    kindOf('FabricNetwork', 'fabricnetworks', 'networks of the fabric'),
    kindOf('FabricPort', 'fabricports', 'which pod has which port'),
  ],
  reads: [{ group: '', kind: 'Pod' }],
  claims: (object) => {
    if (object.kind === 'Pod') return podClaims(object);
    if (asText(object.apiVersion) !== `${group}/v1beta1`) return nothing;
    return object.kind === 'FabricNetwork' ? networkClaims(object) : portClaims(object);
  },
};

/** The one fixture. */
const fixture = `
apiVersion: ${group}/v1beta1
kind: FabricNetwork
metadata: {name: blue, uid: u1}
spec: {subnet: 10.60.0.0/24}
---
apiVersion: ${group}/v1beta1
kind: FabricPort
metadata: {name: port-7, uid: u2}
spec: {network: blue, namespace: lab, pod: app}
status: {address: 10.60.0.7}
---
apiVersion: v1
kind: Pod
metadata:
  name: app
  namespace: lab
  uid: u3
  annotations: {${group}/network: blue}
spec: {nodeName: n1, containers: [{name: app, image: app}]}
status: {phase: Running, podIPs: [{ip: 10.244.0.7}], containerStatuses: [{name: app, state: {running: {}}}]}
`;

/** The one line. */
const registry = [...providers, fabric];

const folder = mkdtempSync(join(tmpdir(), 'busbar-fabric-'));
const engine = createEngine({ providers: registry, rules });

beforeAll(async () => {
  writeFileSync(join(folder, 'fabric.yaml'), fixture);
  const opened = await openDump(join(folder, 'fabric.yaml'), { kinds: watchedBy(registry) });
  if (!('source' in opened)) throw new Error('a snapshot');
  await opened.source.start({
    changes: (changes) => void engine.apply(changes, Date.parse('2026-03-01T12:00:00Z')),
    health: () => {},
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a made-up provider is in the picture', () => {
  const doc = createRailsProjector(engine, defaultView).doc();
  const rail = doc.rails.find(({ name }) => name === 'blue');
  expect(rail).toMatchObject({ network: 'fabric:blue', technology: 'fabric', ghost: false, count: 1 });
  expect(doc.drops.filter((drop) => drop.rail === rail?.id)).toMatchObject([{ interface: 'fab0', state: 'attached' }]);
});

test('it is in the inspector, asked for beside reported, with the evidence of both', () => {
  const attachment = buildWorkloadDoc(engine, 'pod:lab/app')?.attachments.find(({ provider }) => provider === 'fabric');
  expect(attachment).toMatchObject({
    network: 'fabric:blue',
    networkSummary: { name: 'blue' },
    requested: { network: 'blue', source: { path: `/metadata/annotations/${group}~1network` } },
    observed: [{ provider: 'fabric', source: { path: '/status/address', ref: { kind: 'FabricPort' } } }],
    interface: { name: 'fab0', addresses: [{ ip: '10.60.0.7', prefixLength: 24 }] },
    state: 'attached',
  });
  const alone = engine.attachment(attachment?.id ?? '');
  expect(alone && buildAttachmentDoc(engine, alone).comparison.some(({ differs }) => differs)).toBe(false);
  expect(buildNetworkDoc(engine, 'fabric:blue')).toMatchObject({
    network: { provider: 'fabric', subnets: ['10.60.0.0/24'], objects: [{ kind: 'FabricNetwork', name: 'blue' }] },
    members: [{ workload: 'pod:lab/app', interface: 'fab0' }],
  });
});

test('it is found by name and by address, and its kinds are among what was read', () => {
  expect(buildSearchDoc(engine, 'blue', []).hits.map(({ id }) => id)).toContain('fabric:blue');
  expect(buildSearchDoc(engine, '10.60.0.7', []).hits).not.toEqual([]);
  expect(engine.sources()).toContainEqual(
    expect.objectContaining({ group, kind: 'FabricPort', availability: 'present', count: 1 }),
  );
});

test('it is granted what it watches and no more, and the docs have it', () => {
  const role = clusterRole(watchedBy(registry));
  const added = role.split('\n').filter((line) => !clusterRole(watchedBy(providers)).includes(line));
  expect(added).toEqual([
    '  # networks of the fabric',
    `  - apiGroups: ["${group}"]`,
    '    resources: [fabricnetworks]',
    '  # which pod has which port',
    `  - apiGroups: ["${group}"]`,
    '    resources: [fabricports]',
  ]);
  const page = providersPage(registry);
  expect(page).toContain('## Example Fabric');
  expect(page).toMatch(/FabricNetwork \| `fabric\.example\.com` \| `v1beta1` \| yes \| networks of the fabric/);
  expect(page.slice(page.indexOf('## Example Fabric'))).toContain('Reads besides: Pod.');
});

test('a healthy pod of it has no finding, and without the line nothing of it is there', () => {
  expect(engine.findings().filter(({ severity }) => severity !== 'info')).toEqual([]);
  const without = createEngine({ providers, rules });
  const object: KubeObject = { apiVersion: `${group}/v1beta1`, kind: 'FabricNetwork', metadata: { name: 'blue' } };
  without.apply([{ type: 'put', object }], 0);
  expect(without.counts()).toMatchObject({ objects: 0, networks: 0 });
});

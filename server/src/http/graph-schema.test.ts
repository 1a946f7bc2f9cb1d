import { readdirSync, readFileSync } from 'node:fs';
import { createEngine } from '@busbar/shared/engine/engine';
import { diffGraph } from '@busbar/shared/graph/delta';
import { createProjector } from '@busbar/shared/graph/lenses';
import { schemaDocument } from '@busbar/shared/inspect/schema';
import type { KubeObject } from '@busbar/shared/kube/object';
import { providers } from '@busbar/shared/providers/registry';
import { rules } from '@busbar/shared/rules/registry';
import { defaultView, lenses } from '@busbar/shared/view/view';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';

const root = new URL('../../../shared/fixtures/real/', import.meta.url);
const recorded: KubeObject[] = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((entry) => JSON.parse(readFileSync(new URL(`${entry.name}/cluster.json`, root), 'utf8')).items);
const links: KubeObject = {
  apiVersion: 'nmstate.io/v1beta1',
  kind: 'NodeNetworkState',
  metadata: { name: 'busbar-worker' },
  status: {
    currentState: {
      interfaces: [
        { name: 'eth0', type: 'ethernet', state: 'up', mtu: 1500 },
        { name: 'eth0.20', type: 'vlan', state: 'down', vlan: { 'base-iface': 'eth0', id: 20 } },
      ],
    },
  },
};

test.each(lenses)('what the lens %s draws, and how it changes, is as the schema says', (lens) => {
  const ajv = new Ajv2020({ allErrors: true });
  const isDoc = ajv.compile(schemaDocument('GraphDoc') as object);
  const isDelta = ajv.compile(schemaDocument('GraphDelta') as object);
  const engine = createEngine({ providers, rules });
  const now = Date.parse('2026-11-24T03:00:00Z');
  const objects = [...recorded, links];
  const put = (list: KubeObject[]) =>
    engine.apply(
      list.map((object) => ({ type: 'put', object })),
      now,
    );
  put(objects.slice(0, objects.length / 2));
  const projector = createProjector(engine, { ...defaultView, lens });
  const before = projector.doc();
  projector.update(put(objects.slice(objects.length / 2)));
  const after = projector.doc();
  for (const doc of [before, after]) expect([isDoc(doc), isDoc.errors]).toEqual([true, null]);
  expect([isDelta(diffGraph(before, after)), isDelta.errors]).toEqual([true, null]);
});

/** Serves a generated cluster from memory by the demo API; prints its address. */
import { crd } from '../../../server/src/cluster/testing/demo.ts';
import { startDemoApi } from '../../../server/src/demo/api/start.ts';
import { generateBase, generatePods } from '../cluster.ts';
import { readArgs } from './answer.ts';

const { pods } = readArgs<{ pods: number }>();
const api = await startDemoApi({ bookmarkMs: 10_000 });
api.store.create(crd('k8s.cni.cncf.io', 'network-attachment-definitions', 'NetworkAttachmentDefinition'));
type Json = Parameters<typeof api.store.create>[0];
for (const make of [generateBase, generatePods])
  for (const object of make({ pods })) api.store.create(object as unknown as Json);
process.stdout.write(`serves ${api.url}\n`);

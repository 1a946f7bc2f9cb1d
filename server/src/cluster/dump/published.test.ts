import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createEngine } from '@busbar/shared/engine/engine';
import type { Change, KubeObject } from '@busbar/shared/kube/object';
import { providers, watchedKinds } from '@busbar/shared/providers/registry';
import { rules } from '@busbar/shared/rules/registry';
import { expect, test } from 'vitest';
import { SourceError } from '../errors.ts';
import { openDump } from './dump.ts';

/** Manifests and answers that the projects of the field publish, one folder a family. They are only read, never copied. */
const folder = fileURLToPath(new URL('../../../../../shared/fixtures/apis/', import.meta.url));
const families = existsSync(folder)
  ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []))
  : [];

/**
 * Parts of objects, texts of annotations, values of a chart, one manifest that its project publishes with a quote too few, and an answer of a
 * node with no pod beside it.
 */
const unreadable = new Set([
  'add-result-1.json',
  'helm-autocreate-pools.yaml',
  'network-status-annotation.json',
  'network-status-with-device-info.json',
  'networks-status-legacy-sriov.json',
  'nodestate-status-fragment.yaml',
  'pod-networks-annotation.json',
  'pod-with-networks.yaml',
  'sriov-pod.yml',
  'vmi-status-interfaces.yaml',
]);

/** Objects of kinds that are watched, of which nothing can be claimed, and why. */
const silent: Readonly<Record<string, string>> = {
  'danm Deployment loadbalancer': 'its template is read as the pod that it makes',
  'dra-sriov Deployment pod0': 'its template is read as the pod that it makes',
  'kni DaemonSet network-runtime': 'its template is read as the pod that it makes',
  'nmstate NodeNetworkConfigurationPolicy bond-vlan': 'no status: nobody has applied it',
  'nmstate NodeNetworkConfigurationPolicy ovs-bridge-iface': 'no status: nobody has applied it',
  'dra-sriov ResourceClaimTemplate vf-test7': 'asks for a class of devices, and for no network',
  'podnetwork-xk8s ResourceSlice node1-foo-network-blue': 'names no driver, by which devices are known',
};

const claimsSomething = (object: KubeObject): boolean =>
  providers.some((provider) => Object.keys(provider.claims(object)).length > 0);

const countKinds = (objects: readonly KubeObject[]): string => {
  const counts = new Map<string, number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ') || 'nothing';
};

async function read(family: string) {
  const engine = createEngine({ providers, rules });
  const objects: KubeObject[] = [];
  const opened = await openDump(`${folder}${family}`, { kinds: watchedKinds });
  if (!('source' in opened)) throw new Error('a snapshot');
  const changes = (batch: Change[]) => {
    for (const change of batch) if (change.type === 'put') objects.push(structuredClone(change.object));
    engine.apply(batch, Date.parse('2026-11-24T12:00:00Z'));
  };
  const refusal = await opened.source.start({ changes, health: () => {} }).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof SourceError) return error.message;
      throw error;
    },
  );
  return { engine, objects, refusal, issues: opened.source.issues() };
}

if (families.length === 0) console.warn(`SKIPPED: no published manifests at ${folder}`);
test.skipIf(families.length === 0).each(families)(
  '%s: what is published is read, and nothing of it is an error',
  async (family) => {
    const { engine, objects, refusal, issues } = await read(family);
    const { workloads, attachments, networks } = engine.counts();
    console.log(
      `${family}: ${countKinds(objects)} -> ${workloads} workloads, ${attachments} attachments, ${networks} networks`,
    );
    // A folder of fragments alone is refused with a reason.
    if (refusal) expect(issues.length, refusal).toBeGreaterThan(0);
    expect(issues.filter(({ file }) => !unreadable.has(file))).toEqual([]);
    const unclaimed = objects
      .filter((object) => !claimsSomething(object))
      .map(({ kind, metadata }) => `${family} ${kind} ${metadata.name}`);
    expect(unclaimed.filter((name) => !(name in silent))).toEqual([]);
    const errors = engine.findings().filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code, title }) => `${code} ${title}`)).toEqual([]);
  },
);

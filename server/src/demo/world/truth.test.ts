import { createEngine } from '@busbar/shared/engine/engine';
import type { Change } from '@busbar/shared/kube/object';
import { providers, watchedKinds } from '@busbar/shared/providers/registry';
import { rules } from '@busbar/shared/rules/registry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeObject } from '../api/types.ts';
import type { DemoCluster } from './cluster.ts';
import { startDemoCluster } from './cluster.ts';
import { MACHINES, MOVING, POLICIES, truthOf, workloadOf } from './truth.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
let cluster: DemoCluster;
let engine: ReturnType<typeof createEngine>;
let now = NOW;

/** A fresh engine that has read everything the cluster has now. */
const diagnose = (): void => {
  engine = createEngine({ providers, rules });
  const changes = watchedKinds.flatMap(({ group, kind, resource, versions }): Change[] => {
    const found =
      versions
        .map((version) => cluster.api.store.list(group === '' ? version : `${group}/${version}`, kind))
        .find((list) => list.length > 0) ?? [];
    const source = { group, resource, kind, availability: 'present' as const, count: found.length };
    return [
      ...found.map((object) => ({ type: 'put' as const, object: object as never })),
      { type: 'source' as const, source },
    ];
  });
  engine.apply(changes, now);
};

beforeAll(async () => {
  cluster = await startDemoCluster({ now: () => now });
});
afterAll(() => cluster.stop());

const verdict = (pod: KubeObject): { network: string; state: string; slug: string | undefined; errors: string[] }[] => {
  const workload = [...engine.workloads()].find(
    (item) => item.namespace === pod.metadata.namespace && item.name === pod.metadata.name,
  );
  return engine
    .attachmentsOf(workload?.id ?? '')
    .filter((item) => item.slot > 0)
    .map((item) => {
      const findings = engine.findingsOf(item.id);
      return {
        network: item.network ?? '',
        state: item.state,
        slug: findings[0]?.slug,
        errors: findings.filter((finding) => finding.severity === 'error').map((finding) => finding.slug),
      };
    });
};

const disagreements = (): string[] => {
  const wrong: string[] = [];
  for (const pod of cluster.api.store.list('v1', 'Pod')) {
    if (now !== NOW && MOVING.has(workloadOf(pod))) continue;
    const row = truthOf(pod);
    const got = verdict(pod);
    const right =
      row === undefined
        ? got.every((item) => item.state === 'attached' && item.errors.length === 0)
        : got.length === row.attachments.length &&
          row.attachments.every(
            (wanted, i) =>
              wanted.states.includes(got[i]?.state ?? '') &&
              (wanted.slugs.length === 0 || wanted.slugs.includes(got[i]?.slug ?? '')),
          );
    if (!right)
      wrong.push(
        `${pod.metadata.namespace ?? ''}/${pod.metadata.name}: got ${JSON.stringify(got)}, want ${JSON.stringify(row?.attachments ?? 'all attached')}`,
      );
  }
  return wrong;
};

test('the diagnosis agrees with the truth about every pod of the demo', () => {
  diagnose();
  expect(disagreements()).toEqual([]);
});

test('and about its virtual machines, its policies and the networks of its nodes', () => {
  diagnose();
  const machines = MACHINES.map(({ id }) => ({
    id,
    attachments: engine
      .attachmentsOf(id)
      .filter(({ slot }) => slot > 0)
      .map((item) => [
        item.network ?? item.requested?.network,
        item.state,
        engine.findingsOf(item.id)[0]?.slug ?? null,
      ]),
  }));
  expect(machines).toEqual(MACHINES);
  expect(POLICIES.map(({ id }) => ({ id, slug: engine.findingsOf(id)[0]?.slug ?? null }))).toEqual(POLICIES);
  expect(engine.findingsOf('worker-3').map(({ slug }) => slug)).toContain('nmstate-enactment-failed');
  expect(engine.findingsOf('worker-3').map(({ slug }) => slug)).toContain('sriov-sync-failed');
  expect(engine.findingsOf('worker-1').map(({ slug }) => slug)).toEqual(
    expect.not.arrayContaining(['nmstate-enactment-failed', 'sriov-sync-failed']),
  );
  expect(engine.networkByAlias('nad:core/n3')?.objects.map(({ kind }) => kind)).toContain('SriovNetwork');
  expect(engine.devicesOf('worker-1').filter(({ kind }) => kind === 'vf')).toHaveLength(2);
});

test('and still does after the world has lived for a while, but for the pods that come and go', () => {
  for (let i = 0; i < 140; i++) {
    now += 500;
    cluster.tick();
  }
  diagnose();
  expect(disagreements()).toEqual([]);
});

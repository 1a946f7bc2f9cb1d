import type { PreflightDoc } from '@busbar/shared/inspect/preflight';
import type { Finding } from '@busbar/shared/model/topology';
import { describe, expect, test } from 'vitest';
import { byWorkload, type Planned, summaryOf } from './by-workload.ts';

const workload = (name: string, verdict: Planned['verdict']): Planned => ({
  id: `pod:a/${name}`,
  namespace: 'a',
  name,
  verdict,
  attachments: [
    {
      id: `pod:a/${name}#1`,
      pod: `a/${name}`,
      node: null,
      slot: 1,
      network: 'a/net',
      provider: 'multus',
      interface: null,
      ips: [],
      mac: null,
      state: verdict === 'fails' ? 'failed' : 'pending',
      reason: null,
      findings: [],
    },
  ],
});
const finding = (id: string, subjects: Finding['subjects'], pods: string[] = []): Finding => ({
  id,
  code: 'MN101',
  slug: 'nad-not-found',
  severity: 'error',
  confidence: 'certain',
  title: id,
  message: id,
  cause: '',
  docs: '',
  subjects,
  evidence: pods.map((name) => ({ ref: { group: '', kind: 'Pod', namespace: 'a', name }, path: '/metadata' })),
  fix: { text: 'Mend it.' },
});
const doc = (workloads: Planned[], findings: Finding[] = []): PreflightDoc => ({
  revision: 1,
  objects: workloads.length,
  issues: [],
  workloads,
  findings,
});

describe('findings stand under the workloads they are about', () => {
  test('by the pod or by its interface; the others are kept apart', () => {
    const { judged, rest } = byWorkload(
      doc(
        [workload('one', 'fails'), workload('two', 'fails')],
        [
          finding('pod', [{ type: 'workload', id: 'pod:a/one' }]),
          finding('plug', [{ type: 'attachment', id: 'pod:a/two#1' }]),
          finding('net', [{ type: 'network', id: 'nad:a/net' }]),
        ],
      ),
    );
    expect(judged.map((one) => one.findings.map(({ id }) => id))).toEqual([['pod'], ['plug']]);
    expect(rest.map(({ id }) => id)).toEqual(['net']);
  });

  test('a cause that several share is told in full once, where a failing workload comes first', () => {
    const shared = finding('shared', [
      { type: 'workload', id: 'pod:a/fine' },
      { type: 'workload', id: 'pod:a/bad' },
      { type: 'attachment', id: 'pod:a/bad#1' },
    ]);
    const { judged } = byWorkload(doc([workload('fine', 'unsure'), workload('bad', 'fails')], [shared]));
    expect(judged.map((one) => [one.workload.name, one.findings.length, one.again.length])).toEqual([
      ['bad', 1, 0],
      ['fine', 0, 1],
    ]);
  });

  test('evidence of the manifest comes before that of pods that run', () => {
    const shared = finding('shared', [{ type: 'workload', id: 'pod:a/new' }], ['old', 'older', 'new']);
    const { judged } = byWorkload(doc([workload('new', 'fails')], [shared]));
    expect(judged[0]?.findings[0]?.evidence.map(({ ref }) => ref.name)).toEqual(['new', 'old', 'older']);
  });
});

test.each([
  [[], 'No pod comes of these manifests.', 1],
  [[], 'Nothing in this could be judged.', 0],
  [['fails'], 'It would fail.', 1],
  [['unsure'], 'It may attach; see the warning.', 1],
  [['attaches'], 'It would attach.', 1],
  [['attaches', 'fails', 'attaches'], 'Of 3 workloads 1 would fail, 2 would attach.', 3],
] as const)('%j reads as %s', (verdicts, sentence, objects) => {
  const workloads = verdicts.map((verdict, index) => workload(`w${index}`, verdict));
  expect(summaryOf({ ...doc(workloads), objects })).toBe(sentence);
});

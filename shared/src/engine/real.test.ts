import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Change, KubeObject } from '../kube/object.ts';
import { workloadId } from '../model/ids.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { createEngine } from './engine.ts';

const root = new URL('../../fixtures/real/', import.meta.url);
const read = (path: string) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
const verdicts = read('verdicts.json') as {
  states: Record<string, string[]>;
  statesByCause: Record<string, string[]>;
  slugs: Record<string, string[]>;
};
type Truth = {
  pods: {
    namespace: string;
    pod: string;
    attachments: { requested: string; network: string; state: string; cause?: string }[];
  }[];
};

const cases = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

const objectsOf = (name: string): KubeObject[] => read(`${name}/cluster.json`).items;

function diagnose(objects: KubeObject[]) {
  const engine = createEngine({ providers, rules });
  const changes: Change[] = objects.map((object) => ({ type: 'put', object }));
  const kinds = new Set(objects.map((object) => object.kind));
  if (kinds.has('NetworkAttachmentDefinition')) {
    changes.push({
      type: 'source',
      source: {
        group: 'k8s.cni.cncf.io',
        resource: 'network-attachment-definitions',
        kind: 'NetworkAttachmentDefinition',
        availability: 'present',
        count: 1,
      },
    });
  }
  engine.apply(changes, Date.parse('2026-11-24T03:00:00Z'));
  return engine;
}

describe.each(cases)('recorded cluster %s', (name) => {
  const truth = read(`${name}/truth.json`) as Truth;
  const engine = diagnose(objectsOf(name));

  test.each(truth.pods.map((pod) => [`${pod.namespace}/${pod.pod}`, pod] as const))('%s', (_, pod) => {
    const id = workloadId('Pod', pod.namespace, pod.pod);
    const own = engine.attachmentsOf(id).filter((attachment) => attachment.slot > 0);
    const got = own.map((attachment) => ({
      requested: attachment.requested?.network ?? attachment.interface?.name ?? '',
      state: attachment.state,
      slug: engine.findingsOf(attachment.id)[0]?.slug,
    }));
    const wanted = pod.attachments.map((item) => ({
      states: verdicts.statesByCause[item.cause ?? ''] ?? verdicts.states[item.state],
      slugs: item.cause && item.cause !== 'other-network-failed' ? verdicts.slugs[item.cause] : undefined,
    }));
    expect(got, JSON.stringify(engine.attachmentsOf(id), null, 1)).toHaveLength(wanted.length);
    wanted.forEach((item, index) => {
      expect(item.states, `state of ${got[index]?.requested}`).toContain(got[index]?.state);
      if (item.slugs) expect(item.slugs, `root cause of ${got[index]?.requested}`).toContain(got[index]?.slug);
    });
    if (pod.attachments.every((item) => item.state === 'attached' && !item.cause)) {
      expect(engine.findingsOf(id).filter((finding) => finding.severity === 'error')).toEqual([]);
    }
  });

  test('no error on any pod that is not failing', () => {
    const failing = new Set(
      truth.pods
        .filter((pod) => pod.attachments.some((item) => item.state === 'failed'))
        .map((pod) => workloadId('Pod', pod.namespace, pod.pod)),
    );
    const accused = engine
      .findings()
      .filter((finding) => finding.severity === 'error')
      .flatMap((finding) => finding.subjects.flatMap((subject) => (subject.type === 'workload' ? [subject.id] : [])));
    expect(accused.filter((id) => !failing.has(id))).toEqual([]);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../kube/object.ts';
import { workloadId } from '../model/ids.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { createEngine } from './engine.ts';

/** A pod, its networks and its events as a thread of a public tracker shows them, and what came out there. */
type Thread = {
  source: string;
  expect: Record<string, [network: string, state: string, slug: string][]>;
  items: KubeObject[];
};

const root = new URL('../../fixtures/threads/', import.meta.url);
const names = readdirSync(root).map((file) => file.replace('.json', ''));

describe.each(names)('thread %s', (name) => {
  const thread: Thread = JSON.parse(readFileSync(new URL(`${name}.json`, root), 'utf8'));
  const engine = createEngine({ providers, rules });
  engine.apply(
    thread.items.map((object) => ({ type: 'put', object })),
    Date.parse('2026-11-25T03:00:00Z'),
  );

  test.each(Object.entries(thread.expect))('%s', (pod, wanted) => {
    const namespace = thread.items.find((item) => item.kind === 'Pod' && item.metadata.name === pod)?.metadata
      .namespace;
    const id = workloadId('Pod', namespace ?? '', pod);
    const own = engine.attachmentsOf(id).filter((attachment) => attachment.slot > 0);
    const got = own.map((attachment) => [
      attachment.requested?.network.split('/').at(-1) ?? '',
      attachment.state,
      attachment.state === 'failed'
        ? (engine.findingsOf(attachment.id).find((f) => f.severity === 'error')?.slug ?? '')
        : '',
    ]);
    expect(got).toEqual(wanted);
    if (wanted.every(([, state]) => state === 'attached'))
      expect(engine.findingsOf(id).filter((finding) => finding.severity === 'error')).toEqual([]);
  });
});

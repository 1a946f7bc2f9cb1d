import type { KubeObject } from '@busbar/shared/kube/object';
import { watchedKinds } from '@busbar/shared/providers/registry';
import { Collector } from '../cluster/dump/collector.ts';
import { readJson, readYaml } from '../cluster/dump/read-text.ts';

export type Manifests = { objects: KubeObject[]; issues: { message: string; line?: number }[] };

const objectLimit = 2000;

/**
 * Objects of a pasted manifest: YAML documents, JSON, Lists. Templates come as the pods that they would make; `namespace` is for
 * objects that name none. What cannot be read is an issue with its line.
 */
export async function readManifests(text: string, namespace: string): Promise<Manifests> {
  const objects: KubeObject[] = [];
  const collector = new Collector(watchedKinds, undefined, (batch) => {
    for (const change of batch) if (change.type === 'put' && objects.length < objectLimit) objects.push(change.object);
  });
  const stream = toStream(text);
  for await (const event of text.trimStart().startsWith('{') ? readJson(stream) : readYaml(stream)) {
    if (event.type !== 'issue') setNamespace(event.value, namespace);
    collector.take('manifest', event);
  }
  collector.endFile('manifest');
  const { issues, skipped } = collector.finish();
  return {
    objects,
    issues: [
      ...issues.map(({ message, line }) => (line === undefined ? { message } : { message, line })),
      ...Object.entries(skipped)
        .filter(([kind]) => !templateKinds.has(kind))
        .map(([kind, count]) => ({ message: `${count} ${kind} left out: it says nothing about networks` })),
    ],
  };
}

const templateKinds = new Set(['Job', 'CronJob', 'ReplicaSet', 'ReplicationController']);

async function* toStream(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text, 'utf8');
}

/** As `kubectl -n` does for what names no namespace. */
function setNamespace(value: unknown, namespace: string): void {
  if (typeof value !== 'object' || value === null) return;
  const items = 'items' in value && Array.isArray(value.items) ? value.items : [value];
  for (const item of items) {
    const metadata: unknown =
      typeof item === 'object' && item !== null && 'metadata' in item ? item.metadata : undefined;
    if (typeof metadata === 'object' && metadata !== null && !('namespace' in metadata))
      Object.assign(metadata, { namespace });
  }
}

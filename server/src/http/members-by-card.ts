import type { View } from '@busbar/shared/view/view';
import type { Hub } from './hub.ts';

/** Cards of a picture with the ids of the workloads that each stands for; none where a view has no picture. */
export async function membersByCard(hub: Hub, view: View): Promise<(readonly [string, Iterable<string>])[]> {
  const doc = await hub.graph(view);
  const found: (readonly [string, Iterable<string>])[] = [];
  if (doc.lens === 'rails')
    for (const { id, workload } of doc.cards)
      found.push([id, workload ? [workload] : ((await hub.members(view, id)) ?? [])]);
  if (doc.lens === 'nodes') for (const { id } of doc.nodes) found.push([id, (await hub.members(view, id)) ?? []]);
  return found;
}

import type { Engine } from '../engine/engine-api.ts';
import type { Availability, SourceState } from '../kube/object.ts';
import type { DeviceSource } from './nodes-doc.ts';

/** What reports devices of nodes: one object a node. */
const known = [
  { id: 'nmstate', title: 'NMState', group: /^nmstate\.io$/, resource: 'nodenetworkstates' },
  { id: 'sriov-operator', title: 'SR-IOV operator', group: /^sriovnetwork\./, resource: 'sriovnetworknodestates' },
] as const;

/** One API under several groups is read once: the best that any of them gave. */
const order: readonly Availability[] = ['present', 'forbidden', 'error', 'unread', 'absent'];

export function deviceSources(engine: Engine): DeviceSource[] {
  const states = engine.sources();
  return known.map(({ id, title, group, resource }) => {
    const own = states.filter((state: SourceState) => group.test(state.group) && state.resource === resource);
    const availability = order.find((one) => own.some((state) => state.availability === one)) ?? 'unread';
    return { id, title, availability, nodes: own.reduce((sum, state) => sum + state.count, 0) };
  });
}

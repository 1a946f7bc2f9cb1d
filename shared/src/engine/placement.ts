import { baseOf, type Kept } from './kept.ts';
import { createMultiMap } from './multimap.ts';
import type { Tracker } from './tracker.ts';

/** How many pods of one network on one node are told; more would say nothing new. */
const nameLimit = 50;

const placeKey = (network: string, node: string): string => `${node} ${network}`;

/**
 * Where networks are in use: which pods a network has on which node, and on which nodes anything reports interfaces at all.
 * Rules that compare nodes look here, so that they need not scan pods.
 */
export function createPlacement(tracker: Tracker) {
  const attached = createMultiMap<string, string>();
  const nodes = createMultiMap<string, string>();
  const reports = createMultiMap<string, string>();
  /** Nodes of a network in order, as long as they stay the same: every pod of it asks. */
  const sorted = new Map<string, readonly string[]>();

  const place = (network: string, node: string, id: string, on: boolean) => {
    const key = placeKey(network, node);
    const before = attached.has(key);
    attached[on ? 'add' : 'delete'](key, id);
    tracker.touch(`placed:${key}`);
    if (before === attached.has(key)) return;
    const used = nodes.has(network);
    nodes[on ? 'add' : 'delete'](network, node);
    sorted.delete(network);
    tracker.touch(`nodes-of:${network}`);
    if (used !== nodes.has(network)) tracker.touch(`used:${network}`);
  };

  return {
    index: ({ workload: { node, id }, shapes, reported }: Kept, on: boolean): void => {
      if (!node) return;
      for (const shape of shapes)
        if (shape.network && shape.slot > 0 && baseOf(shape) === 'attached') place(shape.network, node, id, on);
      if (!reported) return;
      const before = reports.has(node);
      reports[on ? 'add' : 'delete'](node, id);
      if (before !== reports.has(node)) tracker.touch(`reports:${node}`);
    },
    /** Tracked, like the others: workload ids. */
    attachedOn: (network: string, node: string): string[] => {
      const key = placeKey(network, node);
      tracker.read(`placed:${key}`);
      return [...attached.get(key)].sort().slice(0, nameLimit);
    },
    nodesOf: (network: string): readonly string[] => {
      tracker.read(`nodes-of:${network}`);
      const known = sorted.get(network) ?? [...nodes.get(network)].sort();
      sorted.set(network, known);
      return known;
    },
    isUsed: (network: string): boolean => {
      tracker.read(`used:${network}`);
      return nodes.has(network);
    },
    reportsOn: (node: string): boolean => {
      tracker.read(`reports:${node}`);
      return reports.has(node);
    },
  };
}

export type Placement = ReturnType<typeof createPlacement>;

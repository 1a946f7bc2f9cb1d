import type { Attachment } from '../model/topology.ts';
import type { WorkloadFacts } from '../rules/rule.ts';
import { createMultiMap } from './multimap.ts';
import type { Tracker } from './tracker.ts';

/** How many attachments of one network on one node are remembered by name; more would say nothing new. */
const nameLimit = 50;

const placeKey = (network: string, node: string): string => `${node} ${network}`;

/**
 * Where networks are in use: which attachments a network has on which node, and on which nodes anything reports interfaces at all.
 * Rules that compare nodes look here, so that they need not scan pods.
 */
export function createPlacement(tracker: Tracker) {
  const attached = createMultiMap<string, string>();
  const nodes = createMultiMap<string, string>();
  const reports = createMultiMap<string, string>();
  /** Nodes of a network in order, as long as they stay the same: every pod of it asks. */
  const sorted = new Map<string, readonly string[]>();

  const place = (network: string, node: string, { id }: Attachment, on: boolean) => {
    const key = placeKey(network, node);
    const before = attached.has(key);
    attached[on ? 'add' : 'delete'](key, id);
    tracker.touch(`placed:${key}`);
    if (before === attached.has(key)) return;
    nodes[on ? 'add' : 'delete'](network, node);
    sorted.delete(network);
    tracker.touch(`nodes-of:${network}`);
  };

  return {
    index: (facts: WorkloadFacts, on: boolean): void => {
      const { node, id } = facts.workload;
      if (!node) return;
      for (const { attachment } of facts.attachments)
        if (attachment.network && attachment.slot > 0 && attachment.state === 'attached')
          place(attachment.network, node, attachment, on);
      if (!facts.reported) return;
      const before = reports.has(node);
      reports[on ? 'add' : 'delete'](node, id);
      if (before !== reports.has(node)) tracker.touch(`reports:${node}`);
    },
    /** Tracked, like the others: attachment ids. */
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
    reportsOn: (node: string): boolean => {
      tracker.read(`reports:${node}`);
      return reports.has(node);
    },
  };
}

export type Placement = ReturnType<typeof createPlacement>;

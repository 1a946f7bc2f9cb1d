import type { NamespaceClaim } from '../providers/grant-claims.ts';
import type { Selector } from '../providers/policy-claims.ts';
import type { Claims } from '../providers/provider.ts';
import { isEqual } from './equal.ts';
import { matches } from './policy-index.ts';
import type { Tracker } from './tracker.ts';

const limit = 500;

/** Namespaces by their labels, for networks that choose theirs by a selector. */
export function createNamespaces(tracker: Tracker) {
  const known = new Map<string, NamespaceClaim>();
  return {
    /** Claims that it looks at: nothing else need be told. */
    reads: ['namespace'] as const satisfies readonly (keyof Claims)[],
    change: (before: Claims | undefined, after: Claims | undefined): void => {
      if (isEqual(before?.namespace, after?.namespace)) return;
      if (before?.namespace) known.delete(before.namespace.name);
      if (after?.namespace) known.set(after.namespace.name, after.namespace);
      tracker.touch('namespaces');
    },
    /** Tracked, like the other. */
    matching: (selector: Selector): NamespaceClaim[] => {
      tracker.read('namespaces');
      return [...known.values()]
        .filter(({ labels }) => matches(selector, labels))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .slice(0, limit);
    },
    areKnown: (): boolean => {
      tracker.read('namespaces');
      return known.size > 0;
    },
  };
}

import { SplitMap } from './split-map.ts';

/**
 * Remembers which subject read which key, so that a changed key dirties exactly its readers. A subject is a phase and an id: `assemble`
 * and `pod:lab/db-0`. The pods of a workload read the same: each list of keys is held once, with the subjects that read just that.
 */
export type Tracker = {
  /** Runs `work` for a subject; its earlier reads are forgotten, its new ones kept. */
  run: <T>(phase: string, id: string, work: () => T) => T;
  read: (key: string) => void;
  /** Runs `work` for nobody: what it reads is not remembered. */
  untracked: <T>(work: () => T) => T;
  touch: (key: string) => void;
  mark: (phase: string, id: string) => void;
  /** Takes a subject out of turn; false when it is not dirty. */
  unmark: (phase: string, id: string) => boolean;
  forget: (phase: string, id: string) => void;
  /** Takes the dirty subject of one phase that has been dirty for longest. */
  next: (phase: string) => string | undefined;
  isDirty: (phase: string) => boolean;
};

/** A key and the lists that it is in: most keys are in one, which is held bare. `number`: never used again. */
type Read = { key: string; number: number; lists: ReadList | Set<ReadList> };

/** Keys in the order of their first reading, and who of a phase read them. */
type ReadList = { phase: string; hash: number; reads: readonly Read[]; ids: Set<string> };

/**
 * Dirty ids in their order, and where the next one is. A set that has lost all of its ids is not used again: copies that it makes of itself
 * hang together, and one that the collector of garbage has called old keeps all later ones.
 */
type Queue = { ids: Set<string>; inOrder: Iterator<string, undefined> };

const toQueue = (some: readonly string[]): Queue => {
  const ids = new Set(some);
  return { ids, inOrder: ids.values() };
};

export function createTracker(): Tracker {
  const known = new Map<string, Read>();
  /** Lists by hash. */
  const lists = new Map<number, ReadList[]>();
  /** Phase -> id -> what it read, where that is anything. */
  const reads = new Map<string, SplitMap<ReadList>>();
  const dirty = new Map<string, Queue>();
  let current: Set<string> | null = null;
  let numbers = 0;

  const drop = (list: ReadList) => {
    const same = lists.get(list.hash);
    if (!same || same.length === 1) lists.delete(list.hash);
    else same.splice(same.indexOf(list), 1);
    for (const read of list.reads) {
      if (read.lists === list) known.delete(read.key);
      else if (read.lists instanceof Set && read.lists.delete(list) && read.lists.size === 0) known.delete(read.key);
    }
  };
  /** The list of just these keys, made where there is none. */
  const listOf = (phase: string, keys: ReadonlySet<string>): ReadList => {
    let hash = phase.length;
    const read: Read[] = [];
    let fresh = false;
    for (const key of keys) {
      let one = known.get(key);
      if (!one) {
        numbers += 1;
        one = { key, number: numbers, lists: new Set() };
        fresh = true;
      }
      read.push(one);
      hash = (Math.imul(hash, 31) + one.number) | 0;
    }
    const same = lists.get(hash);
    const found = fresh ? undefined : same?.find((list) => list.phase === phase && isSame(list.reads, read));
    if (found) return found;
    const list: ReadList = { phase, hash, reads: read, ids: new Set() };
    for (const one of read) {
      if (!(one.lists instanceof Set)) one.lists = new Set([one.lists, list]);
      else if (one.lists.size > 0) one.lists.add(list);
      else {
        one.lists = list;
        known.set(one.key, one);
      }
    }
    if (same) same.push(list);
    else lists.set(hash, [list]);
    return list;
  };
  const leave = (list: ReadList, id: string) => {
    if (list.ids.delete(id) && list.ids.size === 0) drop(list);
  };
  const remember = (phase: string, id: string, keys: ReadonlySet<string>) => {
    const before = reads.get(phase)?.get(id);
    if (keys.size === 0) {
      if (!before) return;
      leave(before, id);
      reads.get(phase)?.delete(id);
      return;
    }
    const list = listOf(phase, keys);
    if (list === before) return;
    list.ids.add(id);
    if (before) leave(before, id);
    const ofPhase = reads.get(phase) ?? new SplitMap<ReadList>();
    ofPhase.set(id, list);
    reads.set(phase, ofPhase);
  };
  const mark = (phase: string, id: string) => {
    const queue = dirty.get(phase);
    if (queue) queue.ids.add(id);
    else dirty.set(phase, toQueue([id]));
  };
  const unmark = (phase: string, id: string): boolean => {
    const queue = dirty.get(phase);
    if (!queue?.ids.delete(id)) return false;
    if (queue.ids.size === 0) Object.assign(queue, toQueue([]));
    return true;
  };
  const markAll = ({ phase, ids }: ReadList) => {
    for (const id of ids) mark(phase, id);
  };
  return {
    run: (phase, id, work) => {
      unmark(phase, id);
      const outer = current;
      const keys = new Set<string>();
      current = keys;
      try {
        return work();
      } finally {
        current = outer;
        remember(phase, id, keys);
      }
    },
    read: (key) => current?.add(key),
    untracked: (work) => {
      const outer = current;
      current = null;
      try {
        return work();
      } finally {
        current = outer;
      }
    },
    touch: (key) => {
      const found = known.get(key)?.lists;
      if (found instanceof Set) for (const list of found) markAll(list);
      else if (found) markAll(found);
    },
    mark,
    unmark,
    forget: (phase, id) => {
      remember(phase, id, new Set());
      unmark(phase, id);
    },
    next: (phase) => {
      const queue = dirty.get(phase);
      // An iterator that was asked once too often says no more, whatever comes.
      const id = queue && queue.ids.size > 0 ? queue.inOrder.next().value : undefined;
      if (id !== undefined) unmark(phase, id);
      return id;
    },
    isDirty: (phase) => (dirty.get(phase)?.ids.size ?? 0) > 0,
  };
}

const isSame = (a: readonly Read[], b: readonly Read[]): boolean =>
  a.length === b.length && a.every((read, index) => read === b[index]);

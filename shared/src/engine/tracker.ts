/**
 * Remembers which subject read which key, so that a changed key dirties exactly its readers. A subject is a phase and an id,
 * `assemble:pod:lab/db-0`.
 */
export type Tracker = {
  /** Runs `work` for a subject; its earlier reads are forgotten, its new ones kept. */
  run: <T>(subject: string, work: () => T) => T;
  read: (key: string) => void;
  touch: (key: string) => void;
  mark: (subject: string) => void;
  forget: (subject: string) => void;
  /** Takes the dirty subjects of one phase, in a stable order. */
  take: (phase: string) => string[];
};

export function createTracker(): Tracker {
  const readers = new Map<string, Set<string>>();
  const reads = new Map<string, string[]>();
  const dirty = new Map<string, Set<string>>();
  let current: { subject: string; keys: Set<string> } | null = null;

  const forget = (subject: string) => {
    for (const key of reads.get(subject) ?? []) {
      const set = readers.get(key);
      set?.delete(subject);
      if (set?.size === 0) readers.delete(key);
    }
    reads.delete(subject);
    dirty.get(phaseOf(subject))?.delete(subject);
  };
  const mark = (subject: string) => {
    const phase = phaseOf(subject);
    const set = dirty.get(phase);
    if (set) set.add(subject);
    else dirty.set(phase, new Set([subject]));
  };
  return {
    run: (subject, work) => {
      forget(subject);
      const outer = current;
      current = { subject, keys: new Set() };
      try {
        return work();
      } finally {
        const keys = [...current.keys];
        current = outer;
        reads.set(subject, keys);
        for (const key of keys) {
          const set = readers.get(key);
          if (set) set.add(subject);
          else readers.set(key, new Set([subject]));
        }
      }
    },
    read: (key) => current?.keys.add(key),
    touch: (key) => {
      for (const subject of readers.get(key) ?? []) mark(subject);
    },
    mark,
    forget,
    take: (phase) => {
      const set = dirty.get(phase);
      if (!set || set.size === 0) return [];
      dirty.delete(phase);
      return [...set].sort();
    },
  };
}

const phaseOf = (subject: string): string => subject.slice(0, subject.indexOf(':'));

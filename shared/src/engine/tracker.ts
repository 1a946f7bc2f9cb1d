/**
 * Remembers which subject read which key, so that a changed key dirties exactly its readers. A subject is a phase and an id,
 * `assemble:pod:lab/db-0`.
 */
export type Tracker = {
  /** Runs `work` for a subject; its earlier reads are forgotten, its new ones kept. */
  run: <T>(subject: string, work: () => T) => T;
  read: (key: string) => void;
  /** Runs `work` for nobody: what it reads is not remembered. */
  untracked: <T>(work: () => T) => T;
  touch: (key: string) => void;
  mark: (subject: string) => void;
  /** Takes a subject out of turn; false when it is not dirty. */
  unmark: (subject: string) => boolean;
  forget: (subject: string) => void;
  /** Takes the dirty subjects of one phase, at most so many, in a stable order. */
  take: (phase: string, limit?: number) => string[];
  isDirty: (phase: string) => boolean;
};

/** One key and who reads it: most keys have one reader, kept bare. A subject's reads point here, so that no key is kept twice. */
type Read = { key: string; readers: string | Set<string> };

export function createTracker(): Tracker {
  const known = new Map<string, Read>();
  const reads = new Map<string, readonly Read[]>();
  const dirty = new Map<string, Set<string>>();
  let current: Set<string> | null = null;

  const forget = (subject: string) => {
    for (const read of reads.get(subject) ?? []) {
      if (typeof read.readers === 'string') known.delete(read.key);
      else if (read.readers.delete(subject) && read.readers.size === 0) known.delete(read.key);
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
  const register = (subject: string, key: string): Read => {
    const read = known.get(key);
    if (!read) {
      const first: Read = { key, readers: subject };
      known.set(key, first);
      return first;
    }
    if (typeof read.readers === 'string') read.readers = new Set([read.readers, subject]);
    else read.readers.add(subject);
    return read;
  };
  return {
    run: (subject, work) => {
      forget(subject);
      const outer = current;
      const keys = new Set<string>();
      current = keys;
      try {
        return work();
      } finally {
        current = outer;
        if (keys.size > 0)
          reads.set(
            subject,
            Array.from(keys, (key) => register(subject, key)),
          );
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
      const readers = known.get(key)?.readers;
      if (typeof readers === 'string') mark(readers);
      else for (const subject of readers ?? []) mark(subject);
    },
    mark,
    unmark: (subject) => dirty.get(phaseOf(subject))?.delete(subject) === true,
    forget,
    take: (phase, limit = Number.POSITIVE_INFINITY) => {
      const set = dirty.get(phase);
      if (!set || set.size === 0) return [];
      if (set.size <= limit) {
        dirty.delete(phase);
        return [...set].sort();
      }
      const taken: string[] = [];
      for (const subject of set) {
        if (taken.length === limit) break;
        taken.push(subject);
        set.delete(subject);
      }
      return taken.sort();
    },
    isDirty: (phase) => (dirty.get(phase)?.size ?? 0) > 0,
  };
}

const phaseOf = (subject: string): string => subject.slice(0, subject.indexOf(':'));

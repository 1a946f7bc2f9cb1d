/**
 * Subjects (a phase and an id) that are to be judged again at a time (ms since the epoch). What is due is looked for only when the soonest has come, so that
 * those who wait cost nothing until then.
 */
export function createDeadlines() {
  const times = new Map<string, { phase: string; id: string; at: number }>();
  /** No deadline is sooner; one that was may have been taken back. */
  let soonest = Number.POSITIVE_INFINITY;
  return {
    /** The sooner of several counts. */
    set: (phase: string, id: string, at: number): void => {
      const key = keyOf(phase, id);
      times.set(key, { phase, id, at: Math.min(at, times.get(key)?.at ?? at) });
      soonest = Math.min(soonest, at);
    },
    delete: (phase: string, id: string): void => {
      if (times.size > 0) times.delete(keyOf(phase, id));
    },
    /** They stay until they are taken back, which judging them does. */
    due: (now: number): { phase: string; id: string }[] => {
      if (now < soonest) return [];
      const due: { phase: string; id: string }[] = [];
      soonest = Number.POSITIVE_INFINITY;
      for (const subject of times.values()) {
        soonest = Math.min(soonest, subject.at);
        if (subject.at <= now) due.push(subject);
      }
      return due;
    },
    /** Not later than the soonest; null: nobody waits. */
    next: (): number | null => (times.size === 0 ? null : soonest),
  };
}

const keyOf = (phase: string, id: string): string => `${phase}:${id}`;

export type Deadlines = ReturnType<typeof createDeadlines>;

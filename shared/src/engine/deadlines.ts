/**
 * Subjects that are to be judged again at a time (ms since the epoch). What is due is looked for only when the soonest has come, so that
 * those who wait cost nothing until then.
 */
export function createDeadlines() {
  const times = new Map<string, number>();
  /** No deadline is sooner; one that was may have been taken back. */
  let soonest = Number.POSITIVE_INFINITY;
  return {
    /** The sooner of several counts. */
    set: (subject: string, at: number): void => {
      times.set(subject, Math.min(at, times.get(subject) ?? at));
      soonest = Math.min(soonest, at);
    },
    delete: (subject: string): void => {
      times.delete(subject);
    },
    /** They stay until they are taken back, which judging them does. */
    due: (now: number): string[] => {
      if (now < soonest) return [];
      const due: string[] = [];
      soonest = Number.POSITIVE_INFINITY;
      for (const [subject, at] of times) {
        soonest = Math.min(soonest, at);
        if (at <= now) due.push(subject);
      }
      return due;
    },
    /** Not later than the soonest; null: nobody waits. */
    next: (): number | null => (times.size === 0 ? null : soonest),
  };
}

export type Deadlines = ReturnType<typeof createDeadlines>;

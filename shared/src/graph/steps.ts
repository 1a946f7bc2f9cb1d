/** Work that is done a little at a time, and begins anew when more comes. */
export type Steps = {
  /** There may be something to do. */
  wake: () => void;
  /** Does a little, well under a millisecond; true when nothing is left. */
  step: () => boolean;
};

/** `work` yields after each little; what comes while it runs it has to notice itself. It begins awake. */
export function createSteps(work: () => Generator<void, void>): Steps {
  let running: Generator<void, void> | null = null;
  let awake = true;
  return {
    wake: () => {
      awake = true;
    },
    step: () => {
      if (!running) {
        if (!awake) return true;
        awake = false;
        running = work();
      }
      if (!running.next().done) return false;
      running = null;
      return !awake;
    },
  };
}

/** Items looked at between two yields. */
const some = 32;

/** Does something with each item, a few at a time. Of a set, also with those that are added meanwhile. */
export function* eachInSteps<T>(items: Iterable<T>, act: (item: T) => void): Generator<void, void> {
  let done = 0;
  for (const item of items) {
    act(item);
    done += 1;
    if (done % some === 0) yield;
  }
}

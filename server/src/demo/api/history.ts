/** One version of one object. The body is the JSON without kind and apiVersion: the same bytes serve every list, get and watch. */
export type Entry = {
  key: string;
  namespace: string;
  name: string;
  uid: string;
  version: number;
  body: string;
  labels: Record<string, string>;
  fields: Record<string, string>;
};

export type StoreEvent = {
  kind: 'ADDED' | 'MODIFIED' | 'DELETED';
  entry: Entry;
  previous: Entry | undefined;
  /** The wire line, made once and shared by all watchers of one version of the kind. */
  lines: Map<string, string>;
};

/** What happened to the objects of one kind, the last `size` events of it. */
export type History = {
  push: (event: StoreEvent) => void;
  /** The oldest version a watch may start from. */
  oldest: () => number;
  after: (version: number) => StoreEvent[];
  compact: (version: number) => void;
};

export const createHistory = (size: number, startedAt: number): History => {
  let events: StoreEvent[] = [];
  let floor = startedAt;
  return {
    push: (event) => {
      events.push(event);
      // Cut in bulk: shifting one element per event would cost the length of the ring each time.
      if (events.length < size * 2) return;
      const cut = events.length - size;
      floor = events[cut - 1]?.entry.version ?? floor;
      events = events.slice(cut);
    },
    oldest: () => floor,
    after: (version) => {
      let low = 0;
      let high = events.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((events[middle]?.entry.version ?? 0) <= version) low = middle + 1;
        else high = middle;
      }
      return events.slice(low);
    },
    compact: (version) => {
      events = events.filter((event) => event.entry.version > version);
      floor = Math.max(floor, version);
    },
  };
};

const poolLimit = 50_000;
const longest = 100;

const noItems: readonly never[] = Object.freeze([]);
const noFields: object = Object.freeze({});

/**
 * Makes plain data take less room, in place: equal short texts become one text, and so do empty lists and empty objects. What was cut
 * from a large text or put together from pieces keeps those alive no longer. The data must belong to the caller and is frozen in part.
 */
export function createCompactor(): <T extends object>(data: T) => T {
  /** Forgotten when full: texts that came and went must not pile up. */
  const pool = new Map<string, string>();
  const toShared = (text: string): string => {
    const known = pool.get(text);
    if (known !== undefined) return known;
    if (pool.size >= poolLimit) pool.clear();
    pool.set(text, text);
    return text;
  };
  const visit = (value: object): void => {
    if (Object.isFrozen(value)) return;
    const fields = value as Record<string, unknown>;
    for (const key in fields) {
      const inner = fields[key];
      if (typeof inner === 'string') {
        if (inner.length <= longest) fields[key] = toShared(inner);
      } else if (Array.isArray(inner)) {
        if (inner.length === 0) fields[key] = noItems;
        else visit(inner);
      } else if (typeof inner === 'object' && inner !== null && isPlain(inner)) {
        visit(inner);
        if (isEmpty(inner)) fields[key] = noFields;
      }
    }
  };
  return (data) => {
    visit(data);
    return data;
  };
}

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype;

const isEmpty = (value: object): boolean => {
  for (const _ in value) return false;
  return true;
};

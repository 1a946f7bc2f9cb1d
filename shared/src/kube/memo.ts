/** What is made of a text, made once for equal ones. At most `limit` are known; forgotten when full: texts that came and went must not pile up. */
export function byText<T>(limit: number, make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    if (known.size >= limit) known.clear();
    known.set(text, made);
    return made;
  };
}

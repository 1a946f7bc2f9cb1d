/** A value of some facts that every rule and attachment asks for: worked out once, for a pod may ask for hundreds of networks. */
export function perFacts<F extends object, T>(compute: (facts: F) => T): (facts: F) => T {
  const known = new WeakMap<F, { value: T }>();
  return (facts) => {
    const found = known.get(facts);
    if (found) return found.value;
    const value = compute(facts);
    known.set(facts, { value });
    return value;
  };
}

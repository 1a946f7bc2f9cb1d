/**
 * One complaint about a piece of outside text or object. `slug` is an id of the catalogue of failures.
 * `path` is a JSON pointer into the document that was read, `offset`/`length` mark the place in its raw text
 * (UTF-16 units).
 */
export type Issue = {
  slug: string;
  message: string;
  path?: string;
  offset?: number;
  length?: number;
  severity: 'error' | 'warning' | 'info';
};

export type MaybeParsed<T> = { value: T | undefined; issues: readonly Issue[] };

export const NO_ISSUES: readonly Issue[] = Object.freeze([]);

import { groups } from './causes/registry.ts';
import type { Cause, CauseSpec } from './types.ts';

/** Every cause a message can lead to, in the order in which they are tried. */
export const specs: readonly (CauseSpec & { secondary: boolean })[] = groups.flatMap(
  ({ causes: list, secondary = false }) => list.map((spec) => ({ ...spec, secondary })),
);

/** The public catalogue by slug: used by rules, docs pages and `busbar explain`. */
export const causes: ReadonlyMap<string, Cause> = new Map(
  groups.flatMap(({ group, source, causes: list }) =>
    list.map(({ slug, title, cause, fix, severity, symptom, source: own }): [string, Cause] => [
      slug,
      { slug, title, cause, fix, severity, group, source: own ?? source, symptom },
    ]),
  ),
);

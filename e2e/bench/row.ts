/** One row of the budget table: what is measured, against what, and whether it is met. */
export type Line = {
  size: number;
  what: string;
  budget: string;
  /** What came out, its baseline beside it. */
  figure: string;
  /** null: nothing to compare, or it could not be measured. */
  met: boolean | null;
};

/** Measured at one size after the other, or (`once`) without one: then the size is 0. */
export type Row = {
  id: string;
  once?: boolean;
  /** Larger clusters are left out: the baseline, or a browser, would not end. */
  largest?: number;
  measure: (bench: Bench, size: number) => Promise<Line[]>;
};

export type Bench = {
  sizes: readonly number[];
  /** Repetitions whose median counts. */
  runs: number;
  /** How long changes are watched, in seconds. */
  seconds: number;
  pages: number;
  /** Changes of the hour of churn in fast motion. */
  churn: number;
  /** Address of an API server that has a cluster of that size; started once. */
  api: (size: number) => Promise<string>;
  /**
   * Runs `probes/<name>.ts` in processes of their own and answers the median of every figure; once for equal arguments. With a `size`
   * the probe is given the address of the API server of that size.
   */
  probe: (
    name: string,
    args: Readonly<Record<string, string | number | boolean>>,
  ) => Promise<Readonly<Record<string, number>>>;
  /** A figure that later sizes are compared with: made by whoever asks first. */
  baseline: (name: string, measure: () => Promise<number>) => Promise<number>;
};

export const median = (values: readonly number[]): number => percentile(values, 50);

export const percentile = (values: readonly number[], p: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? Number.NaN;
};

export const ms = (value: number): string => `${value >= 100 ? Math.round(value) : value.toPrecision(2)} ms`;
export const times = (value: number): string => `${value.toFixed(value < 1 ? 2 : 1)} x`;
export const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
export const MB = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

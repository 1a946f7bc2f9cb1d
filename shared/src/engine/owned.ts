import type { Workload } from '../model/topology.ts';
import type { Claims, ObservationClaim, RequestClaim, WorkloadClaim } from '../providers/provider.ts';

/** A claim with the provider that makes it. */
export type Owned<T> = T & { provider: string };

export type OwnedClaims = Omit<Claims, 'requests' | 'observations'> & {
  requests?: Owned<RequestClaim>[];
  observations?: Owned<ObservationClaim>[];
};

const poolLimit = 50_000;
const longest = 100;
const recordLimit = 10_000;

/** One text for all equal ones that are not too long. Forgotten when full: texts that came and went must not pile up. */
export const createTextPool = (limit: number, longest: number): ((text: string) => string) => {
  const pool = new Map<string, string>();
  return (text) => {
    if (text.length > longest) return text;
    const known = pool.get(text);
    if (known !== undefined) return known;
    if (pool.size >= limit) pool.clear();
    pool.set(text, text);
    return text;
  };
};

/** One record for all equal ones, as with texts. */
const createRecordPool = (limit: number): (<T extends Record<string, string>>(record: T) => T) => {
  const pool = new Map<string, Record<string, string>>();
  return <T extends Record<string, string>>(record: T): T => {
    const text = JSON.stringify(record);
    const known = pool.get(text);
    if (known) return known as T;
    if (pool.size >= limit) pool.clear();
    pool.set(text, record);
    return record;
  };
};

type Labels = Record<string, string>;
/** The last pod of an owner that had other labels than the one before: what it and the next ones have in common. */
type Family = { ownerKey: string; owner: Workload['owner']; labels: Labels; keys: readonly string[] };

/** Whether labels are those of a family, in their order too. */
function isLike(labels: Labels, { labels: known, keys }: Family): boolean {
  let at = 0;
  for (const key in labels) {
    if (key !== keys[at] || labels[key] !== known[key]) return false;
    at += 1;
  }
  return at === keys.length;
}

/**
 * Claims as the engine keeps them, the caller's no more: they are marked with their provider where they are. What every pod claims several
 * times over shares its texts and empty lists with the others': names of networks, paths and interfaces, but for a few, are all the same.
 */
export function createOwner(): (claims: Claims, provider: string) => OwnedClaims {
  const share = createTextPool(poolLimit, longest);
  const shareRecord = createRecordPool(recordLimit);
  const families = new Map<string, Family>();

  const ownRequest = (claim: RequestClaim, provider: string): void => {
    const { alias, requested } = claim;
    if (alias) alias.value = share(alias.value);
    requested.source.path = share(requested.source.path);
    requested.network = share(requested.network);
    claim.workload = share(claim.workload);
    if (claim.interface) claim.interface = share(claim.interface);
    if (claim.issues.length === 0) claim.issues = noIssues;
    (claim as Owned<RequestClaim>).provider = provider;
  };

  const ownObservation = (claim: ObservationClaim, provider: string): void => {
    const { alias, source, interface: seen } = claim;
    if (alias) alias.value = share(alias.value);
    source.path = share(source.path);
    if (seen.name) seen.name = share(seen.name);
    claim.workload = share(claim.workload);
    claim.name = share(claim.name);
    (claim as Owned<ObservationClaim>).provider = provider;
  };

  const ownWorkload = (claim: WorkloadClaim): void => {
    const { workload, ownerKey } = claim;
    if (workload.node) workload.node = share(workload.node);
    const family = ownerKey === undefined ? undefined : families.get(ownerKey);
    if (family) claim.ownerKey = family.ownerKey;
    const { owner } = workload;
    if (owner && family?.owner?.kind === owner.kind && family.owner.name === owner.name) workload.owner = family.owner;
    else if (owner) workload.owner = shareRecord(owner);
    if (family && isLike(workload.labels, family)) {
      workload.labels = family.labels;
      return;
    }
    workload.labels = shareRecord(workload.labels);
    if (ownerKey === undefined) return;
    if (families.size >= recordLimit) families.clear();
    const { labels } = workload;
    families.set(ownerKey, { ownerKey, owner: workload.owner, labels, keys: Object.keys(labels) });
  };

  return (claims, provider) => {
    const { requests, observations, workload, report } = claims;
    if (workload) ownWorkload(workload);
    if (report) {
      report.source.path = share(report.source.path);
      report.workload = share(report.workload);
    }
    for (const claim of requests ?? none) ownRequest(claim, provider);
    for (const claim of observations ?? none) ownObservation(claim, provider);
    return claims as OwnedClaims;
  };
}

const none: readonly never[] = [];
const noIssues: RequestClaim['issues'] = [];

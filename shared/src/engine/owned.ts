import type { Alias, Evidence, Interface } from '../model/topology.ts';
import type { Claims, ObservationClaim, RequestClaim } from '../providers/provider.ts';

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

/**
 * Claims as the engine keeps them, the caller's no more. What every pod claims several times over is marked with its provider once,
 * and shares its texts and empty lists with the others': names of networks, paths and interfaces, but for a few, are all the same.
 */
export function createOwner(): (claims: Claims, provider: string) => OwnedClaims {
  const share = createTextPool(poolLimit, longest);
  const shareRecord = createRecordPool(recordLimit);
  const shareAlias = (alias: Alias | null): void => {
    if (alias && !Object.isFrozen(alias)) alias.value = share(alias.value);
  };
  const shareSource = (source: Evidence): void => {
    source.path = share(source.path);
  };
  const shareInterface = (seen: Interface): void => {
    if (seen.name) seen.name = share(seen.name);
  };

  const toRequest = (claim: RequestClaim, provider: string): Owned<RequestClaim> => {
    shareAlias(claim.alias);
    shareSource(claim.requested.source);
    claim.requested.network = share(claim.requested.network);
    return {
      ...claim,
      workload: share(claim.workload),
      interface: claim.interface && share(claim.interface),
      issues: claim.issues.length === 0 ? noIssues : claim.issues,
      provider,
    };
  };
  const toObservation = (claim: ObservationClaim, provider: string): Owned<ObservationClaim> => {
    shareAlias(claim.alias);
    shareSource(claim.source);
    shareInterface(claim.interface);
    return { ...claim, workload: share(claim.workload), name: share(claim.name), provider };
  };

  return ({ requests, observations, ...rest }, provider) => {
    const { workload, report } = rest;
    if (workload?.workload.node) workload.workload.node = share(workload.workload.node);
    if (workload?.ownerKey) workload.ownerKey = share(workload.ownerKey);
    if (workload) {
      workload.workload.labels = shareRecord(workload.workload.labels);
      if (workload.workload.owner) workload.workload.owner = shareRecord(workload.workload.owner);
    }
    if (report) {
      shareSource(report.source);
      report.workload = share(report.workload);
    }
    return {
      ...rest,
      ...(requests ? { requests: requests.map((claim) => toRequest(claim, provider)) } : {}),
      ...(observations ? { observations: observations.map((claim) => toObservation(claim, provider)) } : {}),
    };
  };
}

const noIssues: RequestClaim['issues'] = [];

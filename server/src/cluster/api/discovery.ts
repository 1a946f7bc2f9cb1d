import { asRecords, asText, getPath, getText } from '@busbar/shared/kube/read';
import { kindKey, type WatchedKind } from '@busbar/shared/kube/watched-kind';
import type { KubeConnection } from './connection.ts';
import { isStatus } from './problem.ts';

/** What the server says of one kind: the version to read, that it does not have it, or that it cannot be told right now. */
export type Served = { version: string } | 'absent' | 'unknown';

/** group -> version -> resources; a version maps to null when its resources could not be read. */
type Catalogue = Map<string, Map<string, Set<string> | null>>;

const aggregated = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

/** Looks up which of the kinds the server has, and at which of their versions, in order of preference. */
export const discover = async (
  connection: KubeConnection,
  kinds: readonly WatchedKind[],
  signal?: AbortSignal,
): Promise<Map<string, Served>> => {
  const wanted = new Set(kinds.map((kind) => kind.group));
  const catalogue: Catalogue = new Map();
  const complete = new Set<string>();
  if (wanted.has('')) await readRoot(connection, '/api', kinds, catalogue, complete, signal);
  if ([...wanted].some((group) => group !== ''))
    await readRoot(connection, '/apis', kinds, catalogue, complete, signal);
  return new Map(kinds.map((kind) => [kindKey(kind), pick(kind, catalogue, complete)]));
};

const pick = (kind: WatchedKind, catalogue: Catalogue, complete: Set<string>): Served => {
  if (!complete.has(rootOf(kind.group))) return kind.versions[0] ? { version: kind.versions[0] } : 'unknown';
  const versions = catalogue.get(kind.group);
  if (!versions) return 'absent';
  const version = kind.versions.find((candidate) => versions.get(candidate)?.has(kind.resource));
  if (version) return { version };
  return kind.versions.some((candidate) => versions.get(candidate) === null) ? 'unknown' : 'absent';
};

const rootOf = (group: string): '/api' | '/apis' => (group === '' ? '/api' : '/apis');

const request = (signal: AbortSignal | undefined, accept?: string): { signal?: AbortSignal; accept?: string } => ({
  ...(signal ? { signal } : {}),
  ...(accept ? { accept } : {}),
});

/** One root, in the aggregated form where the server has it, else group by group. */
const readRoot = async (
  connection: KubeConnection,
  root: '/api' | '/apis',
  kinds: readonly WatchedKind[],
  catalogue: Catalogue,
  complete: Set<string>,
  signal?: AbortSignal,
): Promise<void> => {
  let document: unknown;
  try {
    document = await connection.json(root, request(signal, `${aggregated},application/json`));
  } catch (error) {
    // Some people may not read discovery. Then each kind is asked for by its first version, and the list says 404.
    if (isStatus(error, 403) || isStatus(error, 404)) return;
    throw error;
  }
  complete.add(root);
  if (getText(document, 'kind') === 'APIGroupDiscoveryList') readAggregated(document, catalogue);
  else await readLegacy(connection, root, document, kinds, catalogue, signal);
};

const readAggregated = (document: unknown, catalogue: Catalogue): void => {
  for (const group of asRecords(getPath(document, 'items'))) {
    const versions = new Map<string, Set<string> | null>();
    for (const version of asRecords(group['versions'])) {
      const resources = asRecords(version['resources']).flatMap((resource) => asText(resource['resource']) ?? []);
      // A stale version is one whose extension server does not answer: its list may be short.
      versions.set(
        asText(version['version']) ?? '',
        version['freshness'] === 'Stale' && resources.length === 0 ? null : new Set(resources),
      );
    }
    catalogue.set(getText(group, 'metadata', 'name') ?? '', versions);
  }
};

const readLegacy = async (
  connection: KubeConnection,
  root: '/api' | '/apis',
  document: unknown,
  kinds: readonly WatchedKind[],
  catalogue: Catalogue,
  signal?: AbortSignal,
): Promise<void> => {
  const served = new Map<string, string[]>();
  if (root === '/api') {
    const versions = getPath(document, 'versions');
    served.set(
      '',
      Array.isArray(versions) ? versions.filter((version): version is string => typeof version === 'string') : [],
    );
  } else {
    for (const group of asRecords(getPath(document, 'groups')))
      served.set(
        asText(group['name']) ?? '',
        asRecords(group['versions']).flatMap((version) => asText(version['version']) ?? []),
      );
  }
  const reads: Promise<void>[] = [];
  for (const [group, versions] of served) {
    const wanted = new Set(
      kinds.filter((kind) => kind.group === group && rootOf(group) === root).flatMap((kind) => kind.versions),
    );
    const found = new Map<string, Set<string> | null>();
    if (wanted.size === 0) continue;
    catalogue.set(group, found);
    for (const version of versions.filter((candidate) => wanted.has(candidate)))
      reads.push(readResources(connection, root, group, version, found, signal));
  }
  await Promise.all(reads);
};

const readResources = async (
  connection: KubeConnection,
  root: string,
  group: string,
  version: string,
  found: Map<string, Set<string> | null>,
  signal?: AbortSignal,
): Promise<void> => {
  try {
    const list = await connection.json(
      group === '' ? `${root}/${version}` : `${root}/${group}/${version}`,
      request(signal),
    );
    found.set(
      version,
      new Set(asRecords(getPath(list, 'resources')).flatMap((resource) => asText(resource['name']) ?? [])),
    );
  } catch (error) {
    if (signal?.aborted) throw error;
    if (!isStatus(error, 404)) found.set(version, null);
  }
};

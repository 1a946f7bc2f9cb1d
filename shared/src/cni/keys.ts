import { nearest } from './text.ts';

export { foldKey } from './go-json.ts';

/** Punctuation and case aside, `default_route` and `DefaultRoute` are `default-route`. */
const bare = (key: string): string => key.replace(/[-_.\s]/g, '').toLowerCase();

/** Other words people use for a key. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['ip', 'ips'],
  ['ipaddress', 'ips'],
  ['ipaddresses', 'ips'],
  ['addresses', 'ips'],
  ['ifname', 'interface'],
  ['nic', 'interface'],
  ['macaddress', 'mac'],
  ['hwaddr', 'mac'],
  ['gateway', 'default-route'],
  ['network', 'name'],
  ['ns', 'namespace'],
  ['args', 'cni-args'],
  ['vlan', 'vlanId'],
  ['vlanid', 'vlan'],
  ['parent', 'master'],
  ['device', 'master'],
  ['bond', 'links'],
]);

/** The known key a misspelt one was probably meant to be. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  if (key.length > 64) return undefined;
  const plain = bare(key);
  const same = known.find((candidate) => bare(candidate) === plain);
  if (same) return same;
  const synonym = SYNONYMS.get(plain);
  if (synonym && known.includes(synonym)) return synonym;
  return nearest(key, known, key.length <= 4 ? 1 : 2);
}

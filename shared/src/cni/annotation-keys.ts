import { asRecord } from '../kube/read.ts';
import { editDistance } from './text.ts';

const NETWORKS = 'k8s.v1.cni.cncf.io/networks';
const DEFAULT_NETWORK = 'v1.multus-cni.io/default-network';

/** Keys that somebody reads. They are near the ones above and yet no mistakes. */
const KNOWN_ANNOTATION_KEYS: ReadonlySet<string> = new Set([
  NETWORKS,
  DEFAULT_NETWORK,
  'k8s.v1.cni.cncf.io/network-status',
  'k8s.v1.cni.cncf.io/networks-status',
  'k8s.v1.cni.cncf.io/resourceName',
  'k8s.v1.cni.cncf.io/policy-for',
  'k8s.v1.cni.cncf.io/bridgeName',
  'k8s.v1.cni.cncf.io/nodeSelector',
  'k8s.v1.cni.cncf.io/podNetworkAnnotation',
  'v1.multus-cni.io/network-status',
  'k8s.cni.cncf.io/deviceID',
  'k8s.cni.cncf.io/resourceName',
  'cni.cncf.io/networks-status',
]);

/** Foreign readers of a key that ends in /networks. */
const FOREIGN_DOMAINS = [
  'k8s.ovn.org',
  'networking.gke.io',
  'kubernetes.io',
  'cni.projectcalico.org',
  'ovn.kubernetes.io',
  'kubevirt.io',
  'danm.io',
  'danm.k8s.io',
  'antrea.io',
  'spidernet.io',
  'cilium.io',
  'dra.net',
  'openshift.io',
  'k8s.io',
];

/** Wrong names of the last part that are surely meant as `networks`. */
const NETWORKS_WORDS = new Set([
  'networks',
  'network',
  'networs',
  'netwroks',
  'nework',
  'neworks',
  'net',
  'nets',
  'network-attachments',
  'networks-attachments',
  'network-attachment',
  'network-attachment-definitions',
  'network-attachment-definition',
  'network_s',
]);

export type KeyTypo = { key: string; meant: string; value: string };

/**
 * Annotation keys that nobody reads and that were probably meant as the networks (or default-network) key: another
 * version of the domain, a singular, another case, a typing slip. A key somebody reads is never reported.
 */
export function annotationKeyTypos(annotations: Readonly<Record<string, unknown>> | undefined): KeyTypo[] {
  const out: KeyTypo[] = [];
  const record = asRecord(annotations);
  for (const key in record) {
    const value = record[key];
    if (typeof value !== 'string') continue;
    const meant = meantKey(key);
    if (meant) out.push({ key, meant, value });
  }
  return out;
}

/** Pods have the same few keys over and over: what was found of the last ones is kept. */
const meant = new Map<string, string | undefined>();
const meantLimit = 1000;

/** The key that `key` was probably meant to be, or undefined when it is right or foreign. */
export function meantKey(key: string): string | undefined {
  const known = meant.get(key);
  if (known !== undefined || meant.has(key)) return known;
  if (meant.size >= meantLimit) meant.clear();
  const found = readKey(key);
  meant.set(key, found);
  return found;
}

function readKey(key: string): string | undefined {
  if (KNOWN_ANNOTATION_KEYS.has(key) || key.length > 80) return undefined;
  const lower = key.trim().toLowerCase();
  const slash = lower.lastIndexOf('/');
  const domain = slash < 0 ? '' : lower.slice(0, slash);
  const word = lower.slice(slash + 1);
  // Most keys of a pod end here: nothing in them looks like a request for networks.
  if (slash >= 0 && !asksForNetworks(word) && !KNOWN_LOWER.has(lower)) return undefined;
  if (FOREIGN_DOMAINS.some((foreign) => domain === foreign || domain.endsWith(`.${foreign}`))) return undefined;
  if (KNOWN_LOWER.has(lower)) return KNOWN_LOWER.get(lower);
  if (slash < 0) return word === 'networks' || separatorSlip(lower) ? NETWORKS : undefined;
  if (nearMultus(domain) && (word === 'default-network' || word === 'default-networks')) return DEFAULT_NETWORK;
  if (nearCncf(domain)) return NETWORKS_WORDS.has(word) || slip(word, 'networks') ? NETWORKS : undefined;
  return nearMultus(domain) && NETWORKS_WORDS.has(word) ? NETWORKS : undefined;
}

const asksForNetworks = (word: string): boolean =>
  NETWORKS_WORDS.has(word) || word === 'default-network' || word === 'default-networks' || slip(word, 'networks');

/** Only the two request keys: a status key in another case hurts nobody. */
const KNOWN_LOWER = new Map([NETWORKS, DEFAULT_NETWORK].map((key) => [key.toLowerCase(), key]));

/** `k8s.v1.cni.cncf.io.networks` and other separators in place of the slash. */
const separatorSlip = (lower: string): boolean => /^k8s\.v1\.cni\.cncf\.io[.:_\\-]networks?$/.test(lower);

const slip = (word: string, right: string): boolean => word.length >= 6 && editDistance(word, right, 2) <= 2;

const CNCF = [
  'k8s.v1.cni.cncf.io',
  'k8s.cni.cncf.io',
  'v1.k8s.cni.cncf.io',
  'cni.cncf.io',
  'v1.cni.cncf.io',
  'k8s.v1.cncf.io',
  'k8s.v1.cni.io',
  'k8s.v1.cni.cncf.com',
  'cncf.io',
];
const nearCncf = (domain: string): boolean =>
  CNCF.includes(domain) ||
  editDistance(domain, 'k8s.v1.cni.cncf.io', 3) <= 3 ||
  /^k8s\.v\d\w*\.cni\.cncf\.io$/.test(domain);
const nearMultus = (domain: string): boolean =>
  domain === 'multus-cni.io' || editDistance(domain, 'v1.multus-cni.io', 3) <= 3;

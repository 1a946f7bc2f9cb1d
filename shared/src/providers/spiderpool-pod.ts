import { type KubeObject, refOf } from '../kube/object.ts';
import { asRecord, asRecords, asStringMap, asText, type JsonRecord, pointer, truncate } from '../kube/read.ts';
import { workloadId } from '../model/ids.ts';
import type { Evidence } from '../model/topology.ts';
import { type Claims, type NeedClaim, nothing, type RequestClaim } from './provider.ts';
import { hasAnnotation, parseJson, textsOf } from './vendor-text.ts';

export const spiderGroup = 'spiderpool.spidernet.io';

export const spiderPoolKey = (name: string): string => `spiderpool:${name}`;
export const spiderSubnetKey = (name: string): string => `spiderpool-subnet:${name}`;

const prefix = 'ipam.spidernet.io/';

/** The name may be a pattern (`pool-*`, `pool[12]`), which names no single pool. */
export const isPattern = (name: string): boolean => /[*?[\]]/.test(name);

/** Pools and subnets that an element of an annotation names, of both families. */
function needsIn(element: JsonRecord, kind: 'SpiderIPPool' | 'SpiderSubnet', source: Evidence): NeedClaim[] {
  const names = [...textsOf(element['ipv4']), ...textsOf(element['ipv6'])].filter((name) => !isPattern(name));
  const keyOf = kind === 'SpiderIPPool' ? spiderPoolKey : spiderSubnetKey;
  return [...new Set(names)].map((name) => ({ of: 'pool', group: spiderGroup, kind, name, key: keyOf(name), source }));
}

const annotationsRead = [
  { key: 'ippools', kind: 'SpiderIPPool' },
  { key: 'ippool', kind: 'SpiderIPPool' },
  { key: 'subnets', kind: 'SpiderSubnet' },
  { key: 'subnet', kind: 'SpiderSubnet' },
] as const;

const elementLimit = 64;

/**
 * What a pod asks of the IPAM of Spiderpool (multi-network-apis, section 10.11): `ippools` and `subnets` interface by interface, `ippool`
 * and `subnet` for each. They add to requests for networks, and are none.
 */
export function spiderpoolPodClaims(pod: KubeObject): Claims {
  if (!hasAnnotation(pod, prefix)) return nothing;
  const annotations = asStringMap(pod.metadata.annotations);
  const workload = workloadId('Pod', pod.metadata.namespace ?? 'default', pod.metadata.name);
  const requests: RequestClaim[] = [];
  for (const { key, kind } of annotationsRead) {
    const text = annotations.get(`${prefix}${key}`);
    // What is said interface by interface is read instead of what is said for all.
    if (text === undefined || (!key.endsWith('s') && annotations.has(`${prefix}${key}s`))) continue;
    const source: Evidence = {
      ref: refOf(pod),
      path: pointer('metadata', 'annotations', `${prefix}${key}`),
      value: truncate(text, 400),
    };
    const read = parseJson(text);
    const single = asRecord(read);
    for (const element of (single ? [single] : asRecords(read)).slice(0, elementLimit)) {
      const needs = needsIn(element, kind, source);
      if (needs.length === 0) continue;
      requests.push({
        workload,
        index: 0,
        alias: null,
        requested: { network: '', source },
        interface: asText(element['interface'])?.slice(0, 64) ?? null,
        issues: [],
        guess: false,
        needs,
        adds: true,
      });
    }
  }
  return requests.length > 0 ? { requests } : nothing;
}

import type { NetworkConfig } from '../cni/network-config.ts';
import { excerpt, type JsonRecord } from '../kube/read.ts';
import type { Evidence } from '../model/topology.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import type { AttachmentFacts } from './rule.ts';

/** What makes an interface what it is. Meta-plugins and runtimes add other keys to the copy that they pass on. */
const pluginKeys = ['type', 'master', 'mode', 'bridge', 'vlan', 'vlanId', 'mtu', 'link'];
const ipamKeys = ['type', 'range', 'subnet', 'ranges', 'addresses', 'ipRanges'];

const shown = (value: unknown): string => (value === undefined ? 'none' : excerpt(value, 60));

const compare = (keys: readonly string[], prefix: string, then: JsonRecord = {}, now: JsonRecord = {}): string[] =>
  keys.flatMap((key) =>
    JSON.stringify(then[key]) === JSON.stringify(now[key])
      ? []
      : [`${prefix}${key} was ${shown(then[key])}, is ${shown(now[key])}`],
  );

/** Fields of the first plugin and of its IPAM that are not what they were when the interface was made. */
function changesSince(made: NetworkConfig, now: NetworkConfig): string[] {
  const [old, current] = [made.plugins[0], now.plugins[0]];
  return old && current
    ? [...compare(pluginKeys, '', old.raw, current.raw), ...compare(ipamKeys, 'ipam.', old.ipam, current.ipam)]
    : [];
}

type Edit = { claim: NetworkClaim; changes: string[]; source?: Evidence };

/** The edit of a NAD since the interface was made: by the copy that the node has kept, else by the times of edit and pod. */
export function editSince({ network, workload, madeWith }: AttachmentFacts): Edit | undefined {
  const configured = network?.claims.find((item) => (item.config?.read.plugins.length ?? 0) > 0);
  if (madeWith && madeWith.read.plugins.length > 0 && configured?.config) {
    const changes = changesSince(madeWith.read, configured.config.read);
    return changes.length > 0 ? { claim: configured, changes, source: madeWith.source } : undefined;
  }
  const claim = network?.claims.find((item) => item.changedAt !== undefined);
  if (!claim?.changedAt) return undefined;
  const started = Date.parse(workload.workload.startedAt ?? '') || workload.pod.createdAt;
  return claim.changedAt > started ? { claim, changes: [] } : undefined;
}

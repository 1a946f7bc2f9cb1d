import type { EventRecord } from '../engine/engine-api.ts';
import { groupOf, type KubeObject, type Ref } from '../kube/object.ts';
import { asRecord, asText, truncate } from '../kube/read.ts';
import { classifyMessage } from '../messages/classify.ts';
import { readEventRecord } from './event-record.ts';
import type { ObjectEventClaim } from './object-event.ts';
import { type Claims, nothing, type Provider } from './provider.ts';

/** Objects of networks that their implementations write events about. Of ours, and of no API that has other things in it. */
const networkKinds: Readonly<Record<string, readonly string[]>> = {
  'k8s.cni.cncf.io': ['NetworkAttachmentDefinition'],
  // ovn-kubernetes pull requests 4647 (node subnets of a UDN), 4677 (NAD that cannot be parsed), 6076
  'k8s.ovn.org': ['UserDefinedNetwork', 'ClusterUserDefinedNetwork', 'ClusterNetworkConnect'],
  // kube-ovn pull request 7197
  'kubeovn.io': ['ProviderNetwork', 'Subnet', 'Vlan', 'IPPool'],
  'spiderpool.spidernet.io': ['SpiderIPPool', 'SpiderSubnet', 'SpiderMultusConfig'],
  'sriovnetwork.openshift.io': ['SriovNetwork', 'SriovIBNetwork', 'OVSNetwork', 'SriovNetworkNodePolicy'],
};

/** These make no pods, or are workloads of their own. */
const notOwners = new Set(['Pod', 'CronJob', 'VirtualMachine', 'VirtualMachineInstance']);

/** kube-controller-manager uses these for everything that makes pods, and others after it. */
const ownerReasons = new Set(['FailedCreate', 'SuccessfulCreate']);

function kindOf(event: KubeObject, group: string, kind: string): ObjectEventClaim['of'] | undefined {
  if (Object.hasOwn(networkKinds, group) && networkKinds[group]?.includes(kind)) return 'network';
  return ownerReasons.has(asText(event['reason']) ?? '') && !notOwners.has(kind) ? 'pods' : undefined;
}

/** That it went well is all that counts, and there is one for every pod that is made. */
const bare = (record: EventRecord): EventRecord => ({ ...record, message: '' });

/** Of a Deployment: one of its ReplicaSets is to have no pods any more, and what was wrong with them is over. */
const scaledDown = /^Scaled down replica set ([a-z0-9.-]{1,253}) (?:from \d{1,10} )?to 0\b/;

function scalingClaims(event: KubeObject, namespace: string | undefined): Claims {
  const record = readEventRecord(event);
  const name = scaledDown.exec(record.message)?.[1];
  if (!name) return nothing;
  const about: Ref = { group: 'apps', kind: 'ReplicaSet', name, ...(namespace ? { namespace } : {}) };
  return { objectEvent: { about, of: 'pods', record: bare(record) } };
}

function objectEventClaims(event: KubeObject): Claims {
  const about = asRecord(event['involvedObject']) ?? asRecord(event['regarding']);
  const name = asText(about?.['name']);
  const kind = asText(about?.['kind']);
  if (!name || !kind) return nothing;
  if (kind === 'Deployment' && event['reason'] === 'ScalingReplicaSet')
    return scalingClaims(event, asText(about?.['namespace']));
  const group = groupOf(asText(about?.['apiVersion']) ?? 'v1');
  const of = kindOf(event, group, kind);
  if (!of) return nothing;
  const namespace = asText(about?.['namespace']);
  const uid = asText(about?.['uid']);
  const ref: Ref = {
    group: truncate(group, 253),
    kind: truncate(kind, 100),
    name: truncate(name, 253),
    ...(namespace ? { namespace: truncate(namespace, 253) } : {}),
    ...(uid ? { uid: truncate(uid, 100) } : {}),
  };
  const record = readEventRecord(event);
  if (record.type !== 'Warning') return { objectEvent: { about: ref, of, record: bare(record) } };
  const verdict = classifyMessage({ reason: record.reason, message: record.message });
  if (verdict.slug !== 'unknown') record.slug = verdict.slug;
  if (verdict.span) record.mark = verdict.span;
  return { objectEvent: { about: ref, of, record, verdict } };
}

/**
 * Events about what makes pods and cannot, and about objects of networks. A Deployment whose pods are refused by a webhook has no pod
 * that could say so: only its ReplicaSet has an event.
 */
export const objectEvents: Provider = {
  id: 'object-events',
  title: 'Events about owners of pods and about networks',
  kinds: [],
  reads: [{ group: '', kind: 'Event' }],
  claims: (object) =>
    object.kind === 'Event' && groupOf(object.apiVersion) === '' ? objectEventClaims(object) : nothing,
};

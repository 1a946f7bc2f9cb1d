import { annotationKeyTypos } from '../cni/annotation-keys.ts';
import { DEFAULT_NETWORK_KEY } from '../cni/default-network.ts';
import { parseNetworkConfig, withPositions } from '../cni/network-config.ts';
import { checkNetworkConfig, describeNetwork } from '../cni/plugins/registry.ts';
import { NETWORKS_KEY } from '../cni/selection.ts';
import { type KubeObject, refOf } from '../kube/object.ts';
import {
  annotationPath,
  asNumber,
  asRecord,
  asRecords,
  asString,
  getKey,
  getPath,
  getText,
  pointer,
  truncate,
} from '../kube/read.ts';
import { workloadId } from '../model/ids.ts';
import { toTime } from './event-record.ts';
import { createdAt, ownerKey } from './kubernetes.ts';
import { readMultusSettings } from './multus-settings.ts';
import { nadAlias } from './nad-alias.ts';
import { defaultRequest, toRequests } from './npwg-requests.ts';
import { observe } from './npwg-status.ts';
import { type Claims, nothing, type Provider, type RequestClaim } from './provider.ts';
import { poolKeysOf, segmentOf } from './segment.ts';

const none: RequestClaim[] = [];

/** Requests under a key that nothing reads. */
function misplaced(object: KubeObject, workload: string, namespace: string): RequestClaim[] {
  const typos = annotationKeyTypos(object.metadata.annotations).filter((typo) => typo.meant === NETWORKS_KEY);
  if (typos.length === 0) return none;
  return typos.flatMap((typo) => {
    const written = { object, path: annotationPath(typo.key), text: typo.value, workload };
    const reason = `Nothing reads the annotation ${truncate(typo.key, 120)}; the key is ${typo.meant}.`;
    return toRequests(written, namespace).map((request) => ({
      ...request,
      issues: [],
      inert: { slug: 'sel-wrong-key', reason, key: typo.key, meant: typo.meant },
    }));
  });
}

/**
 * When the spec of a NAD was written last. Its generation counts writes of the spec; managedFields say when, if they have not been taken
 * out: kubectl hides them.
 */
function changedAt(nad: KubeObject): number | undefined {
  if ((asNumber(getPath(nad, 'metadata', 'generation')) ?? 1) < 2) return undefined;
  const times = asRecords(getPath(nad, 'metadata', 'managedFields'))
    .filter((entry) => asRecord(getPath(entry, 'fieldsV1', 'f:spec')))
    .map((entry) => toTime(entry['time']));
  const last = times.reduce((a, b) => Math.max(a, b), 0);
  return last > 0 ? last : undefined;
}

function podClaims(pod: KubeObject): Claims {
  const namespace = pod.metadata.namespace ?? 'default';
  const workload = workloadId('Pod', namespace, pod.metadata.name);
  const { annotations } = pod.metadata;
  const asked = asString(getKey(annotations, NETWORKS_KEY));
  const ofDefault = asString(getKey(annotations, DEFAULT_NETWORK_KEY));
  const requests = ofDefault === undefined ? [] : [defaultRequest(ofDefault, pod, workload)];
  const written = { object: pod, path: annotationPath(NETWORKS_KEY), text: asked ?? '', workload };
  for (const request of toRequests(written, namespace)) requests.push(request);
  for (const request of misplaced(pod, workload, namespace)) requests.push(request);
  const seen = observe(pod, workload, namespace);
  if (requests.length === 0) return seen;
  return { requests, ...seen };
}

/** The annotation on a Deployment itself, which reaches no pod unless the template has it too. */
function ownerClaims(owner: KubeObject): Claims {
  const namespace = owner.metadata.namespace ?? 'default';
  const text = getText(owner, 'metadata', 'annotations', NETWORKS_KEY);
  const onTemplate = getPath(owner, 'spec', 'template', 'metadata', 'annotations', NETWORKS_KEY);
  if (text === undefined || onTemplate !== undefined) return nothing;
  const written = { object: owner, path: annotationPath(NETWORKS_KEY), text, workload: '' };
  const inert = {
    slug: 'sel-wrong-key',
    reason: `The annotation is on the ${owner.kind} itself; pods get only what stands in spec.template.metadata.annotations.`,
    key: NETWORKS_KEY,
    meant: `spec.template.metadata.annotations.${NETWORKS_KEY}`,
  };
  const requests = toRequests(written, namespace).map((request) => ({
    ...request,
    issues: [],
    inert,
  }));
  return { inherited: { owner: ownerKey(namespace, owner.kind, owner.metadata.name), requests } };
}

function nadClaims(nad: KubeObject): Claims {
  const namespace = nad.metadata.namespace ?? 'default';
  const name = nad.metadata.name;
  const raw = getPath(nad, 'spec', 'config');
  const text = typeof raw === 'string' ? raw : undefined;
  const read = parseNetworkConfig(text, name);
  const resourceName = getText(nad, 'metadata', 'annotations', 'k8s.v1.cni.cncf.io/resourceName');
  const described = describeNetwork(read);
  const changed = changedAt(nad);
  const context = { nad: { namespace, name }, ...(resourceName ? { resourceName } : {}) };
  const poolKeys = poolKeysOf(described, read.name);
  const segment = segmentOf(described, read.name, resourceName);
  return {
    networks: [
      {
        aliases: [nadAlias(namespace, name)],
        ref: refOf(nad),
        name,
        namespace,
        technology: described.technology,
        role: described.role === 'primary' ? 'primary' : 'secondary',
        subnets: described.subnets,
        gateways: described.gateways,
        ...(described.vlan === undefined ? {} : { vlan: described.vlan }),
        ...(described.mtu === undefined ? {} : { mtu: described.mtu }),
        uplinks: uplinksOf(described, resourceName),
        conditions: [],
        ...(text === undefined ? {} : { config: { text, path: pointer('spec', 'config'), read } }),
        ...(resourceName ? { resourceName } : {}),
        issues: withPositions(text ?? '', [...read.issues, ...checkNetworkConfig(read, context)]),
        createdAt: createdAt(nad),
        ...(changed === undefined ? {} : { changedAt: changed }),
        ...(described.ipam ? { ipam: described.ipam } : {}),
        ...(poolKeys.length > 0 ? { poolKeys } : {}),
        ...(segment ? { segment } : {}),
      },
    ],
  };
}

function uplinksOf(described: ReturnType<typeof describeNetwork>, resourceName: string | undefined) {
  const device = described.master ?? described.bridge ?? described.device;
  const uplink = {
    ...(device ? { device } : {}),
    ...(described.physicalNetwork ? { physicalNetwork: described.physicalNetwork } : {}),
    ...(resourceName ? { resourceName } : {}),
  };
  return Object.keys(uplink).length > 0 ? [uplink] : [];
}

/** The de-facto standard of the Network Plumbing Working Group as Multus implements it. */
export const npwg: Provider = {
  id: 'npwg',
  title: 'NetworkAttachmentDefinition (NPWG, Multus)',
  kinds: [
    {
      group: 'k8s.cni.cncf.io',
      versions: ['v1'],
      resource: 'network-attachment-definitions',
      kind: 'NetworkAttachmentDefinition',
      namespaced: true,
      optional: true,
      why: 'the networks that pods ask for by annotation',
    },
    {
      group: 'apps',
      versions: ['v1'],
      resource: 'deployments',
      kind: 'Deployment',
      namespaced: true,
      optional: true,
      why: 'annotations that stand on the owner instead of its pods',
    },
    {
      group: 'apps',
      versions: ['v1'],
      resource: 'statefulsets',
      kind: 'StatefulSet',
      namespaced: true,
      optional: true,
      why: 'annotations that stand on the owner instead of its pods',
    },
    {
      group: 'apps',
      versions: ['v1'],
      resource: 'daemonsets',
      kind: 'DaemonSet',
      namespaced: true,
      optional: true,
      why: 'annotations that stand on the owner instead of its pods',
    },
    {
      group: '',
      versions: ['v1'],
      resource: 'configmaps',
      kind: 'ConfigMap',
      namespaced: true,
      optional: true,
      why: 'namespace isolation and default networks of Multus',
      names: ['multus-daemon-config', 'multus-cni-config'],
    },
  ],
  reads: [{ group: '', kind: 'Pod' }],
  claims: (object) => {
    switch (object.kind) {
      case 'Pod':
        return podClaims(object);
      case 'NetworkAttachmentDefinition':
        return nadClaims(object);
      case 'Deployment':
      case 'StatefulSet':
      case 'DaemonSet':
        return ownerClaims(object);
      case 'ConfigMap':
        return readMultusSettings(object);
      default:
        return nothing;
    }
  },
};

import { annotationKeyTypos } from '../cni/annotation-keys.ts';
import { DEFAULT_NETWORK_KEY, parseDefaultNetwork } from '../cni/default-network.ts';
import { effectiveInterfaces } from '../cni/interface-names.ts';
import { parseNetworkConfig, withPositions } from '../cni/network-config.ts';
import { DEPRECATED_STATUS_KEY, readNetworkStatus, STATUS_KEY, type StatusEntry } from '../cni/network-status.ts';
import { checkNetworkConfig, describeNetwork } from '../cni/plugins/registry.ts';
import { NETWORKS_KEY, parseSelection, type Selection, type SelectionElement } from '../cni/selection.ts';
import { type KubeObject, refOf } from '../kube/object.ts';
import { asNumber, asRecord, asRecords, asStringMap, getPath, getText, pointer, truncate } from '../kube/read.ts';
import { workloadId } from '../model/ids.ts';
import type { Alias, Device, Evidence, Interface, Requested } from '../model/topology.ts';
import { canonicalIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import { defaultNetworkAlias } from './default-network.ts';
import { createdAt, ownerKey, toTime } from './kubernetes.ts';
import { readMultusSettings } from './multus-settings.ts';
import {
  type Claims,
  nothing,
  type ObservationClaim,
  type Provider,
  type ReportClaim,
  type RequestClaim,
  type RequestIssue,
} from './provider.ts';
import { poolKeysOf, segmentOf } from './segment.ts';

export const nadAlias = (namespace: string, name: string): Alias => ({ scheme: 'nad', value: `${namespace}/${name}` });

const excerptLimit = 400;

type Written = { object: KubeObject; path: string; text: string; workload: string };

/** Evidence in an annotation: the text around the element, the element marked. */
function elementSource(written: Written, element: SelectionElement): Evidence {
  const from = Math.max(0, element.span.offset - 80);
  const value = written.text.slice(from, from + excerptLimit);
  const mark = {
    offset: element.span.offset - from,
    length: Math.min(element.span.length, excerptLimit - (element.span.offset - from)),
  };
  return { ref: refOf(written.object), path: written.path, value, mark };
}

/** `ns/name` as it was asked for; text with too many slashes as it stands. */
const nameOf = (element: SelectionElement): string => {
  const written = element.raw.trim().split('@')[0] ?? '';
  if (!written.startsWith('{') && written.split('/').length > 2) return truncate(written, 253);
  return `${element.namespace}/${element.name || '(empty)'}`;
};

function toRequested(element: SelectionElement, source: Evidence): Requested {
  const requested: Requested = {
    network: nameOf(element),
    namespace: element.namespace,
    source,
  };
  if (element.interface) requested.interface = element.interface;
  if (element.ips) requested.ips = element.ips.slice(0, 16);
  if (element.mac) requested.mac = element.mac;
  return requested;
}

/** The elements of a selection as requests; issues that concern no element go with the first. */
function toRequests(selection: Selection, written: Written): RequestClaim[] {
  const general: RequestIssue[] = selection.issues.filter((issue) => issue.element === undefined);
  const numbered = effectiveInterfaces(selection.elements);
  const requests = selection.elements.map((element, index): RequestClaim => {
    const own = selection.issues.filter((issue) => issue.element === index);
    return {
      workload: written.workload,
      index,
      alias: nadAlias(element.namespace, element.name),
      requested: toRequested(element, elementSource(written, element)),
      interface: numbered[index]?.interface ?? null,
      issues: index === 0 ? [...general, ...own] : own,
      guess: element.guess === true,
      element,
    };
  });
  if (requests.length > 0 || general.length === 0) return requests;
  const source = { ref: refOf(written.object), path: written.path, value: truncate(written.text, excerptLimit) };
  return [
    {
      workload: written.workload,
      index: 0,
      alias: null,
      requested: { network: '', source },
      interface: null,
      issues: general,
      guess: true,
    },
  ];
}

/** Requests under a key that nothing reads. */
function misplaced(
  object: KubeObject,
  annotations: ReadonlyMap<string, string>,
  workload: string,
  namespace: string,
): RequestClaim[] {
  return annotationKeyTypos(Object.fromEntries(annotations))
    .filter((typo) => typo.meant === NETWORKS_KEY)
    .flatMap((typo) => {
      const written = { object, path: pointer('metadata', 'annotations', typo.key), text: typo.value, workload };
      const reason = `Nothing reads the annotation ${truncate(typo.key, 120)}; the key is ${typo.meant}.`;
      return toRequests(parseSelection(typo.value, namespace), written).map((request) => ({
        ...request,
        issues: [],
        inert: { slug: 'sel-wrong-key', reason, key: typo.key, meant: typo.meant },
      }));
    });
}

function defaultRequest(text: string | undefined, object: KubeObject, workload: string): RequestClaim[] {
  if (text === undefined) return [];
  const { element, issues } = parseDefaultNetwork(text);
  const source = {
    ref: refOf(object),
    path: pointer('metadata', 'annotations', DEFAULT_NETWORK_KEY),
    value: truncate(text, excerptLimit),
  };
  return [
    {
      workload,
      index: 'default',
      alias: element ? nadAlias(element.namespace, element.name) : null,
      requested: element ? toRequested(element, source) : { network: '', source },
      interface: 'eth0',
      issues: [...issues],
      guess: element === undefined,
      ...(element ? { element } : {}),
    },
  ];
}

function toDevice(entry: StatusEntry): Device | undefined {
  const info = entry.deviceInfo;
  if (!info) return undefined;
  const details: Record<string, string> = {};
  for (const [key, value] of Object.entries(info))
    if (typeof value === 'string' && key !== 'type') details[key] = value;
  const device: Device = { type: info.type, details };
  if (info.pciAddress) device.id = info.pciAddress;
  return device;
}

function toInterface(entry: StatusEntry): Interface {
  const seen: Interface = { addresses: entry.ips.slice(0, 64).map((ip) => ({ ip: canonicalIp(ip) ?? ip })) };
  const device = toDevice(entry);
  if (entry.interface) seen.name = entry.interface;
  if (entry.mac) seen.mac = canonicalMac(entry.mac) ?? entry.mac;
  if (entry.mtu !== undefined) seen.mtu = entry.mtu;
  if (entry.default) seen.isDefault = true;
  const gateways = entry.gateways.filter((gateway) => gateway !== '<nil>');
  if (gateways.length > 0) seen.gateways = gateways;
  if (entry.dns && Object.keys(entry.dns).length > 0) seen.dns = entry.dns;
  if (device) seen.device = device;
  return seen;
}

/** NPWG: the default network's entry carries `default: true`; before that key existed it was the one on eth0. */
function observe(
  object: KubeObject,
  annotations: ReadonlyMap<string, string>,
  workload: string,
  namespace: string,
): Claims {
  const status = readNetworkStatus(Object.fromEntries(annotations));
  if (!status.key) return nothing;
  // The primary network of OVN-Kubernetes has the name of the default network and is marked as default: eth0 is that of the cluster.
  const isPrimary = (entry: StatusEntry): boolean => entry.interface === 'ovn-udn1' && !entry.name.includes('/');
  const marked = status.entries.some((entry) => entry.default && !isPrimary(entry));
  const hints: Claims['hints'] = [];
  const observations = status.entries.slice(0, 1000).map((entry): ObservationClaim => {
    const primary = isPrimary(entry);
    const isDefault = !primary && (entry.default || (!marked && entry.interface === 'eth0'));
    const qualified = entry.name.includes('/');
    if (isDefault && entry.name && !qualified)
      hints.push({ alias: defaultNetworkAlias, name: truncate(entry.name, 253) });
    const alias = qualified
      ? { scheme: 'nad', value: entry.name }
      : entry.name && !isDefault && !primary
        ? nadAlias(namespace, entry.name)
        : null;
    const source = {
      ref: refOf(object),
      path: pointer('metadata', 'annotations', status.key ?? ''),
      value: truncate(excerptOf(annotations.get(status.key ?? '') ?? '', entry), excerptLimit),
    };
    return {
      workload,
      alias: isDefault && !qualified ? defaultNetworkAlias : alias,
      name: entry.name,
      interface: toInterface(entry),
      rank: 50,
      isDefault,
      source,
      weight: 'status',
    };
  });
  return { ...(observations.length > 0 ? { observations, hints } : {}), report: toReport(object, annotations, status) };
}

/** That there is a report, and what is wrong with it. */
function toReport(
  object: KubeObject,
  annotations: ReadonlyMap<string, string>,
  { key = STATUS_KEY, issues }: ReturnType<typeof readNetworkStatus>,
): ReportClaim {
  const text = annotations.get(key) ?? '';
  const path = pointer('metadata', 'annotations', key);
  return {
    workload: workloadId('Pod', object.metadata.namespace ?? 'default', object.metadata.name),
    source: { ref: refOf(object), path, value: truncate(text, excerptLimit) },
    issues: issues.slice(0, 10),
    deprecated: key === DEPRECATED_STATUS_KEY,
  };
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

const excerptOf = (text: string, entry: StatusEntry): string =>
  text.slice(entry.span.offset, entry.span.offset + entry.span.length);

function podClaims(pod: KubeObject): Claims {
  const namespace = pod.metadata.namespace ?? 'default';
  const workload = workloadId('Pod', namespace, pod.metadata.name);
  const annotations = asStringMap(pod.metadata.annotations);
  const text = annotations.get(NETWORKS_KEY);
  const written = { object: pod, path: pointer('metadata', 'annotations', NETWORKS_KEY), text: text ?? '', workload };
  const requests = [
    ...defaultRequest(annotations.get(DEFAULT_NETWORK_KEY), pod, workload),
    ...toRequests(parseSelection(text, namespace), written),
    ...misplaced(pod, annotations, workload, namespace),
  ];
  return { ...(requests.length > 0 ? { requests } : {}), ...observe(pod, annotations, workload, namespace) };
}

/** The annotation on a Deployment itself, which reaches no pod unless the template has it too. */
function ownerClaims(owner: KubeObject): Claims {
  const namespace = owner.metadata.namespace ?? 'default';
  const text = getText(owner, 'metadata', 'annotations', NETWORKS_KEY);
  const onTemplate = getPath(owner, 'spec', 'template', 'metadata', 'annotations', NETWORKS_KEY);
  if (text === undefined || onTemplate !== undefined) return nothing;
  const written = { object: owner, path: pointer('metadata', 'annotations', NETWORKS_KEY), text, workload: '' };
  const inert = {
    slug: 'sel-wrong-key',
    reason: `The annotation is on the ${owner.kind} itself; pods get only what stands in spec.template.metadata.annotations.`,
    key: NETWORKS_KEY,
    meant: `spec.template.metadata.annotations.${NETWORKS_KEY}`,
  };
  const requests = toRequests(parseSelection(text, namespace), written).map((request) => ({
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

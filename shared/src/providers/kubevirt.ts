import { type KubeObject, refOf } from '../kube/object.ts';
import { asArray, asRecord, asRecords, asText, getPath, getText, pointer, truncate } from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import { edgeId, workloadId } from '../model/ids.ts';
import type { Address, Alias, Interface, Workload } from '../model/topology.ts';
import { toIpOrCidr } from '../net/cidr.ts';
import { canonicalIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import { sha256Hex } from '../net/sha256.ts';
import { defaultNetworkAlias } from './default-network.ts';
import { createdAt, ownerOf, toConditions } from './kubernetes.ts';
import { nadAlias } from './nad-alias.ts';
import {
  type Claims,
  nothing,
  type ObservationClaim,
  type Provider,
  type RequestClaim,
  type WorkloadClaim,
} from './provider.ts';

const group = 'kubevirt.io';
const networkLimit = 256;

/** "pod" and the first 11 hex digits of a hash of the network's name in the machine (pkg/network/namescheme). */
export const hashedName = (network: string): string => `pod${sha256Hex(truncate(network, 253)).slice(0, 11)}`;

/** A network of a machine with its interface, as the spec has them. */
type Wanted = {
  name: string;
  /** null: of no kind that is known. */
  alias: Alias | null;
  /** As it is written: `ns/nad`. */
  shown: string;
  isDefault: boolean;
  binding: string;
  mac?: string;
  /** `up`, `down`, or `absent`: to be taken out of the running machine. */
  state?: string;
  path: string;
};

const bindings = ['masquerade', 'bridge', 'sriov', 'passtBinding', 'passt', 'slirp', 'macvtap'];

const bindingOf = (item: unknown): string =>
  getText(item, 'binding', 'name') ?? bindings.find((key) => getPath(item, key) !== undefined) ?? '';

function toWanted(network: unknown, interfaces: readonly unknown[], namespace: string, path: string): Wanted[] {
  const name = getText(network, 'name');
  if (!name) return [];
  const own = interfaces.find((item) => getText(item, 'name') === name);
  const nad = getText(network, 'multus', 'networkName');
  const mac = getText(own, 'macAddress');
  const state = getText(own, 'state');
  const common = {
    name: truncate(name, 253),
    binding: truncate(bindingOf(own), 64),
    ...(mac ? { mac: canonicalMac(mac) ?? truncate(mac, 64) } : {}),
    ...(state ? { state: truncate(state, 32) } : {}),
    path,
  };
  if (nad) {
    const [space, rest] = nad.includes('/')
      ? [nad.split('/')[0] ?? '', nad.slice(nad.indexOf('/') + 1)]
      : [namespace, nad];
    const shown = truncate(`${space}/${rest}`, 317);
    const isDefault = getPath(network, 'multus', 'default') === true;
    return [{ ...common, alias: nadAlias(truncate(space, 63), truncate(rest, 253)), shown, isDefault }];
  }
  if (asRecord(getPath(network, 'pod')))
    return [{ ...common, alias: defaultNetworkAlias, shown: 'default', isDefault: true }];
  return [{ ...common, alias: null, shown: common.name, isDefault: false }];
}

/** Networks of a spec. Without any, KubeVirt adds the pod network unless it is told not to. */
function wantedOf(object: KubeObject, spec: readonly string[], namespace: string): Wanted[] {
  const at = (...path: string[]) => getPath(object, ...spec, ...path);
  const interfaces = asRecords(at('domain', 'devices', 'interfaces')).slice(0, networkLimit);
  const networks = (asArray(at('networks')) ?? []).slice(0, networkLimit);
  if (networks.length === 0) {
    if (at('domain', 'devices', 'autoattachPodInterface') === false || !asRecord(at())) return [];
    const path = pointer(...spec);
    return [
      {
        name: 'default',
        alias: defaultNetworkAlias,
        shown: 'default',
        isDefault: true,
        binding: '',
        path,
      },
    ];
  }
  return networks.flatMap((network, index) =>
    toWanted(network, interfaces, namespace, pointer(...spec, 'networks', index)),
  );
}

function toAddresses(item: unknown): Address[] {
  const list = asArray(getPath(item, 'ipAddresses')) ?? [];
  const single = asText(getPath(item, 'ipAddress'));
  const texts = list.length > 0 ? list : single ? [single] : [];
  return texts.slice(0, 32).flatMap((text): Address[] => {
    const cidr = asText(text) ? toIpOrCidr(String(text)) : undefined;
    if (!cidr) return [];
    const ip = canonicalIp(cidr.address.text) ?? cidr.address.text;
    return [String(text).includes('/') ? { ip, prefixLength: cidr.prefixLength } : { ip }];
  });
}

type Seen = { item: unknown; index: number; name: string };

/** What the guest itself made has no name: bridges and veths of containers inside the machine are no attachments. */
const seenOf = (vmi: KubeObject): Seen[] =>
  (asArray(getPath(vmi, 'status', 'interfaces')) ?? []).slice(0, networkLimit).flatMap((item, index) => {
    const name = getText(item, 'name');
    return name ? [{ item, index, name: truncate(name, 253) }] : [];
  });

/** Old launcher pods count: net1, net2 in the order of the networks that are not the default one. One such name tells for all. */
const podNames = (wanted: readonly Wanted[], seen: readonly Seen[]): Map<string, string> => {
  const ordinal = seen.some(({ item }) => /^net\d+$/.test(getText(item, 'podInterfaceName') ?? ''));
  let next = 0;
  return new Map(
    wanted.map(({ name, isDefault }) => [name, isDefault ? 'eth0' : ordinal ? `net${++next}` : hashedName(name)]),
  );
};

function toInterface({ item }: Seen, own: Wanted | undefined, podName: string | undefined): Interface {
  const guest = getText(item, 'interfaceName');
  const inPod = getText(item, 'podInterfaceName') ?? podName;
  const mac = getText(item, 'mac');
  const name = guest ?? inPod;
  const details = Object.entries({
    network: own?.name,
    binding: own?.binding,
    'name in the launcher pod': inPod,
    'name in the guest': guest,
    'reported by': getText(item, 'infoSource'),
    link: getText(item, 'linkState'),
    'wanted state': own?.state,
  }).flatMap(([key, value]) => (value ? [[key, truncate(value, 200)] as const] : []));
  return {
    ...(name ? { name: truncate(name, 64) } : {}),
    addresses: toAddresses(item),
    ...(mac ? { mac: canonicalMac(mac) ?? truncate(mac, 64) } : {}),
    ...(own?.isDefault ? { isDefault: true } : {}),
    device: { type: 'vm-interface', details: Object.fromEntries(details) },
  };
}

function toRequests(
  object: KubeObject,
  workload: string,
  wanted: readonly Wanted[],
  nameOf: (own: Wanted) => string | null,
) {
  let index = 0;
  return wanted.flatMap((own): RequestClaim[] => {
    if (own.state === 'absent') return [];
    return [
      {
        workload,
        index: own.isDefault ? 'default' : index++,
        alias: own.alias,
        requested: {
          network: own.shown,
          ...(own.mac ? { mac: own.mac } : {}),
          source: { ref: refOf(object), path: own.path, value: own.name },
        },
        interface: nameOf(own),
        issues: [],
        guess: false,
      },
    ];
  });
}

const phases: Readonly<Record<string, string>> = {
  Pending: 'Pending',
  Scheduling: 'Pending',
  Scheduled: 'Pending',
  WaitingForSync: 'Pending',
  Running: 'Running',
  Succeeded: 'Succeeded',
  Failed: 'Failed',
};

function toLabels(object: KubeObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(asRecord(object.metadata.labels) ?? {}).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value]] : [],
    ),
  );
}

/** Once it has arrived, or has given up, the state of a migration stays as a record. */
function migrationOf(object: KubeObject): Pick<WorkloadClaim, 'migration'> {
  const move = asRecord(getPath(object, 'status', 'migrationState'));
  if (!move || move['completed'] === true || move['failed'] === true) return {};
  const [from, to] = [asText(move['sourcePod']), asText(move['targetPod'])];
  if (!from && !to) return {};
  return {
    migration: { ...(from ? { from: truncate(from, 253) } : {}), ...(to ? { to: truncate(to, 253) } : {}) },
  };
}

/** A virtual machine as a workload; `phase` in the words of pods. */
function toWorkload(object: KubeObject, phase: string, ready: boolean): WorkloadClaim {
  const { namespace = 'default', name, uid } = object.metadata;
  const terminating = typeof object.metadata.deletionTimestamp === 'string';
  const owner = ownerOf(object);
  const node = getText(object, 'status', 'nodeName');
  const workload: Workload = {
    id: workloadId('VirtualMachineInstance', namespace, name),
    kind: 'VirtualMachineInstance',
    namespace,
    name,
    ...(uid ? { uid } : {}),
    ...(node ? { node: truncate(node, 253) } : {}),
    phase: terminating ? 'Terminating' : phase,
    ready,
    hostNetwork: false,
    ...(owner ? { owner } : {}),
    labels: toLabels(object),
  };
  return {
    workload,
    ref: refOf(object),
    createdAt: createdAt(object),
    planned: !uid && !object.metadata.resourceVersion && object['status'] === undefined,
    terminating,
    finished: phase === 'Succeeded' || phase === 'Failed' || phase === 'Stopped',
    // An instance that does not list its interfaces yet says nothing about any of them.
    sandbox: phase === 'Running' && (asArray(getPath(object, 'status', 'interfaces')) ?? []).length > 0,
    idle: false,
    podIps: [],
    resources: {},
    waiting: [],
    multusDaemon: false,
    conditions: toConditions(getPath(object, 'status', 'conditions')).slice(0, 32),
    ...migrationOf(object),
  };
}

/** That the default network is there, of which no object tells. */
const hintsOf = (wanted: readonly Wanted[]): Pick<Claims, 'hints'> =>
  wanted.some(({ alias }) => alias === defaultNetworkAlias)
    ? { hints: [{ alias: defaultNetworkAlias, name: '' }] }
    : {};

function vmiClaims(vmi: KubeObject): Claims {
  const phase = getText(vmi, 'status', 'phase') ?? 'Pending';
  const conditions = toConditions(getPath(vmi, 'status', 'conditions'));
  const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  const claim = toWorkload(vmi, Object.hasOwn(phases, phase) ? (phases[phase] ?? 'Unknown') : 'Unknown', isReady);
  const { id, namespace } = claim.workload;
  const wanted = wantedOf(vmi, ['spec'], namespace);
  const seen = seenOf(vmi);
  const inPod = podNames(wanted, seen);
  const interfaces = new Map(
    seen.map((one) => [
      one.name,
      toInterface(
        one,
        wanted.find(({ name }) => name === one.name),
        inPod.get(one.name),
      ),
    ]),
  );
  const nameOf = ({ name }: Wanted): string | null => interfaces.get(name)?.name ?? inPod.get(name) ?? null;
  const observations = seen.flatMap((one): ObservationClaim[] => {
    const own = wanted.find(({ name }) => name === one.name);
    const found = interfaces.get(one.name);
    if (!found) return [];
    return [
      {
        workload: id,
        alias: own?.alias ?? null,
        name: own?.shown ?? one.name,
        interface: found,
        rank: 60,
        isDefault: own?.isDefault ?? false,
        source: { ref: refOf(vmi), path: pointer('status', 'interfaces', one.index), value: one.name },
        weight: 'status',
      },
    ];
  });
  const requests = toRequests(vmi, id, wanted, nameOf);
  return {
    workload: claim,
    ...(requests.length > 0 ? { requests, ...hintsOf(wanted) } : {}),
    ...(observations.length > 0 ? { observations } : {}),
  };
}

/** What a machine that does not run would be attached to: shown while there is no instance of it. */
function vmClaims(vm: KubeObject): Claims {
  const spec = ['spec', 'template', 'spec'];
  if (!asRecord(getPath(vm, ...spec))) return nothing;
  const said = getText(vm, 'status', 'printableStatus');
  const halted = getPath(vm, 'spec', 'running') === false || getText(vm, 'spec', 'runStrategy') === 'Halted';
  const claim = toWorkload(vm, said === 'Stopped' || (said === undefined && halted) ? 'Stopped' : 'Pending', false);
  const wanted = wantedOf(vm, spec, claim.workload.namespace);
  const inPod = podNames(wanted, []);
  return {
    ...hintsOf(wanted),
    standIn: {
      workload: claim,
      requests: toRequests(vm, claim.workload.id, wanted, ({ name }) => inPod.get(name) ?? null),
    },
  };
}

/** A launcher pod stands behind the machine that owns it; while it migrates there are two. */
function launcherClaims(pod: KubeObject): Claims {
  const owner = ownerOf(pod);
  const labelled = getText(pod, 'metadata', 'labels', 'kubevirt.io') === 'virt-launcher';
  const named = labelled ? getText(pod, 'metadata', 'annotations', 'kubevirt.io/domain') : undefined;
  const name = owner?.kind === 'VirtualMachineInstance' ? owner.name : named;
  if (!name) return nothing;
  const namespace = pod.metadata.namespace ?? 'default';
  const from = workloadId('Pod', namespace, pod.metadata.name);
  const to = workloadId('VirtualMachineInstance', namespace, truncate(name, 253));
  return { edges: [{ id: edgeId('backs', from, to), kind: 'backs', from, to }] };
}

const kind = (name: string, resource: string, why: string): WatchedKind => ({
  group,
  versions: ['v1', 'v1alpha3'],
  resource,
  kind: name,
  namespaced: true,
  optional: true,
  why,
});

/** Virtual machines in pods: their networks, and what the guest sees of them (kubevirt/kubevirt). */
export const kubevirt: Provider = {
  id: 'kubevirt',
  title: 'KubeVirt',
  kinds: [
    kind(
      'VirtualMachineInstance',
      'virtualmachineinstances',
      'networks of virtual machines, and what their guests see',
    ),
    kind('VirtualMachine', 'virtualmachines', 'networks of virtual machines that do not run'),
  ],
  reads: [{ group: '', kind: 'Pod' }],
  claims: (object) => {
    if (object.kind === 'Pod') return launcherClaims(object);
    if (!object.apiVersion.startsWith(`${group}/`)) return nothing;
    if (object.kind === 'VirtualMachineInstance') return vmiClaims(object);
    if (object.kind === 'VirtualMachine') return vmClaims(object);
    return nothing;
  },
};

import { parseNetworkConfig } from '../cni/network-config.ts';
import { describeNetwork } from '../cni/plugins/registry.ts';
import { type KubeObject, refOf } from '../kube/object.ts';
import { asNumber, asRecords, asText, getPath, getText, pointer, truncate } from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import { deviceId } from '../model/ids.ts';
import { canonicalMac } from '../net/mac.ts';
import type { DeviceClaim, VfOffer } from './device-claims.ts';
import { createdAt, toConditions } from './kubernetes.ts';
import { type Claims, nothing, type Provider } from './provider.ts';

/** The operator's own group, and that of the fork in Google Distributed Cloud. */
const groups = ['sriovnetwork.openshift.io', 'sriovnetwork.k8s.cni.cncf.io'];

const technologies: Readonly<Record<string, string>> = {
  SriovNetwork: 'sriov',
  SriovIBNetwork: 'ib-sriov',
  OVSNetwork: 'ovs',
};

const ipamLimit = 20_000;

/** `spec.ipam` is JSON in a string, and goes into the NAD as it stands. */
function readIpam(object: KubeObject, type: string): { subnets: string[]; gateways: string[] } {
  const text = getText(object, 'spec', 'ipam');
  if (!text || text.length > ipamLimit) return { subnets: [], gateways: [] };
  return describeNetwork(parseNetworkConfig(`{"type":"${type}","ipam":${text}}`, object.metadata.name));
}

/** The NAD that the operator makes has the network's name, in `networkNamespace`, else in the operator's own. */
function networkClaims(object: KubeObject, technology: string): Claims {
  const { name, namespace = 'default' } = object.metadata;
  const target = truncate(getText(object, 'spec', 'networkNamespace') ?? namespace, 253);
  const vlan = asNumber(getPath(object, 'spec', 'vlan'));
  const mtu = asNumber(getPath(object, 'spec', 'mtu'));
  const bridge = getText(object, 'spec', 'bridge');
  const { subnets, gateways } = readIpam(object, technology);
  return {
    networks: [
      {
        aliases: [
          { scheme: 'sriov-network', value: `${object.kind}/${namespace}/${name}` },
          { scheme: 'nad', value: `${target}/${name}` },
        ],
        ref: refOf(object),
        name,
        namespace: target,
        technology,
        role: 'secondary',
        subnets,
        gateways,
        ...(vlan ? { vlan } : {}),
        ...(mtu ? { mtu } : {}),
        // The NAD names the resource with its prefix, which only the operator knows.
        uplinks: bridge ? [{ device: truncate(bridge, 64) }] : [],
        conditions: toConditions(getPath(object, 'status', 'conditions')),
        issues: [],
        createdAt: createdAt(object),
        vfResource: truncate(getText(object, 'spec', 'resourceName') ?? '', 253),
      },
    ],
  };
}

const detailsOf = (all: Record<string, string | number | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [[key, truncate(String(value), 200)] as const],
    ),
  );

/** `ens1f0#0-3` names VFs 0 to 3. */
function inRange(range: string | undefined, id: number): boolean {
  const found = /#(\d{1,4})-(\d{1,4})$/.exec(range ?? '');
  return found ? id >= Number(found[1]) && id <= Number(found[2]) : range !== undefined;
}

type VfGroup = { range: string | undefined; resource: string | undefined; policy: string | undefined };

const groupsOf = (wanted: unknown): VfGroup[] =>
  asRecords(getPath(wanted, 'vfGroups'))
    .slice(0, 100)
    .map((item) => ({
      range: asText(item['vfRange']),
      resource: asText(item['resourceName']),
      policy: asText(item['policyName']),
    }));

const mtuOf = (value: unknown): { mtu?: number } => {
  const mtu = asNumber(getPath(value, 'mtu'));
  return mtu ? { mtu } : {};
};

/** Keys are lower case but for `Vfs` and, in a VF, `Vlan`; the operator's documentation has `vlan`. */
function toVf(vf: unknown, path: string, node: string, parent: string, offered: readonly VfGroup[]): DeviceClaim[] {
  const address = getText(vf, 'pciAddress');
  if (!address) return [];
  const id = asNumber(getPath(vf, 'vfID'));
  const own = id === undefined ? undefined : offered.find(({ range }) => inRange(range, id));
  const vlan = asNumber(getPath(vf, 'Vlan')) ?? asNumber(getPath(vf, 'vlan'));
  const mac = getText(vf, 'mac');
  return [
    {
      id: deviceId(node, 'vf', truncate(address, 64)),
      node,
      kind: 'vf',
      name: truncate(getText(vf, 'name') ?? address, 64),
      parent,
      ...(own?.resource ? { resourceName: truncate(own.resource, 253) } : {}),
      details: detailsOf({
        'PCI address': address,
        VF: id,
        mac: mac && (canonicalMac(mac) ?? mac),
        driver: getText(vf, 'driver'),
        vlan: vlan || undefined,
        mtu: asNumber(getPath(vf, 'mtu')),
        assigned: getText(vf, 'assigned'),
        policy: own?.policy,
      }),
      path,
      ...mtuOf(vf),
    },
  ];
}

function toNic(
  nic: unknown,
  index: number,
  node: string,
  wanted: readonly unknown[],
  sync: string | undefined,
): DeviceClaim[] {
  const address = getText(nic, 'pciAddress');
  const name = truncate(getText(nic, 'name') ?? address ?? '', 64);
  if (!name) return [];
  const id = deviceId(node, 'nic', name);
  const path = pointer('status', 'interfaces', index);
  const own = wanted.find((item) => getText(item, 'pciAddress') === address);
  const offered = own ? groupsOf(own) : [];
  const upper = getPath(nic, 'Vfs');
  const key = upper === undefined ? 'vfs' : 'Vfs';
  const vfs = getPath(nic, key);
  const state = getText(nic, 'linkAdminState');
  const altNames = getPath(nic, 'altNames');
  const mac = getText(nic, 'mac');
  const pf: DeviceClaim = {
    id,
    node,
    kind: 'nic',
    name,
    details: detailsOf({
      'PCI address': address,
      mac: mac && (canonicalMac(mac) ?? mac),
      driver: getText(nic, 'driver'),
      vendor: getText(nic, 'vendor'),
      device: getText(nic, 'deviceID'),
      mtu: asNumber(getPath(nic, 'mtu')),
      VFs: asNumber(getPath(nic, 'numVfs')),
      'VFs at most': asNumber(getPath(nic, 'totalvfs')),
      'VFs wanted': asNumber(getPath(own, 'numVfs')),
      speed: getText(nic, 'linkSpeed'),
      link: getText(nic, 'linkType'),
      state,
      'eSwitch mode': getText(nic, 'eSwitchMode'),
      sync,
      policies: [...new Set(offered.flatMap(({ policy }) => policy ?? []))].join(' '),
    }),
    path,
    ...mtuOf(nic),
    ...(state === 'up' || state === 'down' ? { up: state === 'up' } : {}),
    ...(Array.isArray(altNames) ? { altNames: altNames.slice(0, 16).flatMap((one) => asText(one) ?? []) } : {}),
  };
  return [
    pf,
    ...(Array.isArray(vfs) ? vfs : [])
      .slice(0, 512)
      .flatMap((vf, at) => toVf(vf, `${path}${pointer(key, at)}`, node, id, offered)),
  ];
}

const deviceLimit = 2000;

/** Name of the object = name of the node. */
function stateClaims(object: KubeObject): Claims {
  const node = object.metadata.name;
  const ref = refOf(object);
  const wanted = asRecords(getPath(object, 'spec', 'interfaces')).slice(0, 256);
  const nics = getPath(object, 'status', 'interfaces');
  const seen = new Set<string>();
  const devices = (Array.isArray(nics) ? nics : [])
    .slice(0, 256)
    .flatMap((nic, index) => toNic(nic, index, node, wanted, getText(object, 'status', 'syncStatus')))
    .filter(({ id }) => !seen.has(id) && seen.add(id))
    .slice(0, deviceLimit);
  const failed = getText(object, 'status', 'syncStatus') === 'Failed';
  const message = truncate(getText(object, 'status', 'lastSyncError') ?? '', 400);
  const resources = new Set(wanted.flatMap((item) => groupsOf(item).flatMap(({ resource }) => resource ?? [])));
  const offer = (resource: string): VfOffer => ({ resource, node, ref, path: '/spec/interfaces' });
  return {
    devices: [
      {
        node,
        ref,
        complete: false,
        devices,
        ...(failed
          ? {
              trouble: {
                kind: 'sriov-sync-failed',
                path: '/status/syncStatus',
                condition: { type: 'syncStatus', status: 'Failed', ...(message ? { message } : {}) },
                about: node,
              },
            }
          : {}),
      },
    ],
    // The empty name: that there is a node state at all.
    vfOffers: [
      { resource: '', node, ref, path: '' },
      ...[...resources].slice(0, 200).map((name) => offer(truncate(name, 253))),
    ],
  };
}

function policyClaims(object: KubeObject): Claims {
  const resource = getText(object, 'spec', 'resourceName');
  // The policy "default" is the operator's own and selects nothing.
  if (!resource) return nothing;
  return { vfOffers: [{ resource: truncate(resource, 253), ref: refOf(object), path: '/spec/resourceName' }] };
}

const kind = (group: string, name: string, resource: string, why: string): WatchedKind => ({
  group,
  versions: ['v1'],
  resource,
  kind: name,
  namespaced: true,
  optional: true,
  why,
});

/** SR-IOV network operator: networks that become NADs, and the VFs of nodes (k8snetworkplumbingwg/sriov-network-operator). */
export const sriov: Provider = {
  id: 'sriov-operator',
  title: 'SR-IOV network operator',
  kinds: groups.flatMap((group) => [
    kind(group, 'SriovNetwork', 'sriovnetworks', 'the networks behind the NADs that the operator makes'),
    kind(group, 'SriovIBNetwork', 'sriovibnetworks', 'InfiniBand networks that the operator makes NADs of'),
    kind(group, 'OVSNetwork', 'ovsnetworks', 'Open vSwitch networks that the operator makes NADs of'),
    kind(group, 'SriovNetworkNodePolicy', 'sriovnetworknodepolicies', 'which resources VFs are made for'),
    kind(
      group,
      'SriovNetworkNodeState',
      'sriovnetworknodestates',
      'NICs and VFs of nodes, and whether they came about',
    ),
  ]),
  claims: (object) => {
    if (!groups.some((group) => object.apiVersion.startsWith(`${group}/`))) return nothing;
    const technology = Object.hasOwn(technologies, object.kind) ? technologies[object.kind] : undefined;
    if (technology) return networkClaims(object, technology);
    if (object.kind === 'SriovNetworkNodeState') return stateClaims(object);
    if (object.kind === 'SriovNetworkNodePolicy') return policyClaims(object);
    return nothing;
  },
};

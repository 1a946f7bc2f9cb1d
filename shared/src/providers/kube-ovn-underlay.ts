import { type KubeObject, refOf } from '../kube/object.ts';
import {
  asNumber,
  asRecords,
  asStringMap,
  asStrings,
  asText,
  getPath,
  getText,
  pointer,
  truncate,
} from '../kube/read.ts';
import { deviceId } from '../model/ids.ts';
import type { Condition } from '../model/topology.ts';
import type { DeviceClaim, NodeDeviceReport } from './device-claims.ts';
import { errorSuffix } from './kube-ovn-pod.ts';
import { toConditions } from './kubernetes.ts';
import { type Claims, nothing } from './provider.ts';

export const vlanPart = (name: string): string => `kube-ovn-vlan:${name}`;
export const vpcPart = (name: string): string => `kube-ovn-vpc:${name}`;
const physicalPart = (name: string): string => `kube-ovn-provider-network:${name}`;

const troubleIn = (conditions: readonly Condition[]): string | undefined => {
  const bad = conditions.find(({ type, status }) => (type === 'Error' ? status === 'True' : status === 'False'));
  return bad && (bad.message ?? bad.reason ?? `${bad.type} is ${bad.status}`);
};

export function vlanClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const vlan = asNumber(getPath(object, 'spec', 'id')) ?? asNumber(getPath(object, 'spec', 'vlanId'));
  const physical = getText(object, 'spec', 'provider');
  const conflict = getPath(object, 'status', 'conflict') === true;
  const said = troubleIn(toConditions(getPath(object, 'status', 'conditions')));
  const trouble = conflict
    ? { path: '/status/conflict', message: 'Another Vlan has the same id on the same provider network.' }
    : said
      ? { path: '/status/conditions', message: said }
      : undefined;
  return {
    parts: [
      {
        key: vlanPart(name),
        ref: refOf(object),
        name,
        ...(physical ? { on: physicalPart(truncate(physical, 253)) } : {}),
        ...(vlan === undefined ? {} : { vlan }),
        uplinks: physical ? [{ physicalNetwork: truncate(physical, 253) }] : [],
        ...(trouble ? { trouble } : {}),
      },
    ],
  };
}

export function vpcClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const waits = getPath(object, 'status', 'standby') === false;
  return {
    parts: [
      {
        key: vpcPart(name),
        ref: refOf(object),
        name,
        ...(waits ? { trouble: { path: '/status/standby', message: 'The VPC has no router yet.' } } : {}),
      },
    ],
  };
}

const nodeLimit = 1000;

/** The bridge of a physical network on a node and the NIC in it; the two may have exchanged their names. */
function devicesOf(object: KubeObject, node: string): DeviceClaim[] {
  const { name } = object.metadata;
  const own = asRecords(getPath(object, 'spec', 'customInterfaces')).slice(0, 256);
  const custom = own.find((item) => asStrings(item['nodes']).includes(node));
  const nic = asText(custom?.['interface']) ?? getText(object, 'spec', 'defaultInterface');
  const exchanged = getPath(object, 'spec', 'exchangeLinkName') === true && nic !== undefined;
  const bridge = truncate(exchanged ? nic : `br-${name}`, 64);
  const link = nic && truncate(exchanged ? `br-${name}` : nic, 64);
  const path = '/status/readyNodes';
  const parent = link ? deviceId(node, 'nic', link) : undefined;
  return [
    ...(link && parent ? [{ id: parent, node, kind: 'nic', name: link, details: {}, path }] : []),
    {
      id: deviceId(node, 'bridge', bridge),
      node,
      kind: 'bridge',
      name: bridge,
      ...(parent ? { parent } : {}),
      details: { 'provider network': truncate(name, 253) },
      path,
    },
  ];
}

const providerTrouble = 'kube-ovn-provider-network-not-ready';

export function physicalClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const ref = refOf(object);
  const ready = asStrings(getPath(object, 'status', 'readyNodes')).slice(0, nodeLimit);
  const lagging = asStrings(getPath(object, 'status', 'notReadyNodes')).slice(0, nodeLimit);
  const conditions = asRecords(getPath(object, 'status', 'conditions')).slice(0, nodeLimit * 2);
  const failedOn = lagging.map((node) => {
    const said = conditions.find((item) => asText(item['node']) === node && item['status'] !== 'True');
    const message = asText(said?.['message']) ?? asText(said?.['reason']) ?? `${name} is not set up on ${node}.`;
    return { node, path: '/status/notReadyNodes', message: truncate(message, 400) };
  });
  const devices = [
    ...ready
      .filter((node) => !lagging.includes(node))
      .map((node): NodeDeviceReport => ({ node, ref, complete: false, devices: devicesOf(object, node) })),
    ...failedOn.map(
      ({ node, path, message }): NodeDeviceReport => ({
        node,
        ref,
        complete: false,
        devices: [],
        trouble: {
          kind: providerTrouble,
          path,
          about: name,
          condition: { type: 'Ready', status: 'False', message },
        },
      }),
    ),
  ];
  return {
    parts: [{ key: physicalPart(name), ref, name, ...(failedOn.length > 0 ? { failedOn } : {}) }],
    ...(devices.length > 0 ? { devices } : {}),
  };
}

const errorKey = /^(.{1,200})\.provider-network\.kubernetes\.io\/err_mesg$/;

/** What the daemon on a node could not do for a physical network, in an annotation of its own pod, or of the node. */
export function nodeErrorClaims(object: KubeObject): Claims {
  for (const [key, message] of asStringMap(object.metadata.annotations)) {
    const about = key.endsWith(errorSuffix) && message !== '' ? errorKey.exec(key)?.[1] : undefined;
    const node = object.kind === 'Node' ? object.metadata.name : getText(object, 'spec', 'nodeName');
    if (!about || !node) continue;
    const path = pointer('metadata', 'annotations', key);
    const condition = { type: 'Ready', status: 'False', message: truncate(message, 400) };
    const trouble = { kind: providerTrouble, path, about, condition };
    return { devices: [{ node, ref: refOf(object), complete: false, devices: [], trouble }] };
  }
  return nothing;
}

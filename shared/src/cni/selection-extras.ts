import { excerpt } from '../kube/read.ts';
import { parseIp } from '../net/ip.ts';
import { type JsonNode, memberOf } from './go-json.ts';
import { foldKey, nearestKey } from './keys.ts';
import { at, type Context, readInt, report, typed } from './selection-decode.ts';
import type { Bandwidth, PortMapping, SelectionElement } from './selection-types.ts';

export function readPorts(c: Context, node: JsonNode, element: SelectionElement, text: string): void {
  const list = typed(
    c,
    memberOf(node, 'portMappings')?.node,
    'array',
    'portMappings',
    '[]*types.PortMapEntry',
    at(c, 'portMappings'),
  );
  if (!list) return;
  const ports: PortMapping[] = [];
  for (const [i, item] of (list.items ?? []).entries()) {
    const path = at(c, 'portMappings', i);
    const entry = typed(c, item, 'object', 'portMappings', 'types.PortMapEntry', path);
    if (!entry) continue;
    const port: PortMapping = {};
    for (const key of ['hostPort', 'containerPort'] as const) {
      const value = readInt(c, entry, key, [...path, key], text);
      if (value !== undefined) port[key] = value;
      if ((value ?? 0) <= 0 || (value ?? 0) > 65535) {
        report(
          c,
          'portmap-port',
          'attach',
          entry,
          path,
          `"${key}" of a port mapping is ${value ?? 'missing'}; a port from 1 to 65535 is needed.`,
          'warning',
        );
      }
    }
    for (const key of ['protocol', 'hostIP'] as const) {
      const value = typed(c, memberOf(entry, key)?.node, 'string', key, 'string', [...path, key])?.value;
      if (typeof value === 'string') port[key] = value;
    }
    ports.push(port);
  }
  element.portMappings = ports;
}

export function readBandwidth(c: Context, node: JsonNode, element: SelectionElement, text: string): void {
  const entry = typed(
    c,
    memberOf(node, 'bandwidth')?.node,
    'object',
    'bandwidth',
    'types.BandwidthEntry',
    at(c, 'bandwidth'),
  );
  if (!entry) return;
  const bandwidth: Bandwidth = {};
  for (const key of ['ingressRate', 'ingressBurst', 'egressRate', 'egressBurst'] as const) {
    const value = readInt(c, entry, key, at(c, 'bandwidth', key), text);
    if (value !== undefined) bandwidth[key] = value;
  }
  element.bandwidth = bandwidth;
  for (const [rate, burst] of [
    ['ingressRate', 'ingressBurst'],
    ['egressRate', 'egressBurst'],
  ] as const) {
    if (Boolean(bandwidth[rate]) !== Boolean(bandwidth[burst])) {
      report(
        c,
        'bandwidth-pair',
        'attach',
        entry,
        at(c, 'bandwidth'),
        `"${rate}" and "${burst}" must be given together.`,
        'warning',
      );
    }
  }
}

export function readDefaultRoute(c: Context, node: JsonNode, element: SelectionElement): void {
  const member = memberOf(node, 'default-route');
  const list = typed(c, member?.node, 'array', 'default-route', '[]net.IP', at(c, 'default-route'));
  if (!list) return;
  const gateways: string[] = [];
  for (const [i, item] of (list.items ?? []).entries()) {
    const path = at(c, 'default-route', i);
    const text = typed(c, item, 'string', 'default-route', 'net.IP', path)?.value as string | undefined;
    if (text === undefined || text === '') continue;
    gateways.push(text);
    const { value, issues } = parseIp(text);
    if (!value)
      report(
        c,
        'sel-default-route-not-ip',
        'parse',
        item,
        path,
        `"default-route" wants plain addresses: ${issues[0]?.message ?? ''}`,
      );
  }
  element.defaultRoute = gateways;
  if (list.items?.length === 0) {
    const message =
      '"default-route" is an empty list, which removes the default routes of every attachment, eth0 included.';
    report(c, 'sel-default-route-empty-list', 'attach', list, at(c, 'default-route'), message, 'warning');
  }
}

const KNOWN_KEYS = [
  'name',
  'namespace',
  'interface',
  'interfaceRequest',
  'ips',
  'mac',
  'infiniband-guid',
  'portMappings',
  'bandwidth',
  'default-route',
  'cni-args',
  'deviceID',
  'ipam-claim-reference',
];
const KNOWN = new Set(KNOWN_KEYS.map(foldKey));

export function checkKeys(c: Context, node: JsonNode): void {
  for (const member of (node.members ?? []).slice(0, 200)) {
    if (KNOWN.has(foldKey(member.key))) continue;
    const meant = nearestKey(member.key, KNOWN_KEYS);
    const message = meant
      ? `the key ${excerpt(member.key)} is unknown and ignored; "${meant}" was probably meant.`
      : `the key ${excerpt(member.key)} is unknown and ignored.`;
    report(c, 'sel-unknown-key', 'advice', member.node, at(c, member.key), message, meant ? 'warning' : 'info');
  }
}

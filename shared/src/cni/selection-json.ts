import { excerpt, type JsonRecord } from '../kube/read.ts';
import { toCidr } from '../net/cidr.ts';
import { toIp } from '../net/ip.ts';
import { isMulticastMac, isZeroMac, toMac } from '../net/mac.ts';
import { type JsonNode, memberOf, spanOf } from './go-json.ts';
import { cniIfnameProblem } from './interface-names.ts';
import { at, type Context, readString, readStrings, report, typed } from './selection-decode.ts';
import { checkKeys, readBandwidth, readDefaultRoute, readPorts } from './selection-extras.ts';
import type { IssueSink, SelectionElement } from './selection-types.ts';

/** One object of the list. Checks are those of Multus' parser; later ones carry a later stage. */
export function readElement(
  node: JsonNode,
  text: string,
  podNamespace: string,
  index: number,
  sink: IssueSink,
): SelectionElement {
  const c: Context = { element: index, sink };
  const namespace = readString(c, node, 'namespace') ?? '';
  const element: SelectionElement = {
    name: readString(c, node, 'name') ?? '',
    namespace: namespace || podNamespace,
    qualified: namespace !== '',
    span: spanOf(node),
    raw: text.slice(node.start, node.end),
  };
  checkName(c, node, element.name);
  readInterface(c, node, element);
  readMacs(c, node, element);
  readIps(c, node, element);
  readPorts(c, node, element, text);
  readBandwidth(c, node, element, text);
  readDefaultRoute(c, node, element);
  const args = memberOf(node, 'cni-args');
  const record = typed(c, args?.node, 'object', 'cni-args', 'map[string]interface {}', at(c, 'cni-args'));
  if (record) element.cniArgs = record.value as JsonRecord;
  const deviceId = readString(c, node, 'deviceID');
  if (deviceId) element.deviceId = deviceId;
  const claim = readString(c, node, 'ipam-claim-reference');
  if (claim) element.ipamClaimReference = claim;
  checkKeys(c, node);
  return element;
}

function checkName(c: Context, node: JsonNode, name: string): void {
  const where = memberOf(node, 'name')?.node ?? node;
  const path = at(c, 'name');
  if (name === '') {
    report(
      c,
      'sel-empty-item',
      'lookup',
      where,
      path,
      'the element has no name; it is looked up under an empty name and fails.',
    );
  } else if (name.includes('/')) {
    const message = `the name ${excerpt(name)} holds a slash; in the JSON form a name is never split, the namespace has a key of its own.`;
    report(c, 'sel-slash-in-json-name', 'lookup', where, path, message);
  }
}

function readInterface(c: Context, node: JsonNode, element: SelectionElement): void {
  const asked = readString(c, node, 'interface');
  const old = readString(c, node, 'interfaceRequest');
  const name = asked || old;
  if (!name) return;
  element.interface = name;
  const key = asked ? 'interface' : 'interfaceRequest';
  const where = memberOf(node, key)?.node ?? node;
  const problem = cniIfnameProblem(name);
  if (problem)
    report(
      c,
      'sel-ifname-cni',
      'attach',
      where,
      at(c, key),
      `the interface name ${excerpt(name)} ${problem}; the CNI library refuses it.`,
    );
  if (!asked)
    report(
      c,
      'sel-interface-request',
      'advice',
      where,
      at(c, key),
      '"interfaceRequest" is deprecated; "interface" is the key.',
      'info',
    );
}

function readMacs(c: Context, node: JsonNode, element: SelectionElement): void {
  const mac = readString(c, node, 'mac');
  if (mac) {
    element.mac = mac;
    const where = memberOf(node, 'mac')?.node ?? node;
    const parsed = toMac(mac);
    if (!parsed)
      report(c, 'sel-mac-invalid', 'parse', where, at(c, 'mac'), `the MAC ${excerpt(mac)} is not a hardware address.`);
    else if (isMulticastMac(parsed)) {
      const message = `the MAC ${excerpt(mac)} is a group address (its first byte is odd); no interface can have it.`;
      report(c, 'mac-multicast', 'attach', where, at(c, 'mac'), message, 'warning');
    } else if (isZeroMac(parsed)) {
      report(
        c,
        'mac-zero',
        'attach',
        where,
        at(c, 'mac'),
        `the MAC ${excerpt(mac)} is all zero; no interface can have it.`,
        'warning',
      );
    }
  }
  const guid = readString(c, node, 'infiniband-guid');
  if (!guid) return;
  element.infinibandGuid = guid;
  const where = memberOf(node, 'infiniband-guid')?.node ?? node;
  if (!toMac(guid))
    report(
      c,
      'sel-guid-invalid',
      'parse',
      where,
      at(c, 'infiniband-guid'),
      `the InfiniBand GUID ${excerpt(guid)} is not a hardware address.`,
    );
}

function readIps(c: Context, node: JsonNode, element: SelectionElement): void {
  const ips = readStrings(c, node, 'ips');
  if (!ips) return;
  element.ips = ips.list.map((item) => item.value as string);
  for (const item of ips.list) {
    const ip = item.value as string;
    if (ip.includes('/') ? toCidr(ip) : toIp(ip)) continue;
    const message = `"ips" holds ${excerpt(ip)}, which is neither an IP address nor a CIDR.`;
    report(c, 'sel-ip-invalid', 'parse', item, at(c, 'ips', ips.node.items?.indexOf(item) ?? 0), message);
  }
}

import { toCidr } from '../net/cidr.ts'
import { parseIp, toIp } from '../net/ip.ts'
import { isMulticastMac, isZeroMac, toMac } from '../net/mac.ts'
import { excerpt, type JsonRecord, pointer } from '../kube/read.ts'
import { type JsonNode, memberOf, spanOf } from './go-json.ts'
import { cniIfnameProblem } from './interface-names.ts'
import type { Bandwidth, IssueSink, PortMapping, SelectionElement, SelectionStage } from './selection-types.ts'
import { foldKey, nearestKey } from './keys.ts'

type Context = { element: number; sink: IssueSink }
type Severity = 'error' | 'warning' | 'info'

function report(c: Context, slug: string, stage: SelectionStage, node: JsonNode, path: string, message: string, severity: Severity = 'error'): void {
  c.sink.add({ slug, severity, stage, message: `Network ${c.element + 1}: ${message}`, element: c.element, path, ...spanOf(node) })
}

/** Go's decoder is strict on types; null leaves the zero value. */
function typed(c: Context, node: JsonNode | undefined, type: JsonNode['type'], key: string, goType: string, path: string): JsonNode | undefined {
  if (!node || node.type === 'null') return undefined
  if (node.type === type) return node
  const message = `"${key}" holds ${article(node)} where ${wanted(goType)} is wanted (json: cannot unmarshal ${node.type} into Go struct field NetworkSelectionElement.${key} of type ${goType}).`
  report(c, 'sel-json-field-type', 'parse', node, path, message)
  return undefined
}

const article = (node: JsonNode): string =>
  ({ object: 'an object', array: 'a list', string: 'a string', number: 'a number', bool: 'true or false', null: 'null' })[node.type]

function wanted(goType: string): string {
  if (goType === '[]string') return 'a list of strings'
  if (goType.startsWith('[]net.IP')) return 'a list of addresses'
  if (goType.startsWith('[]')) return 'a list of objects'
  if (goType === 'string' || goType === 'net.IP') return 'a string'
  return goType === 'int' ? 'a whole number' : 'an object'
}

const at = (c: Context, ...path: (string | number)[]): string => pointer(c.element, ...path)

function readString(c: Context, parent: JsonNode, key: string): string | undefined {
  const member = memberOf(parent, key)
  const node = typed(c, member?.node, 'string', key, 'string', at(c, member?.key ?? key))
  return node?.value as string | undefined
}

function readStrings(c: Context, parent: JsonNode, key: string): { node: JsonNode; list: JsonNode[] } | undefined {
  const member = memberOf(parent, key)
  const node = typed(c, member?.node, 'array', key, '[]string', at(c, member?.key ?? key))
  if (!node) return undefined
  const list: JsonNode[] = []
  for (const [i, item] of (node.items ?? []).entries()) {
    const text = typed(c, item, 'string', key, 'string', at(c, member?.key ?? key, i))
    if (text) list.push(text)
  }
  return { node, list }
}

/** An int of Go: `80.5` and `8e1` are refused although they are JSON numbers. */
function readInt(c: Context, parent: JsonNode, key: string, path: string, text: string): number | undefined {
  const node = typed(c, memberOf(parent, key)?.node, 'number', key, 'int', path)
  if (!node) return undefined
  const written = text.slice(node.start, node.end)
  if (/^-?\d{1,18}$/.test(written)) return Number(written)
  report(c, 'sel-json-field-type', 'parse', node, path, `"${key}" is ${excerpt(written)}, which is not a whole number.`)
  return undefined
}

/** One object of the list. Checks are those of Multus' parser; later ones carry a later stage. */
export function readElement(node: JsonNode, text: string, podNamespace: string, index: number, sink: IssueSink): SelectionElement {
  const c: Context = { element: index, sink }
  const namespace = readString(c, node, 'namespace') ?? ''
  const element: SelectionElement = {
    name: readString(c, node, 'name') ?? '',
    namespace: namespace || podNamespace,
    qualified: namespace !== '',
    span: spanOf(node),
    raw: text.slice(node.start, node.end),
  }
  checkName(c, node, element.name)
  readInterface(c, node, element)
  readMacs(c, node, element)
  readIps(c, node, element)
  readPorts(c, node, element, text)
  readBandwidth(c, node, element, text)
  readDefaultRoute(c, node, element)
  const args = memberOf(node, 'cni-args')
  const record = typed(c, args?.node, 'object', 'cni-args', 'map[string]interface {}', at(c, 'cni-args'))
  if (record) element.cniArgs = record.value as JsonRecord
  const deviceId = readString(c, node, 'deviceID')
  if (deviceId) element.deviceId = deviceId
  const claim = readString(c, node, 'ipam-claim-reference')
  if (claim) element.ipamClaimReference = claim
  checkKeys(c, node)
  return element
}

function checkName(c: Context, node: JsonNode, name: string): void {
  const where = memberOf(node, 'name')?.node ?? node
  const path = at(c, 'name')
  if (name === '') {
    report(c, 'sel-empty-item', 'lookup', where, path, 'the element has no name; it is looked up under an empty name and fails.')
  } else if (name.includes('/')) {
    const message = `the name ${excerpt(name)} holds a slash; in the JSON form a name is never split, the namespace has a key of its own.`
    report(c, 'sel-slash-in-json-name', 'lookup', where, path, message)
  }
}

function readInterface(c: Context, node: JsonNode, element: SelectionElement): void {
  const asked = readString(c, node, 'interface')
  const old = readString(c, node, 'interfaceRequest')
  const name = asked || old
  if (!name) return
  element.interface = name
  const key = asked ? 'interface' : 'interfaceRequest'
  const where = memberOf(node, key)?.node ?? node
  const problem = cniIfnameProblem(name)
  if (problem) report(c, 'sel-ifname-cni', 'attach', where, at(c, key), `the interface name ${excerpt(name)} ${problem}; the CNI library refuses it.`)
  if (!asked) report(c, 'sel-interface-request', 'advice', where, at(c, key), '"interfaceRequest" is deprecated; "interface" is the key.', 'info')
}

function readMacs(c: Context, node: JsonNode, element: SelectionElement): void {
  const mac = readString(c, node, 'mac')
  if (mac) {
    element.mac = mac
    const where = memberOf(node, 'mac')?.node ?? node
    const parsed = toMac(mac)
    if (!parsed) report(c, 'sel-mac-invalid', 'parse', where, at(c, 'mac'), `the MAC ${excerpt(mac)} is not a hardware address.`)
    else if (isMulticastMac(parsed)) {
      const message = `the MAC ${excerpt(mac)} is a group address (its first byte is odd); no interface can have it.`
      report(c, 'mac-multicast', 'attach', where, at(c, 'mac'), message, 'warning')
    } else if (isZeroMac(parsed)) {
      report(c, 'mac-zero', 'attach', where, at(c, 'mac'), `the MAC ${excerpt(mac)} is all zero; no interface can have it.`, 'warning')
    }
  }
  const guid = readString(c, node, 'infiniband-guid')
  if (!guid) return
  element.infinibandGuid = guid
  const where = memberOf(node, 'infiniband-guid')?.node ?? node
  if (!toMac(guid)) report(c, 'sel-guid-invalid', 'parse', where, at(c, 'infiniband-guid'), `the InfiniBand GUID ${excerpt(guid)} is not a hardware address.`)
}

function readIps(c: Context, node: JsonNode, element: SelectionElement): void {
  const ips = readStrings(c, node, 'ips')
  if (!ips) return
  element.ips = ips.list.map((item) => item.value as string)
  for (const item of ips.list) {
    const ip = item.value as string
    if (ip.includes('/') ? toCidr(ip) : toIp(ip)) continue
    const message = `"ips" holds ${excerpt(ip)}, which is neither an IP address nor a CIDR.`
    report(c, 'sel-ip-invalid', 'parse', item, at(c, 'ips', ips.node.items?.indexOf(item) ?? 0), message)
  }
}

function readPorts(c: Context, node: JsonNode, element: SelectionElement, text: string): void {
  const list = typed(c, memberOf(node, 'portMappings')?.node, 'array', 'portMappings', '[]*types.PortMapEntry', at(c, 'portMappings'))
  if (!list) return
  const ports: PortMapping[] = []
  for (const [i, item] of (list.items ?? []).entries()) {
    const path = at(c, 'portMappings', i)
    const entry = typed(c, item, 'object', 'portMappings', 'types.PortMapEntry', path)
    if (!entry) continue
    const port: PortMapping = {}
    for (const key of ['hostPort', 'containerPort'] as const) {
      const value = readInt(c, entry, key, `${path}/${key}`, text)
      if (value !== undefined) port[key] = value
      if ((value ?? 0) <= 0 || (value ?? 0) > 65535) {
        report(c, 'portmap-port', 'attach', entry, path, `"${key}" of a port mapping is ${value ?? 'missing'}; a port from 1 to 65535 is needed.`, 'warning')
      }
    }
    for (const key of ['protocol', 'hostIP'] as const) {
      const value = typed(c, memberOf(entry, key)?.node, 'string', key, 'string', `${path}/${key}`)?.value
      if (typeof value === 'string') port[key] = value
    }
    ports.push(port)
  }
  element.portMappings = ports
}

function readBandwidth(c: Context, node: JsonNode, element: SelectionElement, text: string): void {
  const entry = typed(c, memberOf(node, 'bandwidth')?.node, 'object', 'bandwidth', 'types.BandwidthEntry', at(c, 'bandwidth'))
  if (!entry) return
  const bandwidth: Bandwidth = {}
  for (const key of ['ingressRate', 'ingressBurst', 'egressRate', 'egressBurst'] as const) {
    const value = readInt(c, entry, key, at(c, 'bandwidth', key), text)
    if (value !== undefined) bandwidth[key] = value
  }
  element.bandwidth = bandwidth
  for (const [rate, burst] of [['ingressRate', 'ingressBurst'], ['egressRate', 'egressBurst']] as const) {
    if (Boolean(bandwidth[rate]) !== Boolean(bandwidth[burst])) {
      report(c, 'bandwidth-pair', 'attach', entry, at(c, 'bandwidth'), `"${rate}" and "${burst}" must be given together.`, 'warning')
    }
  }
}

function readDefaultRoute(c: Context, node: JsonNode, element: SelectionElement): void {
  const member = memberOf(node, 'default-route')
  const list = typed(c, member?.node, 'array', 'default-route', '[]net.IP', at(c, 'default-route'))
  if (!list) return
  const gateways: string[] = []
  for (const [i, item] of (list.items ?? []).entries()) {
    const path = at(c, 'default-route', i)
    const text = typed(c, item, 'string', 'default-route', 'net.IP', path)?.value as string | undefined
    if (text === undefined || text === '') continue
    gateways.push(text)
    const { value, issues } = parseIp(text)
    if (!value) report(c, 'sel-default-route-not-ip', 'parse', item, path, `"default-route" wants plain addresses: ${issues[0]?.message ?? ''}`)
  }
  element.defaultRoute = gateways
  if (list.items?.length === 0) {
    const message = '"default-route" is an empty list, which removes the default routes of every attachment, eth0 included.'
    report(c, 'sel-default-route-empty-list', 'attach', list, at(c, 'default-route'), message, 'warning')
  }
}

const KNOWN_KEYS = [
  'name', 'namespace', 'interface', 'interfaceRequest', 'ips', 'mac', 'infiniband-guid', 'portMappings', 'bandwidth',
  'default-route', 'cni-args', 'deviceID', 'ipam-claim-reference',
]
const KNOWN = new Set(KNOWN_KEYS.map(foldKey))

function checkKeys(c: Context, node: JsonNode): void {
  for (const member of (node.members ?? []).slice(0, 200)) {
    if (KNOWN.has(foldKey(member.key))) continue
    const meant = nearestKey(member.key, KNOWN_KEYS)
    const message = meant
      ? `the key ${excerpt(member.key)} is unknown and ignored; "${meant}" was probably meant.`
      : `the key ${excerpt(member.key)} is unknown and ignored.`
    report(c, 'sel-unknown-key', 'advice', member.node, at(c, member.key), message, meant ? 'warning' : 'info')
  }
}

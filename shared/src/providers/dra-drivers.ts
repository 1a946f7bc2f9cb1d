import { asRecord, asRecords, asStrings, asText, getPath, getText, truncate } from '../kube/read.ts';
import type { Alias } from '../model/topology.ts';

/** What the parameters of a request ask its driver for. */
export type DeviceWish = { interface?: string; ips?: string[]; mac?: string; network?: Alias };

/** A network driver of DRA: how to know it, and how to read what it is told (multi-network-apis, section 4). */
export type NetworkDriver = {
  id: string;
  /** The whole name of the driver, or what it ends in. */
  names: readonly string[];
  wish: (parameters: unknown, namespace: string) => DeviceWish;
  /** Without a definition in its parameters Multus makes the interface, and the driver only prepares the device. */
  plumbsOnlyWithDefinition?: true;
};

const textAt = (value: unknown, ...path: string[]): string | undefined => {
  const text = getText(value, ...path);
  return text && truncate(text, 256);
};

const named = (name: string | undefined): DeviceWish => (name ? { interface: name } : {});

/** DRANET: `interface{name, addresses, hardwareAddr}`. */
function dranetWish(parameters: unknown): DeviceWish {
  const ips = asStrings(getPath(parameters, 'interface', 'addresses')).slice(0, 16);
  const mac = textAt(parameters, 'interface', 'hardwareAddr');
  return {
    ...named(textAt(parameters, 'interface', 'name')),
    ...(ips.length > 0 ? { ips: ips.map((ip) => truncate(ip, 64)) } : {}),
    ...(mac ? { mac } : {}),
  };
}

/** dra-driver-sriov in STANDALONE mode runs the config of a NAD by itself. */
function sriovWish(parameters: unknown, namespace: string): DeviceWish {
  const nad = textAt(parameters, 'netAttachDefName');
  const within = textAt(parameters, 'netAttachDefNamespace') ?? namespace;
  return {
    ...named(textAt(parameters, 'ifName')),
    ...(nad ? { network: { scheme: 'nad', value: `${within}/${nad}` } } : {}),
  };
}

/** Attributes of these domains name the pod network that a device leads to, whoever its driver is (section 3). */
export const podNetworkDomains = [
  'multinetwork.networking.k8s.io',
  'multinetwork.networking.x-k8s.io',
  'dra.net',
] as const;

const ifName = (parameters: unknown): DeviceWish => named(textAt(parameters, 'ifName'));

const drivers: readonly NetworkDriver[] = [
  { id: 'dranet', names: ['dra.net'], wish: dranetWish },
  { id: 'cni-dra-driver', names: ['cni.dra.networking.x-k8s.io', 'cni.networking.x-k8s.io'], wish: ifName },
  {
    id: 'dra-driver-sriov',
    names: ['sriovnetwork.k8snetworkplumbingwg.io'],
    wish: sriovWish,
    plumbsOnlyWithDefinition: true,
  },
  { id: 'cilium', names: ['.cilium.k8s.io', '.cilium.io', 'networkdriver.cilium'], wish: ifName },
  { id: 'device-network', names: ['podnetwork.example.com', 'devicenetwork.io', 'poc.dra.networking'], wish: ifName },
  { id: 'pod-network', names: [podNetworkDomains[0], podNetworkDomains[1]], wish: ifName },
];

/** A driver that nobody has told us about, whose devices turned out to be network interfaces. */
export const unknownDriver: NetworkDriver = { id: 'unknown', names: [], wish: ifName };

export function findDriver(name: string | undefined): NetworkDriver | undefined {
  if (!name) return undefined;
  return drivers.find((driver) =>
    driver.names.some((known) => (known.startsWith('.') ? name.endsWith(known) : name === known)),
  );
}

const quoted = /device\.(?:driver\s*==\s*|attributes\[\s*|capacity\[\s*)["']([a-zA-Z0-9._/-]{1,253})["']/g;
const selectorLimit = 10_000;

/** Drivers and attribute domains that selectors name. Their CEL is looked at, never evaluated. */
export function driversInSelectors(selectors: unknown): string[] {
  if (!Array.isArray(selectors)) return [];
  const found = new Set<string>();
  for (const selector of selectors.slice(0, 32)) {
    const expression = asText(getPath(asRecord(selector), 'cel', 'expression')) ?? '';
    for (const match of expression.slice(0, selectorLimit).matchAll(quoted))
      if (match[1]) found.add(match[1].split('/')[0] ?? '');
  }
  return [...found];
}

const comparison =
  /device\.attributes\[\s*["']([a-zA-Z0-9._-]{1,253})["']\s*\]\.(podNetwork|podNetworkNamespace)\s*==\s*["']([a-zA-Z0-9._/-]{1,253})["']/g;

/** The pod network that selectors ask for by its name. */
export function podNetworkInSelectors(selectors: unknown): Alias | undefined {
  const found = new Map<string, string>();
  for (const selector of asRecords(selectors).slice(0, 32)) {
    const expression = getText(selector, 'cel', 'expression') ?? '';
    for (const [, domain, key, value] of expression.slice(0, selectorLimit).matchAll(comparison))
      if (key && value && podNetworkDomains.some((known) => known === domain)) found.set(key, value);
  }
  const name = found.get('podNetwork');
  const namespace = found.get('podNetworkNamespace');
  return name ? { scheme: 'podnetwork', value: namespace ? `${namespace}/${name}` : name } : undefined;
}

/** The name of a network driver that a class is named for, as most are: `dra.net`, `a-side.sriov.cilium.k8s.io`. */
export const driverOfClass = (name: string): string | undefined => (findDriver(name) ? name : undefined);

import type { JsonObject } from '../api/types.ts';
import { asArray, asObject, asString } from '../api/types.ts';
import type { Plugged } from './cni.ts';
import { needPlugin, PluginError, plug } from './cni.ts';
import { goKind, goSyntaxError } from './go-json.ts';
import type { Ipam } from './ipam.ts';
import { toRange } from './ipam.ts';
import type { Machine } from './machines.ts';
import type { Random } from './random.ts';
import type { Selection } from './selection.ts';
import { MultusError, readSelections } from './selection.ts';

export const NETWORKS = 'k8s.v1.cni.cncf.io/networks';
export const NETWORK_STATUS = 'k8s.v1.cni.cncf.io/network-status';
const RESOURCE_NAME = 'k8s.v1.cni.cncf.io/resourceName';
const DEFAULT_NETWORK = 'cbr0';

/** The node's Multus configuration, as its ConfigMap says. */
export type MultusConfig = { namespaceIsolation: boolean; globalNamespaces: string[] };

export type PodToPlug = {
  namespace: string;
  name: string;
  uid: string;
  annotation: string;
  machine: Machine;
  sandbox: string;
  /** Devices the device plugin gave the pod, by resource. */
  devices: Map<string, string[]>;
};

export type Surroundings = {
  config: MultusConfig;
  ipam: Ipam;
  random: Random;
  /** The definition, or undefined when there is none of that name. */
  definition: (namespace: string, name: string) => JsonObject | undefined;
};

/** What one try leaves behind: the events Multus posts, and either a network-status or the error the runtime gets. */
export type Attempt = {
  events: { reason: 'AddedInterface' | 'NoNetworkFound'; type: 'Normal' | 'Warning'; message: string }[];
  hostAddress: string;
} & ({ ok: true; status: JsonObject[] } | { ok: false; error: string });

type Delegate = { selection: Selection; config: JsonObject; resource: string };

const LOADING = 'TryLoadPodDelegates: error in getting k8s network for pod: GetNetworkDelegates: ';

const configOf = (definition: JsonObject, name: string): JsonObject => {
  const text = asString(asObject(definition['spec'])['config']);
  const where = `${LOADING}failed getting the delegate: GetCNIConfig: err in getCNIConfigFromSpec: failed to unmarshal Spec.Config: `;
  const syntax = goSyntaxError(text);
  if (syntax !== null) throw new MultusError(where + syntax);
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new MultusError(
      `${where}json: cannot unmarshal ${goKind(parsed)} into Go value of type map[string]interface {}`,
    );
  }
  const config = parsed as JsonObject;
  const load = `${LOADING}failed getting the delegate: LoadDelegateNetConf: `;
  for (const field of ['cniVersion', 'name', 'type']) {
    if (config[field] === undefined || typeof config[field] === 'string') continue;
    throw new MultusError(
      `${load}error unmarshalling delegate config: json: cannot unmarshal ${goKind(config[field])} into Go struct field PluginConf.${field} of type string`,
    );
  }
  if (asString(config['type']) === '' && config['plugins'] === undefined) {
    throw new MultusError(
      `${load}failed with: LoadDelegateNetConfList: delegate must have the 'type' or 'plugin' field`,
    );
  }
  return asString(config['name']) === '' ? { ...config, name } : config;
};

const loadDelegate = (pod: PodToPlug, selection: Selection, around: Surroundings, attempt: Attempt): Delegate => {
  const { namespace, name } = selection;
  if (
    around.config.namespaceIsolation &&
    namespace !== pod.namespace &&
    !around.config.globalNamespaces.includes(namespace)
  ) {
    throw new MultusError(
      `${LOADING}namespace isolation enabled, annotation violates permission, pod is in namespace ${pod.namespace} but refers to target namespace ${namespace}`,
    );
  }
  const definition = around.definition(namespace, name);
  if (definition === undefined) {
    const api =
      name === ''
        ? 'resource name may not be empty'
        : `network-attachment-definitions.k8s.cni.cncf.io "${name}" not found`;
    const message = `cannot find a network-attachment-definition (${name}) in namespace (${namespace}): ${api}`;
    attempt.events.push({ reason: 'NoNetworkFound', type: 'Warning', message });
    throw new MultusError(`${LOADING}failed getting the delegate: getKubernetesDelegate: ${message}`);
  }
  const annotations = asObject(asObject(definition['metadata'])['annotations']);
  return { selection, config: configOf(definition, name), resource: asString(annotations[RESOURCE_NAME]) };
};

/** One element of network-status, fields in the order of the library's struct. */
const statusOf = (name: string, ifname: string, plugged: Plugged): JsonObject => ({
  name,
  interface: ifname,
  ...(plugged.addresses.length === 0 ? {} : { ips: plugged.addresses.map((address) => address.split('/')[0] ?? '') }),
  mac: plugged.mac,
  ...(plugged.mtu === undefined ? {} : { mtu: plugged.mtu }),
  dns: {},
  ...(plugged.device === undefined
    ? {}
    : { 'device-info': { type: 'pci', version: '1.1.0', pci: { 'pci-address': plugged.device } } }),
  ...(plugged.gateways.length === 0 ? {} : { gateway: plugged.gateways }),
});

const addDefault = (pod: PodToPlug, around: Surroundings, attempt: Attempt): JsonObject | string => {
  const range = toRange(pod.machine.podCidr);
  const ip = around.ipam.local(pod.machine.name, { ...range, first: range.base + 2 });
  const id = `[${pod.namespace}/${pod.name}/${pod.uid}:${DEFAULT_NETWORK}]`;
  if (ip === null)
    return `${id}: error adding container to network "${DEFAULT_NETWORK}": failed to allocate for range 0: no IP addresses available in range set`;
  attempt.hostAddress = ip;
  attempt.events.push({
    reason: 'AddedInterface',
    type: 'Normal',
    message: `Add eth0 [${ip}/24] from ${DEFAULT_NETWORK}`,
  });
  const gateway = pod.machine.podCidr.replace(/\.0\/24$/, '.1');
  return {
    name: DEFAULT_NETWORK,
    interface: 'eth0',
    ips: [ip],
    mac: around.random.mac(),
    default: true,
    dns: {},
    gateway: [gateway],
  };
};

/** libcni's ValidateInterfaceName; the comma form was checked before. */
const checkIfname = (ifname: string): void => {
  if (ifname.length > 15)
    throw new PluginError('interface name is too long; interface name should be less than 16 characters');
  if (ifname === '.' || ifname === '..') throw new PluginError('interface name is . or ..');
  if (/[/:\s]/.test(ifname)) throw new PluginError('interface name contains / or : or whitespace characters');
};

/** The plugins a config runs, each with the list's name and version; a single config is a list of one. */
const chainOf = (config: JsonObject): JsonObject[] => {
  if (config['plugins'] === undefined) return [config];
  const plugins = asArray(config['plugins']).map(asObject);
  const broken = 'conflistAdd: error converting the raw bytes into a conflist: error parsing configuration list: ';
  if (!Array.isArray(config['plugins']))
    throw new PluginError(`${broken}invalid 'plugins' type ${goKind(config['plugins'])}`);
  if (plugins.length === 0) throw new PluginError(`${broken}no plugins in list`);
  return plugins.map((plugin) => ({ ...plugin, name: config['name'] ?? '', cniVersion: config['cniVersion'] ?? '' }));
};

/** One ADD under way: what is taken so far, and what it has told. */
type Adding = {
  pod: PodToPlug;
  around: Surroundings;
  attempt: Attempt;
  taken: Set<string>;
  devices: Map<string, number>;
};

/** The next device of the delegate's resource: each attachment of one resource takes the next. */
const nextDevice = ({ pod, devices }: Adding, resource: string): string => {
  const used = devices.get(resource) ?? 0;
  devices.set(resource, used + 1);
  return pod.devices.get(resource)?.[used] ?? '';
};

const runChain = (adding: Adding, delegate: Delegate, ifname: string): Plugged => {
  const { pod, around } = adding;
  const [config, ...chained] = chainOf(delegate.config);
  const device = nextDevice(adding, delegate.resource);
  const podref = `${pod.namespace}/${pod.name}`;
  const { selection } = delegate;
  const plugged = plug(
    {
      config: config ?? {},
      machine: pod.machine,
      ifname,
      selection,
      podref,
      sandbox: pod.sandbox,
      device,
      mac: around.random.mac(),
    },
    around.ipam,
  );
  for (const plugin of chained) needPlugin(pod.machine, asString(plugin['type']));
  return plugged;
};

const addDelegate = (adding: Adding, delegate: Delegate, index: number): JsonObject | null => {
  const { attempt, taken } = adding;
  const { selection, config } = delegate;
  const ifname = selection.interface || `net${index}`;
  if (taken.has(ifname)) {
    throw new PluginError(
      `DelegateAdd: cannot set "${asString(config['type'])}" interface name to "${ifname}": validateIfName: interface name ${ifname} already exists`,
    );
  }
  checkIfname(ifname);
  const plugged = runChain(adding, delegate, ifname);
  taken.add(ifname);
  const name = `${selection.namespace}/${selection.name}`;
  if (plugged.addresses.length > 0) {
    const message = `Add ${ifname} [${plugged.addresses.join(' ')}] from ${name}`;
    attempt.events.push({ reason: 'AddedInterface', type: 'Normal', message });
  }
  // A config without cniVersion gives a result without interfaces, and those leave no entry.
  return asString(config['cniVersion']) === '' ? null : statusOf(name, ifname, plugged);
};

const addAll = (pod: PodToPlug, around: Surroundings, attempt: Attempt): JsonObject[] => {
  const selections = pod.annotation === '' ? [] : readSelections(pod.annotation, pod.namespace);
  const delegates = selections.map((selection) => loadDelegate(pod, selection, around, attempt));
  const first = addDefault(pod, around, attempt);
  if (typeof first === 'string') throw new PluginError(first);
  const status = [first];
  const adding: Adding = { pod, around, attempt, taken: new Set(['eth0', 'lo']), devices: new Map() };
  for (const [i, delegate] of delegates.entries()) {
    try {
      const entry = addDelegate(adding, delegate, i + 1);
      if (entry !== null) status.push(entry);
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      const name = asString(delegate.config['name']);
      throw new PluginError(
        `[${pod.namespace}/${pod.name}/${pod.uid}:${name}]: error adding container to network "${name}": ${error.message}`,
      );
    }
  }
  return status;
};

/** Multus' CNI ADD for a pod: load every delegate, then plug them in order; the first failure undoes all. */
export const attachPod = (pod: PodToPlug, around: Surroundings): Attempt => {
  const attempt: Attempt = { events: [], hostAddress: '', ok: false, error: '' };
  const podref = `${pod.namespace}/${pod.name}`;
  try {
    const status = addAll(pod, around, attempt);
    return { events: attempt.events, hostAddress: attempt.hostAddress, ok: true, status };
  } catch (error) {
    around.ipam.release(podref);
    if (attempt.hostAddress !== '') around.ipam.freeLocal(pod.machine.name, attempt.hostAddress);
    if (error instanceof PluginError) return { ...attempt, ok: false, error: error.message };
    if (error instanceof MultusError)
      return {
        ...attempt,
        ok: false,
        error: `Multus: [${podref}/${pod.uid}]: error loading k8s delegates k8s args: ${error.message}`,
      };
    throw error;
  }
};

/** Multus indents by four and joins the elements by hand. */
export const statusAnnotation = (status: JsonObject[]): string =>
  `[${status.map((item) => JSON.stringify(item, null, 4)).join(',')}]`;

/** What the kubelet puts before the plugin's error, by runtime. */
export const sandboxMessage = (pod: PodToPlug, error: string): string => {
  const plugin = `plugin type="multus" name="multus-cni-network" failed (add): ${error}`;
  const lead = 'Failed to create pod sandbox: rpc error: code = Unknown desc = ';
  if (pod.machine.runtime === 'containerd')
    return `${lead}failed to setup network for sandbox "${pod.sandbox}": ${plugin}`;
  return `${lead}failed to create pod network sandbox k8s_${pod.name}_${pod.namespace}_${pod.uid}_0(${pod.sandbox}): error adding pod ${pod.namespace}_${pod.name} to CNI network "multus-cni-network": ${plugin}`;
};

import type { Issue } from '../../kube/issue.ts';
import { asNumber, asText, type JsonRecord, pointer } from '../../kube/read.ts';
import { checkIpam, describeIpam } from '../ipam/registry.ts';
import type { NetworkConfig, PluginConfig } from '../network-config.ts';
import { antrea } from './antrea.ts';
import { bandwidth } from './bandwidth.ts';
import { bond } from './bond.ts';
import { bridge } from './bridge.ts';
import { cnvBridge, cnvTuning } from './cnv.ts';
import { dummy } from './dummy.ts';
import { hostDevice } from './host-device.ts';
import { ipvlan } from './ipvlan.ts';
import { macvlan } from './macvlan.ts';
import { ovnK8sCniOverlay } from './ovn-k8s-cni-overlay.ts';
import { ovs } from './ovs.ts';
import { portmap } from './portmap.ts';
import { ptp } from './ptp.ts';
import { routeOverride } from './route-override.ts';
import { sbr } from './sbr.ts';
import {
  type Check,
  checkFields,
  checkUnknownKeys,
  fieldOf,
  type PluginContext,
  type PluginDescription,
  type PluginSchema,
  reporter,
} from './schema.ts';
import { sriov } from './sriov.ts';
import { tap } from './tap.ts';
import { tuning } from './tuning.ts';
import { vlan } from './vlan.ts';
import { vrf } from './vrf.ts';

export type { PluginContext, PluginDescription } from './schema.ts';

export const PLUGIN_SCHEMAS: ReadonlyMap<string, PluginSchema> = new Map(
  [
    bridge,
    cnvBridge,
    macvlan,
    ipvlan,
    vlan,
    ptp,
    hostDevice,
    tap,
    dummy,
    sriov,
    ovs,
    ovnK8sCniOverlay,
    antrea,
    bond,
    tuning,
    cnvTuning,
    vrf,
    sbr,
    routeOverride,
    bandwidth,
    portmap,
  ].map((schema) => [schema.type, schema]),
);

/**
 * What the plugin and its IPAM surely refuse (errors), and hints. Paths point into the config text. A plugin that is
 * not known here has no issues.
 */
function checkPlugin(plugin: PluginConfig, context: PluginContext = {}): Issue[] {
  const schema = PLUGIN_SCHEMAS.get(plugin.type);
  const ipam =
    plugin.ipam && plugin.type !== 'ovn-k8s-cni-overlay'
      ? checkIpam(plugin.ipam, `${plugin.path}/ipam`, plugin.capabilities)
      : [];
  if (!schema) return ipam;
  const report = reporter();
  const { raw, path } = plugin;
  checkFields(raw, schema.fields, plugin.type, path, report);
  const check: Check = {
    ...context,
    plugin,
    raw,
    get: (key) => fieldOf(raw, key)?.value,
    error: (slug, message, ...at) => report.add('error', slug, message, path + pointer(...at)),
    warn: (slug, message, ...at) => report.add('warning', slug, message, path + pointer(...at)),
  };
  schema.check?.(check);
  checkUnknownKeys(
    raw,
    schema.fields.map((field) => field.key),
    plugin.type,
    path,
    report,
  );
  return [...report.issues, ...ipam];
}

/** All plugins of a config, and the rules of the chain. The config's own issues are not repeated. */
export function checkNetworkConfig(config: NetworkConfig, context: PluginContext = {}): Issue[] {
  const report = reporter();
  for (const plugin of config.plugins) {
    const first = plugin.index === 0;
    if (first && PLUGIN_SCHEMAS.get(plugin.type)?.chained) {
      report.add(
        'error',
        'not-chained',
        `${plugin.type} works on the result of an earlier plugin and cannot be the first one.`,
        plugin.path,
      );
    }
    if (plugin.type === 'multus' || plugin.type === 'multus-shim') {
      report.add('error', 'multus-self-delegation', 'The config runs Multus, which then calls itself.', plugin.path);
    }
  }
  checkShaping(config, report.add);
  return [...report.issues, ...config.plugins.flatMap((plugin) => checkPlugin(plugin, context))];
}

const WITHOUT_VETH = new Set(['macvlan', 'ipvlan', 'vlan', 'sriov', 'host-device', 'dummy', 'tap', 'bond']);

/** bandwidth shapes the host end of a veth; without rates it does nothing. */
function checkShaping(
  config: NetworkConfig,
  add: (severity: 'error', slug: string, message: string, path: string) => void,
): void {
  const [main] = config.plugins;
  for (const plugin of config.plugins.slice(1)) {
    if (plugin.type !== 'bandwidth' || !main || !WITHOUT_VETH.has(main.type)) continue;
    const rate = ['ingressRate', 'egressRate'].some((key) => (asNumber(plugin.raw[key]) ?? 0) > 0);
    if (rate)
      add(
        'error',
        'bandwidth-no-veth',
        `bandwidth shapes the host end of a veth, which ${main.type} does not have.`,
        plugin.path,
      );
  }
}

/** What one plugin says of the network; an unknown plugin is its own technology. */
function describePlugin(plugin: PluginConfig): PluginDescription {
  const { raw } = plugin;
  const get = (key: string): unknown => fieldOf(raw, key)?.value;
  const ipam = plugin.ipam && describeIpam(plugin.ipam);
  const own = PLUGIN_SCHEMAS.get(plugin.type)?.describe?.(get, raw) ?? {};
  const description: PluginDescription = {
    technology: plugin.type,
    ...texts(get),
    needsDevice: false,
    ...own,
    subnets: unique([...(own.subnets ?? []), ...(ipam?.subnets ?? [])]),
    gateways: unique([...(own.gateways ?? []), ...(ipam?.gateways ?? [])]),
  };
  if (ipam) description.ipam = ipam;
  const uplink = own.uplink ?? description.master;
  if (uplink) description.uplink = uplink;
  return description;
}

/** Fields that mean the same in every plugin that has them, known or not. */
function texts(get: (key: string) => unknown): { master?: string; mtu?: number; mac?: string } {
  const master = asText(get('master'));
  const mtu = asNumber(get('mtu'));
  const mac = asText(get('mac'));
  return { ...(master ? { master } : {}), ...(mtu ? { mtu } : {}), ...(mac ? { mac } : {}) };
}

const unique = (list: readonly string[]): string[] => [...new Set(list)];

const tunes = new Set([tuning.type, cnvTuning.type]);

export type NetworkDescription = PluginDescription & { capabilities: string[]; chain: string[] };

/**
 * The whole config: its main plugin, with what later plugins change (mtu and mac of tuning). `capabilities` are those
 * of any plugin in the chain. A config without a readable plugin has the technology `unknown`.
 */
export function describeNetwork(config: NetworkConfig): NetworkDescription {
  const main = config.plugins.find((plugin) => !PLUGIN_SCHEMAS.get(plugin.type)?.chained) ?? config.plugins[0];
  // The name stands on the list, but plugins receive it in their own config.
  const base: PluginDescription = main
    ? describePlugin(main.raw.name === undefined ? { ...main, raw: named(main.raw, config.name) } : main)
    : { technology: 'unknown', subnets: [], gateways: [], needsDevice: false };
  const later = config.plugins.filter((plugin) => plugin !== main && tunes.has(plugin.type)).map(describePlugin);
  for (const { mtu, mac } of later) {
    if (mtu) base.mtu = mtu;
    if (mac) base.mac = mac;
  }
  const capabilities = unique(config.plugins.flatMap((plugin) => [...plugin.capabilities]));
  return { ...base, capabilities, chain: config.plugins.map((plugin) => plugin.type) };
}

const named = (raw: JsonRecord, name: string): JsonRecord => ({ ...raw, name });

import { findLayers, type PlacedLayer } from './layers.ts';
import { type CompactText, compactText, joinText, readable, sliceText } from './text.ts';
import type { Layer, Phase } from './types.ts';

export type Peeled = {
  layers: Layer[];
  phase: Phase;
  aggregated: boolean;
  truncated: boolean;
  region: CompactText;
  core: CompactText;
  /** The set-up text with its inner envelopes, from the first words that are none. */
  whole: CompactText;
  peeled: string;
  configName?: string;
  sandbox?: string;
  plugins: string[];
  multus: boolean;
  defaultNetwork: boolean;
  /** The message names the default network; otherwise the absence of Multus speaks for it. */
  defaultNamed: boolean;
};

/** Names under which default networks go about; a NAD may of course be called so, but hardly is. */
const defaultConfigs = new Set(
  (
    'cbr0 k8s-pod-network ovn-kubernetes openshift-sdn aws-cni azure cilium cilium-cni flannel kindnet weave antrea ' +
    'kube-ovn kube-router terway genie calico canal gke-pod-network default-cni-network'
  ).split(' '),
);
const defaultPlugins = new Set(
  (
    'flannel calico cilium-cni aws-cni azure-vnet azure-ipam weave-net antrea kindnet kube-router openshift-sdn canal ' +
    'terway gke netd nsx nuage contiv romana tke-bridge tke-route-eni egress-v4-cni aws-vpc'
  ).split(' '),
);
const multusSpeakers = new Set(['multus', 'multus-shim']);

/** Takes a message apart: envelopes, which half of it is set-up and which tear-down, and the core that says why. Linear. */
export function peel(message: string): Peeled {
  const full = firstEvent(withoutQuotes(withoutLogPrefix(compactText(withoutMargins(doubleQuoted(message))))));
  const { region: noisy, phase: split } = splitTeardown(full);
  const region = dropDumps(noisy);
  const placed = withoutInnerCalls(findLayers(region.text));
  const end = placed.reduce((max, layer) => Math.max(max, layer.to), 0);
  const core = withoutTail(sliceText(region, end, region.text.length));
  const layers = placed.map(({ from: _from, to: _to, ...layer }) => layer);
  const plugins = pluginsOf(placed);
  const multus = placed.some((layer) => multusSpeakers.has(layer.speaker));
  const configName = lastConfig(placed);
  const sandbox = placed.findLast((layer) => layer.sandbox !== undefined)?.sandbox;
  const defaultNamed = namesDefault(plugins, configName) || missesDefaultPlugin(core.text);
  const defaultNetwork = defaultNamed || (!multus && calledByRuntime(placed));
  return {
    layers,
    phase: placed.length > 0 ? split : 'none',
    aggregated: full.text.toLowerCase().includes('(combinedfromsimilarevents):'),
    truncated: isTruncated(message, full),
    region,
    core,
    whole: sliceText(region, leadOf(placed), region.text.length),
    peeled: readable(core),
    plugins,
    multus,
    defaultNetwork,
    defaultNamed,
    ...(configName !== undefined && { configName }),
    ...(sandbox !== undefined && { sandbox }),
  };
}

/** Marks of a citation or a table in front of each line; blanks take their place, so that offsets stay. */
function withoutMargins(message: string): string {
  return message.replaceAll(/(?:\n|\\{1,8}n)[ \t]{0,8}(?:[>|\u2502][ \t]?){1,4}/g, (margin) =>
    ' '.repeat(margin.length),
  );
}

/** Where only single quotes were printed, as by YAML, they stand for the double ones of the envelopes. */
function doubleQuoted(message: string): string {
  const single =
    !/["\u201c]|&quot;|&#34;/.test(message) && /(?:type=|name=|sandbox |network |plugin |pod )'\w/.test(message);
  return single ? message.replaceAll("'", '"') : message;
}

/** Time, host and place in front of a log line: RFC 3339, journald, klog. */
const logPrefix =
  /^(?:\d{4}-\d\d-\d\dT?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?|[A-Z][a-z]{2}\d{1,2}:?\d\d:\d\d:\d\d[\w.-]{1,120}\[\d{1,8}\]:|[IWEF]\d{4}\d\d:\d\d:\d\d\.\d{1,20}[\w.-]{1,80}:\d{1,6}\])/;

function withoutLogPrefix(text: CompactText): CompactText {
  let rest = text;
  for (let i = 0; i < 3; i++) {
    const length = logPrefix.exec(rest.text)?.[0].length ?? 0;
    if (length === 0) break;
    rest = sliceText(rest, length, rest.text.length);
  }
  return rest;
}

/** A message quoted as a whole, as from JSON or a citation. */
function withoutQuotes(text: CompactText): CompactText {
  const lead = /^[>|"'`*\u2502]{1,8}/.exec(text.text)?.[0].length ?? 0;
  if (lead === 0) return text;
  const tail = /["'`*\u2502]{1,8}$/.exec(text.text)?.[0].length ?? 0;
  return sliceText(text, lead, text.text.length - Math.min(lead, tail));
}

const opensEvent = /^(?:\(combinedfromsimilarevents\):|failed(?:to)?createpodsandbox:)/i;

/** Messages of two events in one paste: what the kubelet begins anew after a cause belongs to the second. */
function firstEvent(text: CompactText): CompactText {
  let end = 0;
  let network = false;
  for (const layer of findLayers(text.text)) {
    if (network && layer.from > end + 8 && opensEvent.test(layer.text)) return sliceText(text, 0, layer.from);
    end = layer.to;
    network ||= networkSpeakers.has(layer.speaker);
  }
  return text;
}

const isGrpc = (layer: PlacedLayer) => /^(?:rpcerror:?)?code=/i.test(layer.text);

/** Where the envelopes end that stand at the very beginning. */
function leadOf(layers: readonly PlacedLayer[]): number {
  let end = 0;
  for (const layer of layers) {
    if (layer.from > end || isGrpc(layer)) break;
    end = layer.to;
  }
  return end;
}

const networkSpeakers = new Set(['containerd', 'crio', 'dockershim', 'multus', 'multus-shim', 'delegate']);

/**
 * A gRPC error is an envelope when the kubelet or a plugin passes it on as it is. Behind words of a plugin it is what that plugin
 * called, and the words before it say more than those after it.
 */
function withoutInnerCalls(layers: readonly PlacedLayer[]): PlacedLayer[] {
  let end = 0;
  let network = false;
  return layers.filter((layer) => {
    if (network && isGrpc(layer) && layer.from > end) return false;
    end = layer.to;
    network ||= networkSpeakers.has(layer.speaker);
    return true;
  });
}

/** What a log writes behind a quoted error: `" pod="ns/p" podUID="..."`. */
const logTail = /"(?:pod|podUID|podSandboxID|sandboxID|sandboxId|containerName|containerID)="?/;

/** Without the fields of the log line and without what closes quotes and lists that were opened before the core. */
function withoutTail(core: CompactText): CompactText {
  const { text } = core;
  let end = logTail.exec(text)?.index ?? text.length;
  if (end === 0) end = text.length;
  const opened = text.slice(0, end).split('[').length;
  let closed = text.slice(0, end).split(']').length;
  for (; end > 0; end--) {
    const last = text.charAt(end - 1);
    if (last === ']' && closed > opened) closed--;
    else if (!'"\'`,*'.includes(last)) break;
  }
  return end === text.length ? core : sliceText(core, 0, end);
}

/** Set-up first, tear-down after: the first set-up error is the cause, what follows is noise (semantics.md 7.4). */
function splitTeardown(full: CompactText): { region: CompactText; phase: Phase } {
  const layers = findLayers(full.text);
  const firstDel = layers.find((layer) => layer.operation === 'del');
  if (firstDel === undefined) return { region: full, phase: 'setup' };
  const setUp = layers.find((layer) => layer.from < firstDel.from && layer.operation === 'add');
  const bracketStart = full.text.lastIndexOf(']', firstDel.from - 1);
  if (setUp === undefined) return { region: full, phase: 'teardown' };
  const between =
    firstDel.from - (layers.findLast((layer) => layer.to <= firstDel.from && layer.operation !== 'del')?.to ?? 0);
  // A tear-down error right behind an envelope stands in place of the set-up error.
  if (between < 4 && bracketStart >= 0) return { region: full, phase: 'teardown' };
  return { region: sliceText(full, 0, firstDel.from), phase: 'setup' };
}

/** Thick Multus quotes the whole request, config included: words in there say nothing about the error. */
function dropDumps(text: CompactText): CompactText {
  const parts: CompactText[] = [];
  const resume = /errored:/gi;
  const start = /containerid:"|\{containerid:|':stdindata:|stdindata:[{[]/gi;
  if (!start.test(text.text)) return text;
  start.lastIndex = 0;
  let at = 0;
  for (let dump = start.exec(text.text); dump !== null; dump = start.exec(text.text)) {
    parts.push(sliceText(text, at, dump.index));
    resume.lastIndex = dump.index;
    at = resume.exec(text.text)?.index ?? text.text.length;
    start.lastIndex = at;
  }
  parts.push(sliceText(text, at, text.text.length));
  return joinText(parts, text.original);
}

function pluginsOf(layers: readonly PlacedLayer[]): string[] {
  const names = layers.flatMap((layer) =>
    layer.plugin !== undefined && !/^multus/.test(layer.plugin) ? [layer.plugin] : [],
  );
  return [...new Set(names)];
}

function lastConfig(layers: readonly PlacedLayer[]): string | undefined {
  const multus = layers.filter((layer) => multusSpeakers.has(layer.speaker));
  // `plugin type="multus" name=...` and CRI-O name Multus' own configuration, which is no attachment.
  if (multus.length > 0)
    return multus.findLast((layer) => layer.configName !== undefined && layer.plugin === undefined)?.configName;
  return layers.findLast((layer) => layer.configName !== undefined)?.configName;
}

function namesDefault(plugins: readonly string[], configName: string | undefined): boolean {
  return (
    plugins.some((plugin) => defaultPlugins.has(plugin)) || (configName !== undefined && defaultConfigs.has(configName))
  );
}

function missesDefaultPlugin(core: string): boolean {
  const plugin = /failedtofindplugin"?([\w.-]{1,64}?)"?in/i.exec(core)?.[1];
  return plugin !== undefined && defaultPlugins.has(plugin);
}

/** Without Multus only the default network exists, as far as a runtime's envelope is there to tell. */
function calledByRuntime(layers: readonly PlacedLayer[]): boolean {
  return layers.some(
    (layer) => layer.operation === 'add' && ['containerd', 'crio', 'dockershim'].includes(layer.speaker),
  );
}

function isTruncated(message: string, full: CompactText): boolean {
  if (message.length >= 1020 || /(?:\.\.\.|\u2026)\s*$/.test(message)) return true;
  const quotes = full.text.split('"').length - 1;
  return quotes % 2 === 1;
}

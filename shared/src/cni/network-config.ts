import type { Issue } from '../kube/issue.ts';
import { asRecord, asText, excerpt, type JsonRecord } from '../kube/read.ts';
import { type JsonError, type JsonNode, locate, memberOf, parseGoJson, spanOf } from './go-json.ts';

/** One plugin of a config. `path` points into the config text: '' or '/plugins/0'. */
export type PluginConfig = {
  type: string;
  index: number;
  path: string;
  raw: JsonRecord;
  capabilities: ReadonlySet<string>;
  ipam?: JsonRecord;
};

/**
 * `empty`: the node's own file of that name is used. `invalid`: Multus refuses the text; what could be read of it is
 * still here so that the network can be described. Paths of issues point into the config text.
 */
export type NetworkConfig = {
  kind: 'conf' | 'conflist' | 'empty' | 'invalid';
  /** The name that reaches the plugins and the messages: the config's own, else the NAD's. */
  name: string;
  nameGiven: boolean;
  cniVersion?: string;
  plugins: PluginConfig[];
  issues: Issue[];
};

const CNI_VERSIONS: readonly string[] = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'];
const MAX_PLUGINS = 100;
const NETWORK_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** `spec.config` of a NAD as Multus and libcni read it (semantics section 3 and 8). Never throws. */
export function parseNetworkConfig(text: string | undefined, nadName: string): NetworkConfig {
  if (text === undefined || text === '')
    return { kind: 'empty', name: nadName, nameGiven: false, plugins: [], issues: [] };
  const { root, partial, error } = parseGoJson(text);
  const issues: Issue[] = [];
  if (error) issues.push(syntaxIssue(text, error));
  else if (root && root.type !== 'object') issues.push(notObjectIssue(root));
  const object = root ?? partial;
  if (!object?.members) return { kind: 'invalid', name: nadName, nameGiven: false, plugins: [], issues };
  const config = readConfig(object, nadName);
  if (error) return { ...config, kind: 'invalid', issues };
  return config;
}

function syntaxIssue(text: string, error: JsonError): Issue {
  const place = { path: '', offset: Math.min(error.offset, text.length), length: error.offset < text.length ? 1 : 0 };
  if (error.kind === 'size' || error.kind === 'depth') {
    return {
      slug: 'nad-config-too-large',
      severity: 'warning',
      message: `The config is not read: ${error.message}.`,
      ...place,
    };
  }
  const line = text.slice(0, error.offset).split('\n').length;
  const near =
    error.offset < text.length
      ? `, line ${line}, near ${excerpt(text.slice(Math.max(0, error.offset - 12), error.offset + 12).trim())}`
      : '';
  return {
    slug: 'nad-config-not-json',
    severity: 'error',
    message: `The config is not valid JSON: ${error.message}${near}.`,
    ...place,
  };
}

function notObjectIssue(root: JsonNode): Issue {
  const message = `The config is ${excerpt(root.value)} where a JSON object is wanted (json: cannot unmarshal ${root.type} into Go value of type map[string]interface {}).`;
  return { slug: 'nad-config-not-object', severity: 'error', message, path: '', ...spanOf(root) };
}

function readConfig(root: JsonNode, nadName: string): NetworkConfig {
  const issues: Issue[] = [];
  const record = root.value as JsonRecord;
  checkCommon(root, '', issues);
  const given = asText(memberOf(root, 'name')?.node.value);
  const config: NetworkConfig = {
    kind: 'conf',
    name: given ?? nadName,
    nameGiven: given !== undefined,
    plugins: [],
    issues,
  };
  if (!NETWORK_NAME.test(config.name)) {
    const message = `The config name ${excerpt(config.name)} has characters that CNI does not allow; letters, digits, underscore, dot and hyphen are.`;
    issues.push({ slug: 'cni-invalid-network-name', severity: 'error', message, ...placeOf(root, 'name') });
  }
  const version = readVersion(root, issues);
  if (version !== undefined) config.cniVersion = version;
  const type = asText(memberOf(root, 'type')?.node.value);
  const plugins = memberOf(root, 'plugins');
  if (type) {
    config.plugins = [toPlugin(record, type, 0, '')];
    if (plugins) {
      const message = 'The config has both "type" and "plugins"; Multus takes "type" and ignores the list.';
      issues.push({ slug: 'nad-type-and-plugins', severity: 'warning', message, ...placeOf(root, 'plugins') });
    }
    return config;
  }
  if (!plugins || plugins.node.type === 'null') {
    const message = 'The config has neither "type" nor "plugins"; Multus cannot tell which CNI plugin to run.';
    issues.push({ slug: 'nad-no-type', severity: 'error', message, path: '', ...spanOf(root) });
    return { ...config, kind: 'invalid' };
  }
  config.kind = 'conflist';
  config.plugins = readPlugins(plugins.node, issues);
  checkFlags(root, issues);
  return issues.some((issue) => REFUSING.has(issue.slug)) ? { ...config, kind: 'invalid' } : config;
}

const REFUSING = new Set(['nad-no-type', 'nad-plugins-invalid']);

const placeOf = (root: JsonNode, key: string): Pick<Issue, 'path' | 'offset' | 'length'> => {
  const member = memberOf(root, key);
  return member ? { path: `/${member.key}`, ...spanOf(member.node) } : { path: '', ...spanOf(root) };
};

function readPlugins(list: JsonNode, issues: Issue[]): PluginConfig[] {
  const add = (slug: string, message: string, node: JsonNode, path: string): void => {
    if (issues.length < 100) issues.push({ slug, severity: 'error', message, path, ...spanOf(node) });
  };
  if (!list.items) {
    add(
      'nad-plugins-invalid',
      `"plugins" is ${excerpt(list.value)} where a list of plugins is wanted.`,
      list,
      '/plugins',
    );
    return [];
  }
  if (list.items.length === 0)
    add('nad-plugins-invalid', '"plugins" is an empty list; Multus crashes on it.', list, '/plugins');
  if (list.items.length > MAX_PLUGINS)
    add(
      'nad-plugins-invalid',
      `"plugins" lists ${list.items.length} plugins; no more than ${MAX_PLUGINS} are read.`,
      list,
      '/plugins',
    );
  const out: PluginConfig[] = [];
  for (const [i, item] of list.items.slice(0, MAX_PLUGINS).entries()) {
    const path = `/plugins/${i}`;
    const record = asRecord(item.value);
    const type = asText(memberOf(item, 'type')?.node.value);
    if (!record)
      add(
        'nad-plugins-invalid',
        `Plugin ${i + 1} of the list is ${excerpt(item.value)} where an object is wanted.`,
        item,
        path,
      );
    else if (!type)
      add(i === 0 ? 'nad-no-type' : 'nad-plugins-invalid', `Plugin ${i + 1} of the list has no "type".`, item, path);
    if (!record) continue;
    checkCommon(item, path, issues);
    if (type) out.push(toPlugin(record, type, i, path));
  }
  return out;
}

function toPlugin(raw: JsonRecord, type: string, index: number, path: string): PluginConfig {
  const capabilities = new Set<string>();
  const declared = asRecord(raw.capabilities);
  for (const [key, value] of Object.entries(declared ?? {})) if (value === true) capabilities.add(key);
  const ipam = asRecord(raw.ipam);
  const plugin: PluginConfig = { type, index, path, raw, capabilities };
  if (ipam && Object.keys(ipam).length > 0) plugin.ipam = ipam;
  return plugin;
}

const COMMON: readonly [key: string, type: JsonNode['type'], wanted: string][] = [
  ['cniVersion', 'string', 'a string'],
  ['name', 'string', 'a string'],
  ['type', 'string', 'a string'],
  ['ipam', 'object', 'an object'],
  ['dns', 'object', 'an object'],
  ['capabilities', 'object', 'an object'],
  ['prevResult', 'object', 'an object'],
];

/** The fields of the common CNI struct are typed; Go refuses the config when one is of another type. */
function checkCommon(node: JsonNode, path: string, issues: Issue[]): void {
  const wrong = (found: JsonNode, key: string, wanted: string, at: string): void => {
    const message = `"${key}" is ${excerpt(found.value)} where ${wanted} is wanted (json: cannot unmarshal ${found.type}).`;
    if (issues.length < 100)
      issues.push({ slug: 'nad-unmarshal-conf', severity: 'error', message, path: at, ...spanOf(found) });
  };
  for (const [key, type, wanted] of COMMON) {
    const member = memberOf(node, key);
    if (member && member.node.type !== type && member.node.type !== 'null')
      wrong(member.node, key, wanted, `${path}/${member.key}`);
  }
  for (const capability of memberOf(node, 'capabilities')?.node.members ?? []) {
    if (capability.node.type !== 'bool' && capability.node.type !== 'null') {
      wrong(capability.node, `capabilities.${capability.key}`, 'true or false', `${path}/capabilities`);
    }
  }
  const ipamType = memberOf(memberOf(node, 'ipam')?.node, 'type')?.node;
  if (ipamType && ipamType.type !== 'string' && ipamType.type !== 'null')
    wrong(ipamType, 'ipam.type', 'a string', `${path}/ipam/type`);
}

function readVersion(root: JsonNode, issues: Issue[]): string | undefined {
  const version = asText(memberOf(root, 'cniVersion')?.node.value);
  const place = placeOf(root, 'cniVersion');
  if (version === undefined) {
    if (memberOf(root, 'cniVersions')) return undefined;
    const message =
      'The config has no "cniVersion", so plugins answer in the oldest format and the attachment is left out of network-status.';
    issues.push({ slug: 'cni-version-missing-020', severity: 'warning', message, ...place });
  } else if (version === '0.1.0' || version === '0.2.0') {
    const message = `With "cniVersion" ${version} results name no interfaces, so the attachment is left out of network-status and one address per family is the limit.`;
    issues.push({ slug: 'cni-version-missing-020', severity: 'warning', message, ...place });
  } else if (!CNI_VERSIONS.includes(version)) {
    const newer = /^[1-9]\d{0,3}\.\d{1,4}\.\d{1,4}$/.test(version);
    const message = `"cniVersion" ${excerpt(version)} is not a version of the CNI specification that is known here; plugins compare it literally with ${CNI_VERSIONS.slice(2).join(', ')}.`;
    issues.push({ slug: 'cni-version-unsupported', severity: newer ? 'warning' : 'error', message, ...place });
  }
  return version;
}

/** libcni takes booleans, and the words true and false as strings, for the two flags of a list. */
function checkFlags(root: JsonNode, issues: Issue[]): void {
  for (const key of ['disableCheck', 'disableGC', 'loadOnlyInlinedPlugins']) {
    const node = memberOf(root, key)?.node;
    if (!node || node.type === 'bool' || /^(?:true|false)$/i.test(String(node.value))) continue;
    const message = `"${key}" is ${excerpt(node.value)} where true or false is wanted.`;
    issues.push({ slug: 'nad-plugins-invalid', severity: 'error', message, path: `/${key}`, ...spanOf(node) });
  }
}

/** Adds the place in the text to issues that only know their path. Reads the text once. */
export function withPositions(text: string | undefined, issues: readonly Issue[]): Issue[] {
  if (!text || issues.every((issue) => issue.offset !== undefined || issue.path === undefined)) return [...issues];
  const { root } = parseGoJson(text);
  return issues.map((issue) => {
    if (issue.offset !== undefined || issue.path === undefined) return issue;
    const node = locate(root, issue.path) ?? locate(root, issue.path.slice(0, issue.path.lastIndexOf('/')));
    return node ? { ...issue, ...spanOf(node) } : issue;
  });
}

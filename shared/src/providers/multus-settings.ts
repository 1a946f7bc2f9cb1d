import { type KubeObject, refOf } from '../kube/object.ts';
import { asBool, asRecord, asStringMap, asStrings, asText, getPath, pointer } from '../kube/read.ts';
import { type Claims, type MultusSettings, nothing } from './provider.ts';

const configMaps = new Set(['multus-daemon-config', 'multus-cni-config']);
const sizeLimit = 256 * 1024;

function toRecord(text: string): Record<string, unknown> | undefined {
  if (text.length > sizeLimit) return undefined;
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The parts of Multus' own configuration that decide over pods, from the ConfigMap that its manifests mount. */
export function readMultusSettings(map: KubeObject): Claims {
  if (!configMaps.has(map.metadata.name)) return nothing;
  for (const [key, text] of asStringMap(getPath(map, 'data'))) {
    const config = toRecord(text);
    if (
      !config ||
      !(
        'namespaceIsolation' in config ||
        'clusterNetwork' in config ||
        'defaultNetworks' in config ||
        'globalNamespaces' in config ||
        config['type'] === 'multus' ||
        'chrootDir' in config
      )
    )
      continue;
    const settings: MultusSettings = { ref: refOf(map), path: pointer('data', key) };
    const isolation = asBool(config['namespaceIsolation']);
    const globals = asText(config['globalNamespaces']);
    const multusNamespace = asText(config['multusNamespace']);
    const clusterNetwork = asText(config['clusterNetwork']);
    const defaults = asStrings(config['defaultNetworks']);
    if (isolation !== undefined) settings.namespaceIsolation = isolation;
    if (globals)
      settings.globalNamespaces = globals
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean);
    if (multusNamespace) settings.multusNamespace = multusNamespace;
    if (clusterNetwork) settings.clusterNetwork = clusterNetwork;
    if (defaults.length > 0) settings.defaultNetworks = defaults;
    return { settings };
  }
  return nothing;
}

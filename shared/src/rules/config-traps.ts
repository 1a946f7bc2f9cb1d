import { PLUGIN_SCHEMAS } from '../cni/plugins/registry.ts';
import { nearest } from '../cni/text.ts';
import { asRecords, asText } from '../kube/read.ts';
import { sh } from '../kube/shell.ts';
import type { Evidence } from '../model/topology.ts';
import { toCidr } from '../net/cidr.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { configEvidence, editNad, isOpen } from './define.ts';
import type { Draft, NetworkFacts, Rule } from './rule.ts';

const nameOf = (claim: NetworkClaim): string => `${claim.namespace ?? ''}/${claim.name}`;

/** Evidence with the first place marked where a word stands in the config text. */
function evidenceAt(claim: NetworkClaim, word: string): Evidence {
  const offset = claim.config?.text.indexOf(word) ?? -1;
  return configEvidence(claim, offset < 0 ? undefined : { offset, length: word.length });
}

/** Plugins of runtimes and vendors whose names come close to none of ours by mistake. */
const isVendors = (type: string): boolean => /[./]|cni|multus/i.test(type);

/** What a plugin type was meant to be, where it is one or two letters off and no plugin of another vendor. */
const meantType = (type: string): string | undefined =>
  PLUGIN_SCHEMAS.has(type) || type.length < 4 || isVendors(type) ? undefined : nearest(type, PLUGIN_SCHEMAS.keys(), 2);

function typoDrafts(network: NetworkFacts): Draft[] {
  return network.claims.flatMap((claim) =>
    (claim.config?.read.plugins ?? []).flatMap(({ type }): Draft[] => {
      const meant = meantType(type);
      if (!meant) return [];
      return [
        {
          slug: 'plugin-type-typo',
          group: `plugin-type-typo:${network.network.id}:${type}`,
          confidence: 'likely',
          title: `${nameOf(claim)} names a plugin "${type}"; "${meant}" was probably meant`,
          message: `The runtime runs the file "${type}" of the plugin folder, which hardly exists.`,
          fix: {
            text: 'Correct "type" in the config.',
            commands: editNad(claim),
            patch: `"type": "${meant}"`,
          },
          evidence: [evidenceAt(claim, `"${type}"`)],
          subjects: [{ type: 'network', id: network.network.id }],
        },
      ];
    }),
  );
}

const typoTexts = {
  code: 'MN318',
  title: 'The plugin type is probably misspelt',
  severity: 'warning' as const,
  why: '"type" is the name of a file in the plugin folder of the node. A misspelt one gives "failed to find plugin ... in path".',
  fix: 'Correct "type" in the config.',
};

/** Routes of an IPAM section that lead everything to this network. */
function defaultRouteOf(claim: NetworkClaim): { family: string; key: string } | undefined {
  for (const plugin of claim.config?.read.plugins ?? []) {
    if (plugin.raw['isDefaultGateway'] === true) return { family: 'the default route', key: '"isDefaultGateway"' };
    for (const route of asRecords(plugin.ipam?.['routes'])) {
      const dst = asText(route['dst']);
      if (dst && toCidr(dst)?.prefixLength === 0) return { family: dst, key: `"${dst}"` };
    }
  }
  return undefined;
}

/** Plugins that take no device from a resource. */
const withoutDevices = new Set(['bridge', 'macvlan', 'ipvlan', 'vlan', 'ptp', 'tap', 'dummy']);

/** MN318, MN319 and MN350-MN359: configs that can be read and are not what their writer thinks. */
export const configTrapRules: readonly Rule[] = [
  {
    ...typoTexts,
    scope: 'attachment',
    needs: 'open',
    slugs: ['plugin-type-typo'],
    // That the plugin is missing is MN402's to say; this tells why.
    check: (facts) => (facts.network && isOpen(facts) ? typoDrafts(facts.network) : undefined),
  },
  { ...typoTexts, scope: 'network', slugs: [], check: (network) => typoDrafts(network) },
  {
    code: 'MN319',
    scope: 'network',
    title: 'A secondary network brings a default route',
    severity: 'info',
    slugs: ['config-default-route'],
    why: 'eth0 has the default route already. A second one is refused by older plugins ("file exists") and shares the traffic out in newer ones, so that connections to services and to the outside break at random.',
    fix: 'Route only the ranges behind this network, and choose the default route in the request with "default-route".',
    check: ({ network, claims }) => {
      if (network.role !== 'secondary') return undefined;
      const claim = claims.find((item) => defaultRouteOf(item));
      const found = claim && defaultRouteOf(claim);
      if (!claim || !found || !withoutOwnPlan(claim)) return undefined;
      return {
        slug: 'config-default-route',
        group: network.id,
        confidence: 'possible',
        title: `${nameOf(claim)} gives its pods a second default route`,
        message: `The config sets ${found.family} on a secondary interface, next to the one of eth0.`,
        fix: {
          text: 'Route only the ranges behind this network; let pods that want it ask with "default-route".',
          commands: editNad(claim),
          patch: '"routes": [{"dst": "10.30.0.0/16"}]',
        },
        evidence: [evidenceAt(claim, found.key)],
      };
    },
  },
  {
    code: 'MN347',
    scope: 'network',
    title: 'sbr follows a plugin without IPAM',
    severity: 'warning',
    slugs: [],
    why: 'Source based routing makes a table for every address of the interface. Without an address it refuses: "No IP addresses supplied on interface".',
    fix: 'Give the first plugin an IPAM section.',
    check: (network) => sbrDraft(network, false),
  },
  {
    code: 'MN347',
    scope: 'attachment',
    needs: 'open',
    title: 'sbr follows a plugin without IPAM',
    severity: 'error',
    slugs: ['sbr-no-ip'],
    why: 'Source based routing makes a table for every address of the interface. Without an address it refuses: "No IP addresses supplied on interface".',
    fix: 'Give the first plugin an IPAM section.',
    check: (facts, world) =>
      facts.network && isOpen(facts) && (facts.failure || !world.isUsed(facts.network.network.id))
        ? sbrDraft(facts.network, true)
        : undefined,
  },
  {
    code: 'MN350',
    scope: 'network',
    title: 'A resourceName on a plugin that takes no device',
    severity: 'info',
    slugs: ['resource-useless'],
    why: 'Multus hands the device of the resource to the plugin as deviceID. This plugin does not read it: the pod holds a device, or marks a node, and its interface is made without it.',
    fix: 'Remove the annotation, unless the resource only marks the nodes that have the bridge or the master.',
    check: ({ network, claims }) => {
      const claim = claims.find((item) => item.resourceName && withoutDevices.has(item.technology));
      if (!claim?.resourceName || /bridge\.network\.kubevirt\.io\//.test(claim.resourceName)) return undefined;
      return {
        slug: 'resource-useless',
        group: network.id,
        confidence: 'possible',
        title: `${nameOf(claim)} names a resource, but ${claim.technology} takes no device`,
        message: `k8s.v1.cni.cncf.io/resourceName is ${claim.resourceName}.`,
        fix: {
          text: 'Remove the annotation, unless the resource only marks nodes.',
          commands: [
            sh`kubectl -n ${claim.namespace ?? 'default'} annotate net-attach-def ${claim.name} k8s.v1.cni.cncf.io/resourceName-`,
          ],
        },
        evidence: [
          {
            ref: claim.ref,
            path: '/metadata/annotations/k8s.v1.cni.cncf.io~1resourceName',
            value: claim.resourceName.slice(0, 400),
          },
        ],
      };
    },
  },
];

/** Whoever chains route-override or sbr has thought about routes. */
const withoutOwnPlan = (claim: NetworkClaim): boolean =>
  !claim.config?.read.plugins.some(({ type }) => type === 'route-override' || type === 'sbr' || type === 'vrf');

function sbrDraft(network: NetworkFacts, stops: boolean): Draft | undefined {
  const claim = network.claims.find((item) => {
    const plugins = item.config?.read.plugins ?? [];
    return plugins.slice(1).some(({ type }) => type === 'sbr') && withoutDevices.has(plugins[0]?.type ?? '');
  });
  if (!claim || claim.config?.read.plugins.some((plugin) => plugin.ipam)) return undefined;
  return {
    slug: 'sbr-no-ip',
    group: network.network.id,
    severity: stops ? 'error' : 'warning',
    confidence: 'certain',
    title: `${nameOf(claim)} runs sbr on an interface without an address`,
    message: 'The first plugin of the chain has no IPAM section.',
    fix: {
      text: 'Give the first plugin an IPAM section, or remove sbr.',
      commands: editNad(claim),
      patch: '"ipam": {"type": "whereabouts", "range": "10.30.0.0/24"}',
    },
    evidence: [evidenceAt(claim, '"sbr"')],
    subjects: [{ type: 'network', id: network.network.id }],
    ...(stops ? { effect: 'failed' as const } : {}),
  };
}

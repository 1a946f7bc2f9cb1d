import { asNumber, asText, excerpt } from '../../kube/read.ts';
import { toCidr } from '../../net/cidr.ts';
import { bools, type Check, definePlugin, int, MTU, strings, word } from './schema.ts';

const INVALID = 'ovnk-nad-invalid';

/** `10.0.0.0/16/24,fd00::/48/64`: a layer3 subnet carries the length of a node's share. */
function subnetsOf(value: unknown): string[] {
  const out: string[] = [];
  for (const part of (asText(value) ?? '').split(',', 32)) {
    const [network, length] = part.trim().split('/');
    if (network) out.push(length ? `${network}/${length}` : network);
  }
  return out;
}

/** ovn-kubernetes go-controller/pkg/util/multi_network.go, pkg/config/cni.go */
export const ovnK8sCniOverlay = definePlugin({
  type: 'ovn-k8s-cni-overlay',
  fields: [
    ...strings(
      'netAttachDefName subnets excludeSubnets joinSubnet physicalNetworkName transitSubnet reservedSubnets infrastructureSubnets defaultGatewayIPs transport logFile logLevel',
    ),
    word('topology', ['layer2', 'layer3', 'localnet'], INVALID),
    word('role', ['primary', 'secondary'], INVALID),
    MTU,
    int('vlanID', { min: 0, max: 4094, slug: INVALID }),
    ...bools('allowPersistentIPs'),
  ],
  check(c) {
    if (c.plugin.path !== '') c.error(INVALID, 'OVN-Kubernetes takes no chained plugins; its config must stand alone.');
    const topology = asText(c.get('topology'));
    if (topology === undefined) return;
    checkNames(c);
    checkTopology(c, topology);
    for (const key of ['subnets', 'excludeSubnets', 'joinSubnet']) checkSubnets(c, key);
    if (c.plugin.ipam)
      c.error('ovnk-ipam-key', 'OVN-Kubernetes refuses "ipam"; addresses come from "subnets".', 'ipam');
  },
  describe(get) {
    const topology = asText(get('topology'));
    const vlan = asNumber(get('vlanID'));
    const physical = topology === 'localnet' ? (asText(get('physicalNetworkName')) ?? asText(get('name'))) : undefined;
    return {
      technology: topology ? `ovn-${topology}` : 'ovn-kubernetes',
      ...(topology ? { topology } : {}),
      role: asText(get('role')) ?? 'secondary',
      subnets: subnetsOf(get('subnets')),
      ...(vlan ? { vlan } : {}),
      ...(physical ? { physicalNetwork: physical, uplink: physical } : {}),
    };
  },
});

function checkNames(c: Check): void {
  const given = asText(c.get('netAttachDefName'));
  const expected = c.nad && `${c.nad.namespace}/${c.nad.name}`;
  if (!given) c.error(INVALID, 'OVN-Kubernetes needs "netAttachDefName" as namespace/name of the definition.');
  else if (expected && given !== expected) {
    c.error(
      'ovnk-nad-name-mismatch',
      `"netAttachDefName" is ${excerpt(given)}, but the definition is ${excerpt(expected)}.`,
      'netAttachDefName',
    );
  }
  if (c.plugin.path !== '') return;
  const name = asText(c.get('name'));
  if (!name) c.error(INVALID, 'OVN-Kubernetes needs a "name" in the config.');
  else if (name === 'default' || name === 'ovn-kubernetes')
    c.error(INVALID, `The name ${excerpt(name)} is that of the default network.`, 'name');
}

function checkTopology(c: Check, topology: string): void {
  const only = (key: string, allowed: readonly string[]): void => {
    const value = c.get(key);
    if (value === undefined || value === null || value === '' || value === false || value === 0) return;
    if (!allowed.includes(topology))
      c.error(INVALID, `"${key}" does not go with the topology ${excerpt(topology)}.`, key);
  };
  if (asText(c.get('role')) === 'primary') only('role', ['layer2', 'layer3']);
  only('joinSubnet', ['layer2', 'layer3']);
  only('excludeSubnets', ['layer2', 'localnet']);
  only('allowPersistentIPs', ['layer2', 'localnet']);
  only('physicalNetworkName', ['localnet']);
  only('vlanID', ['localnet']);
  if (topology === 'layer3' && !asText(c.get('subnets'))) c.error(INVALID, 'The topology layer3 needs "subnets".');
}

function checkSubnets(c: Check, key: string): void {
  for (const text of subnetsOf(c.get(key))) {
    if (!toCidr(text)) c.error(INVALID, `"${key}" holds ${excerpt(text)}, which is not a CIDR.`, key);
  }
}

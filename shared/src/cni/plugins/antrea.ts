import { asNumber, asText } from '../../kube/read.ts';
import { definePlugin, int, MTU, word } from './schema.ts';

const INVALID = 'antrea-nad-invalid';

/** antrea pkg/agent/secondarynetwork/podwatch: read by the agent itself, Multus or not. */
export const antrea = definePlugin({
  type: 'antrea',
  fields: [word('networkType', ['vlan', 'sriov'], INVALID), int('vlan', { min: 0, max: 4094, slug: INVALID }), MTU],
  check(c) {
    // Without it the config is one by which Multus calls Antrea as a CNI plugin.
    if (asText(c.get('networkType')) === undefined) return;
    const ipam = asText(c.plugin.ipam?.['type']);
    if (ipam !== undefined && ipam !== 'antrea')
      c.error(
        INVALID,
        `Antrea takes addresses of secondary interfaces from its own IPAM only, and not from "${ipam}".`,
        'ipam',
      );
    if (asText(c.get('networkType')) === 'sriov' && !c.resourceName)
      c.warn(
        INVALID,
        'A network of type sriov needs the annotation k8s.v1.cni.cncf.io/resourceName on its definition.',
      );
  },
  describe(get) {
    const type = asText(get('networkType'));
    const vlan = asNumber(get('vlan'));
    return {
      technology: type === 'vlan' || type === 'sriov' ? `antrea-${type}` : 'antrea',
      ...(vlan ? { vlan } : {}),
    };
  },
});

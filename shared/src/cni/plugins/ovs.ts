import { asNumber, asText } from '../../kube/read.ts';
import { definePlugin, int, lists, MTU, strings, uint } from './schema.ts';
import { checkTrunk } from './trunk.ts';

/** k8snetworkplumbingwg/ovs-cni */
export const ovs = definePlugin({
  type: 'ovs',
  fields: [
    ...strings('bridge interface_type configuration_path socket_file ovnPort ifname'),
    uint('vlan', { max: 4095, slug: 'ovs-vlan-range' }),
    MTU,
    ...lists('trunk'),
    uint('ofport_request', { min: 1, max: 65279 }),
    int('link_state_check_retries'),
    int('link_state_check_interval'),
  ],
  check: (c) => checkTrunk(c, 'trunk', 'ovs-trunk'),
  describe(get) {
    const name = asText(get('bridge'));
    const vlan = asNumber(get('vlan'));
    return { ...(name ? { bridge: name } : {}), ...(vlan ? { vlan } : {}) };
  },
});

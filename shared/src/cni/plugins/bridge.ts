import { asNumber, asRecord, asText } from '../../kube/read.ts';
import { bools, definePlugin, int, lists, MTU, strings, word } from './schema.ts';
import { checkTrunk } from './trunk.ts';

/** containernetworking/plugins main/bridge */
export const bridge = definePlugin({
  type: 'bridge',
  fields: [
    ...strings('bridge mac'),
    ...bools(
      'isGateway isDefaultGateway forceAddress ipMasq hairpinMode promiscMode preserveDefaultVlan macspoofchk enabledad disableContainerInterface portIsolation',
    ),
    word('ipMasqBackend', ['iptables', 'nftables'], 'plugin-field-value'),
    MTU,
    int('vlan', { min: 0, max: 4094, slug: 'bridge-vlan-range' }),
    ...lists('vlanTrunk'),
  ],
  check(c) {
    checkTrunk(c, 'vlanTrunk', 'bridge-trunk');
    if (c.get('hairpinMode') === true && c.get('promiscMode') === true) {
      c.error(
        'bridge-hairpin-promisc',
        'bridge: "hairpinMode" and "promiscMode" are both true; the plugin takes one of them.',
        'promiscMode',
      );
    }
    if (c.get('disableContainerInterface') === true && asText(asRecord(c.get('ipam'))?.type)) {
      c.error(
        'bridge-ipam-disabled-iface',
        'bridge: "disableContainerInterface" does not go with IPAM.',
        'disableContainerInterface',
      );
    }
  },
  describe: (get) => {
    const name = asText(get('bridge')) ?? 'cni0';
    const vlan = asNumber(get('vlan'));
    return { bridge: name, ...(vlan ? { vlan } : {}) };
  },
});

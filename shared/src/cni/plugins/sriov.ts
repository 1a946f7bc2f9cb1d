import { asNumber, asText, excerpt } from '../../kube/read.ts';
import { bools, type Check, definePlugin, int, strings, word } from './schema.ts';

/** k8snetworkplumbingwg/sriov-cni pkg/config/config.go:100-146 */
export const sriov = definePlugin({
  type: 'sriov',
  fields: [
    int('vlan', { min: 0, max: 4094, slug: 'sriov-conf-invalid' }),
    int('vlanQoS', { min: 0, max: 7, slug: 'sriov-conf-invalid' }),
    int('min_tx_rate'),
    int('max_tx_rate'),
    ...strings('vlanProto spoofchk trust master mac logLevel logFile'),
    ...bools('vlanTrunk dpdkMode'),
    word('link_state', ['auto', 'enable', 'disable'], 'sriov-conf-invalid'),
  ],
  check(c) {
    checkVlan(c);
    for (const key of ['spoofchk', 'trust']) checkSwitch(c, key);
    if (!c.resourceName && !asText(c.get('deviceID'))) {
      c.warn(
        'sriov-no-device-id',
        'sriov needs a VF, but the definition carries no resourceName annotation from which one could come.',
      );
    }
  },
  describe(get) {
    const vlan = asNumber(get('vlan'));
    const device = asText(get('deviceID'));
    return { ...(vlan ? { vlan } : {}), ...(device ? { device } : { needsDevice: true }) };
  },
});

/** Without "vlan" neither of the others may be there at all; with vlan 0 they must not ask for anything. */
function checkVlan(c: Check): void {
  const isSet = (key: string): boolean => c.get(key) !== undefined && c.get(key) !== null;
  const proto = asText(c.get('vlanProto'));
  if (proto && !['802.1q', '802.1ad'].includes(proto.toLowerCase())) {
    const message = `sriov: "vlanProto" is ${excerpt(proto)}; allowed are 802.1q and 802.1ad.`;
    c.error('sriov-conf-invalid', message, 'vlanProto');
  }
  const asks = { vlanQoS: (asNumber(c.get('vlanQoS')) ?? 0) > 0, vlanProto: proto?.toLowerCase() === '802.1ad' };
  for (const key of ['vlanQoS', 'vlanProto'] as const) {
    if (!isSet('vlan') && isSet(key)) c.error('sriov-conf-invalid', `sriov: "${key}" needs a "vlan".`, key);
    else if (c.get('vlan') === 0 && asks[key]) {
      c.error('sriov-conf-invalid', `sriov: "${key}" needs a "vlan" above 0.`, key);
    }
  }
}

function checkSwitch(c: Check, key: string): void {
  const text = asText(c.get(key));
  if (text && text !== 'on' && text !== 'off')
    c.warn('sriov-conf-invalid', `sriov: "${key}" is ${excerpt(text)}; the plugin knows "on" and "off".`, key);
}

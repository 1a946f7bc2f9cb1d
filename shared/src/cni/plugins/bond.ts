import { asNumber, asRecords, asText, excerpt } from '../../kube/read.ts';
import { bools, definePlugin, int, lists, strings } from './schema.ts';

const BOND_MODES: readonly string[] = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
];

/** k8snetworkplumbingwg/bond-cni */
export const bond = definePlugin({
  type: 'bond',
  fields: [
    { key: 'mode', type: 'string', required: 'bond-mode', oneOf: BOND_MODES, slug: 'bond-mode' },
    ...lists('links'),
    ...bools('linksInContainer'),
    ...strings('miimon xmitHashPolicy ifname'),
    int('failOverMac', { min: 0, max: 2 }),
    int('mtu'),
    int('allSlavesActive', { min: 0, max: 1 }),
    int('tlbDynamicLb', { min: 0, max: 1 }),
  ],
  check(c) {
    const links = asRecords(c.get('links')).filter((link) => asText(link.name));
    if (links.length < 2)
      c.error('bond-links', `bond needs at least two "links" with a name, it has ${links.length}.`, 'links');
    const miimon = asText(c.get('miimon'));
    if (miimon && !/^[+-]?\d+$/.test(miimon)) {
      c.error(
        'plugin-field-value',
        `bond: "miimon" is ${excerpt(miimon)}; the plugin wants digits in a string.`,
        'miimon',
      );
    }
    const mtu = asNumber(c.get('mtu'));
    if (mtu !== undefined && mtu !== 0 && mtu < 68)
      c.error('bond-mtu', `bond: "mtu" is ${mtu}; it must be at least 68.`, 'mtu');
  },
  describe(get) {
    const mode = asText(get('mode'));
    const links = asRecords(get('links')).flatMap((link) => asText(link.name) ?? []);
    return { ...(mode ? { mode } : {}), links };
  },
});

import { int, lists, strings } from '../plugins/schema.ts';
import { defineIpam } from './ipam.ts';

/** containernetworking/plugins ipam/dhcp: all that matters happens at the daemon of the node. */
export const dhcp = defineIpam({
  type: 'dhcp',
  fields: [...strings('daemonSocketPath'), ...lists('request provide'), int('priority')],
});

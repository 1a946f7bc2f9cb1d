import { checkMac } from './mac.ts';
import { bools, definePlugin, MTU, strings, uint } from './schema.ts';

/** containernetworking/plugins main/tap */
export const tap = definePlugin({
  type: 'tap',
  fields: [...bools('multiQueue'), MTU, ...strings('mac selinuxContext bridge'), uint('owner'), uint('group')],
  check: checkMac,
});

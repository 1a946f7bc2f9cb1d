import { asText } from '../../kube/read.ts';
import { toMac } from '../../net/mac.ts';
import { definePlugin, strings } from './schema.ts';

const SELECTORS = ['device', 'hwaddr', 'kernelpath', 'pciBusID', 'deviceID'];

/** containernetworking/plugins main/host-device */
export const hostDevice = definePlugin({
  type: 'host-device',
  fields: [...strings('device hwaddr kernelpath pciBusID deviceID'), { key: 'dpdkMode', type: 'bool' }],
  check(c) {
    if (!c.resourceName && SELECTORS.every((key) => !asText(c.get(key)))) {
      const message =
        'host-device names no device (device, hwaddr, kernelpath or pciBusID); it only works when a device comes from a resource.';
      c.warn('hostdevice-no-selector', message);
    }
    const hwaddr = asText(c.get('hwaddr'));
    if (hwaddr && !toMac(hwaddr))
      c.error(
        'hostdevice-not-found',
        `host-device: "hwaddr" is "${hwaddr.slice(0, 60)}", which is not a hardware address.`,
        'hwaddr',
      );
  },
  describe(get) {
    const device = SELECTORS.map((key) => asText(get(key))).find((text) => text !== undefined);
    return device === undefined ? { needsDevice: true } : { device, uplink: device };
  },
});

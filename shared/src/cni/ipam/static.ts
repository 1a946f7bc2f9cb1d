import { asRecords, asText, excerpt, pointer } from '../../kube/read.ts';
import { toCidr } from '../../net/cidr.ts';
import { toIp } from '../../net/ip.ts';
import { lists, records } from '../plugins/schema.ts';
import { defineIpam, MAX_RANGES } from './ipam.ts';

/** containernetworking/plugins ipam/static */
export const staticIpam = defineIpam({
  type: 'static',
  fields: [...lists('addresses routes'), ...records('dns')],
  check(raw, report, path, capabilities) {
    const addresses = asRecords(raw.addresses);
    if (addresses.length === 0) {
      const severity = capabilities.has('ips') ? 'info' : 'warning';
      report.add(
        severity,
        'static-no-address',
        'static IPAM has no address of its own; every pod must ask for one with "ips".',
        path,
      );
    }
    for (const [i, item] of addresses.slice(0, MAX_RANGES).entries()) {
      const text = asText(item.address) ?? '';
      const at = path + pointer('addresses', i);
      if (!toCidr(text))
        report.add(
          'error',
          'static-not-cidr',
          `static IPAM: the address ${excerpt(text)} is not a CIDR; a prefix length is needed.`,
          `${at}/address`,
        );
      const gateway = asText(item.gateway);
      if (gateway && !toIp(gateway))
        report.add(
          'error',
          'static-bad-gateway',
          `static IPAM: the gateway ${excerpt(gateway)} is not an IP address.`,
          `${at}/gateway`,
        );
    }
  },
  describe(raw) {
    const items = asRecords(raw.addresses).slice(0, MAX_RANGES);
    const addresses = items.flatMap((item) => asText(item.address) ?? []);
    const gateways = items.flatMap((item) => asText(item.gateway) ?? []);
    return {
      addresses,
      gateways,
      subnets: addresses.flatMap((text) => toCidr(text)?.text ?? []),
      needsRequest: addresses.length === 0,
    };
  },
});

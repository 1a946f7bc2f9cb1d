import type { Issue } from '../../kube/issue.ts';
import { asText, type JsonRecord } from '../../kube/read.ts';
import { checkFields, checkUnknownKeys, reporter } from '../plugins/schema.ts';
import { dhcp } from './dhcp.ts';
import { hostLocal } from './host-local.ts';
import { type IpamDescription, type IpamSchema, readRoutes } from './ipam.ts';
import { staticIpam } from './static.ts';
import { whereabouts } from './whereabouts.ts';

export const IPAM_SCHEMAS: ReadonlyMap<string, IpamSchema> = new Map(
  [hostLocal, staticIpam, dhcp, whereabouts].map((schema) => [schema.type, schema]),
);

const COMMON = ['type', 'routes', 'dns', 'args', 'capabilities'];

/** What the IPAM plugin surely refuses (errors) or probably was not meant so. `path` is the pointer of the ipam object. */
export function checkIpam(ipam: JsonRecord, path: string, capabilities: ReadonlySet<string> = new Set()): Issue[] {
  const type = asText(ipam.type);
  const report = reporter();
  if (type === undefined) {
    report.add(
      'warning',
      'ipam-empty-type',
      '"ipam" has no type, so no IPAM plugin runs; plugins that need one fail.',
      path,
    );
    return report.issues;
  }
  const schema = IPAM_SCHEMAS.get(type);
  if (!schema) return [];
  checkFields(ipam, schema.fields, type, path, report);
  schema.check?.(ipam, report, path, capabilities);
  checkUnknownKeys(ipam, [...schema.fields.map((field) => field.key), ...COMMON], type, path, report);
  return report.issues;
}

/** Ranges, fixed addresses and gateways. An unknown IPAM plugin is described by its type alone. */
export function describeIpam(ipam: JsonRecord): IpamDescription | undefined {
  const type = asText(ipam.type);
  if (type === undefined) return undefined;
  const empty: IpamDescription = {
    type,
    ranges: [],
    addresses: [],
    subnets: [],
    gateways: [],
    routes: readRoutes(ipam),
    perNode: false,
    needsRequest: false,
  };
  const description = { ...empty, ...IPAM_SCHEMAS.get(type)?.describe?.(ipam) };
  const subnets = [...description.subnets, ...description.ranges.map((range) => range.subnet.text)];
  const gateways = [...description.gateways, ...description.ranges.flatMap((range) => range.gateway?.text ?? [])];
  return { ...description, subnets: [...new Set(subnets)], gateways: [...new Set(gateways)] };
}

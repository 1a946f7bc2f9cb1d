import { goKind, goSyntaxError } from './go-json.ts';

/** One entry of the networks annotation, as Multus would hold it. */
export type Selection = { name: string; namespace: string; interface: string; ips: string[]; mac: string };

export class MultusError extends Error {}

const FORMAT = 'parsePodNetworkAnnotation: failed to parse pod Network Attachment Selection Annotation JSON format: ';
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const MAC = /^([0-9a-fA-F]{2})([:-][0-9a-fA-F]{2}){5}$|^([0-9a-fA-F]{2})([:-][0-9a-fA-F]{2}){7}$/;

const fieldError = (value: unknown, field: string, type: string): never => {
  throw new MultusError(
    `${FORMAT}json: cannot unmarshal ${goKind(value)} into Go struct field NetworkSelectionElement.${field} of type ${type}`,
  );
};

const text = (item: Record<string, unknown>, field: string): string => {
  const value = item[field];
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : fieldError(value, field, 'string');
};

const texts = (item: Record<string, unknown>, field: string): string[] => {
  const value = item[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return fieldError(value, field, '[]string');
  return value.map((one) => (typeof one === 'string' ? one : fieldError(one, field, 'string')));
};

const octets = (address: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(address) && address.split('.').every((part) => Number(part) < 256);

const checkIp = (ip: string): void => {
  const slash = ip.indexOf('/');
  const address = slash < 0 ? ip : ip.slice(0, slash);
  const valid = octets(address) || (address.includes(':') && /^[0-9a-fA-F:.]+$/.test(address));
  const length = slash < 0 ? 0 : Number(ip.slice(slash + 1));
  if (slash >= 0 && (!valid || !Number.isInteger(length) || length > (address.includes(':') ? 128 : 32))) {
    throw new MultusError(`failed to parse CIDR "${ip}": invalid CIDR address: ${ip}`);
  }
  if (slash < 0 && !valid) throw new MultusError(`failed to parse IP address "${ip}"`);
};

const fromJson = (annotation: string): Selection[] => {
  const syntax = goSyntaxError(annotation);
  if (syntax !== null) throw new MultusError(FORMAT + syntax);
  const parsed: unknown = JSON.parse(annotation);
  if (!Array.isArray(parsed)) {
    throw new MultusError(
      `${FORMAT}json: cannot unmarshal ${goKind(parsed)} into Go value of type []*types.NetworkSelectionElement`,
    );
  }
  return parsed.map((item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw new MultusError(
        `${FORMAT}json: cannot unmarshal ${goKind(item)} into Go value of type types.NetworkSelectionElement`,
      );
    }
    const record = item as Record<string, unknown>;
    return {
      name: text(record, 'name'),
      namespace: text(record, 'namespace'),
      interface: text(record, 'interface') || text(record, 'interfaceRequest'),
      ips: texts(record, 'ips'),
      mac: text(record, 'mac'),
    };
  });
};

const fromComma = (annotation: string): Selection[] =>
  annotation.split(',').map((item) => {
    const slashed = item.trim().split('/');
    if (slashed.length > 2)
      throw new MultusError(
        "parsePodNetworkAnnotation: parsePodNetworkObjectName: Invalid network object (failed at '/')",
      );
    const at = (slashed.at(-1) ?? '').split('@');
    if (at.length > 2)
      throw new MultusError(
        "parsePodNetworkAnnotation: parsePodNetworkObjectName: Invalid network object (failed at '@')",
      );
    const namespace = slashed.length === 2 ? (slashed[0] ?? '').trim() : '';
    const name = (at[0] ?? '').trim();
    for (const part of [namespace, name]) {
      if (part === '' || LABEL.test(part)) continue;
      throw new MultusError(
        `parsePodNetworkAnnotation: parsePodNetworkObjectName: Failed to parse: one or more items did not match comma-delimited format (must consist of lower case alphanumeric characters). Must start and end with an alphanumeric character), mismatch @ '${part}'`,
      );
    }
    const ifname = (at[1] ?? '').trim();
    if (ifname.length > 15 || /[\s/]/.test(ifname)) {
      throw new MultusError(
        `parsePodNetworkAnnotation: parsePodNetworkObjectName: Failed to parse interface name: must be less than 15 chars and not contain '/' or spaces. interface name '${ifname}'`,
      );
    }
    return { name, namespace, interface: ifname, ips: [], mac: '' };
  });

/**
 * The annotation as Multus reads it (pkg/k8sclient/k8sclient.go, parsePodNetworkAnnotation). Written apart from
 * the reader that diagnoses, so that the demo world can prove that one wrong.
 */
export const readSelections = (annotation: string, podNamespace: string): Selection[] => {
  const list = /[[{"]/.test(annotation) ? fromJson(annotation) : fromComma(annotation);
  for (const item of list) {
    if (item.namespace === '') item.namespace = podNamespace;
    if (item.mac !== '' && !MAC.test(item.mac)) {
      throw new MultusError(`parsePodNetworkAnnotation: failed to mac: address ${item.mac}: invalid MAC address`);
    }
    for (const ip of item.ips) checkIp(ip);
  }
  return list;
};

import type { Engine } from '../engine/engine-api.ts';
import type { Attachment, Interface, Network, Requested } from '../model/topology.ts';
import { toIpOrCidr } from '../net/cidr.ts';
import { canonicalMac } from '../net/mac.ts';
import type { AttachmentDoc, Comparison } from './documents.ts';
import { findingsConcerning, toNetworkSummary } from './parts.ts';

/** One attachment with its network, its findings (root cause first) and what was asked for beside what is reported. */
export function buildAttachmentDoc(engine: Engine, attachment: Attachment): AttachmentDoc {
  const network = attachment.network === null ? undefined : engine.network(attachment.network);
  return {
    ...attachment,
    networkSummary: network ? toNetworkSummary(network) : null,
    comparison: compare(attachment, network),
    findings: findingsConcerning(engine, attachment),
  };
}

/** Rows of which at least one side is known. */
function compare(attachment: Attachment, network: Network | undefined): Comparison[] {
  const { requested, interface: plugged } = attachment;
  return [
    networkRow(requested, plugged ? network : undefined),
    row('interface', requested?.interface, plugged?.name, (a, b) => a !== b),
    addressRow(requested, plugged),
    row('MAC', requested?.mac, plugged?.mac, (a, b) => (canonicalMac(a) ?? a) !== (canonicalMac(b) ?? b)),
    row('MTU', textOf(network?.mtu), textOf(plugged?.mtu), (a, b) => a !== b),
    row('default route', undefined, gatewayOf(plugged), () => false),
    row('VLAN', textOf(network?.vlan), undefined, () => false),
  ].filter((comparison) => comparison.asked !== null || comparison.reported !== null);
}

function row(
  field: Comparison['field'],
  asked: string | undefined,
  reported: string | undefined,
  differ: (asked: string, reported: string) => boolean,
): Comparison {
  const differs = asked !== undefined && reported !== undefined && differ(asked, reported);
  return { field, asked: asked ?? null, reported: reported ?? null, differs };
}

const networkRow = (requested: Requested | null, network: Network | undefined): Comparison =>
  // The names are of two kinds (what was written, what it is called), so they are shown and never compared.
  row('network', requested?.network || undefined, network && qualified(network), () => false);

function addressRow(requested: Requested | null, plugged: Interface | null): Comparison {
  const asked = requested?.ips ?? [];
  const reported = plugged?.addresses ?? [];
  const reportedIps = new Set(reported.map((address) => ipOf(address.ip)));
  const text = reported.map(({ ip, prefixLength }) => (prefixLength === undefined ? ip : `${ip}/${prefixLength}`));
  return row('address', joined(asked), joined(text), () => asked.some((ip) => !reportedIps.has(ipOf(ip))));
}

const ipOf = (text: string): string => toIpOrCidr(text)?.address.text ?? text;
const joined = (texts: readonly string[]): string | undefined => (texts.length > 0 ? texts.join(', ') : undefined);
const textOf = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));
const gatewayOf = (plugged: Interface | null): string | undefined =>
  joined(plugged?.gateways ?? []) ?? (plugged?.isDefault ? 'yes' : undefined);
const qualified = (network: Network): string =>
  network.namespace ? `${network.namespace}/${network.name}` : network.name;

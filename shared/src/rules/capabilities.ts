import { PLUGIN_SCHEMAS } from '../cni/plugins/registry.ts';
import type { Confidence, Severity } from '../model/topology.ts';
import { toCidr } from '../net/cidr.ts';
import { canonicalIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { annotationCommands, configEvidence, editNad, isOpen, requestEvidence } from './define.ts';
import type { AttachmentFacts, Rule } from './rule.ts';

type Asked = { field: string; capability: string; certainty: Confidence };

/**
 * What the request asks for through runtimeConfig. mac and ips travel in CNI_ARGS too (semantics 7.3), so plugins may honour them
 * without the capability; the others reach the plugin in no other way.
 */
function askedOf({ element }: AttachmentFacts): Asked[] {
  if (!element) return [];
  const asked: Asked[] = [];
  if (element.ips?.length) asked.push({ field: 'ips', capability: 'ips', certainty: 'possible' });
  if (element.mac) asked.push({ field: 'mac', capability: 'mac', certainty: 'possible' });
  if (element.portMappings?.length)
    asked.push({ field: 'portMappings', capability: 'portMappings', certainty: 'likely' });
  if (element.bandwidth) asked.push({ field: 'bandwidth', capability: 'bandwidth', certainty: 'likely' });
  if (element.infinibandGuid)
    asked.push({ field: 'infiniband-guid', capability: 'infinibandGUID', certainty: 'likely' });
  return asked;
}

const bare = (text: string): string => toCidr(text)?.address.text ?? canonicalIp(text) ?? text;

/** True where the interface that is there has what was asked for, so that it evidently works. */
function isHonoured({ element, attachment }: AttachmentFacts, { field }: Asked): boolean {
  const seen = attachment.interface;
  if (!seen || attachment.state !== 'attached') return false;
  if (field === 'mac') return seen.mac !== undefined && seen.mac === canonicalMac(element?.mac ?? '');
  if (field !== 'ips') return false;
  const got = new Set(seen.addresses.map(({ ip }) => ip));
  return (element?.ips ?? []).every((ip) => got.has(bare(ip)));
}

/** IPAM plugins that take addresses from CNI_ARGS. */
const readsArgs = new Set(['static', 'host-local', 'whereabouts']);

/** OVN-Kubernetes reads the annotation itself; of plugins that are not known here nothing can be said. */
const isKnown = (claim: NetworkClaim): boolean =>
  (claim.config?.read.plugins.length ?? 0) > 0 &&
  claim.config?.read.plugins.every(({ type }) => PLUGIN_SCHEMAS.has(type) && type !== 'ovn-k8s-cni-overlay') === true;

function undeclared(facts: AttachmentFacts, claim: NetworkClaim): Asked[] {
  const plugins = claim.config?.read.plugins ?? [];
  const declared = new Set(plugins.flatMap((plugin) => [...plugin.capabilities]));
  const ipam = plugins.find((plugin) => plugin.ipam)?.ipam?.['type'];
  return askedOf(facts).filter(
    (asked) =>
      !declared.has(asked.capability) &&
      !isHonoured(facts, asked) &&
      !(asked.field === 'ips' && typeof ipam === 'string' && readsArgs.has(ipam)),
  );
}

/** MN138, MN139: what a request asks for and its network cannot give. */
export const capabilityRules: readonly Rule[] = [
  {
    code: 'MN138',
    scope: 'attachment',
    needs: 'wish',
    title: 'The network does not declare the capability that a request needs',
    severity: 'warning',
    slugs: ['capability-not-declared'],
    why: 'Addresses, ports and rates of a request are handed to a plugin only where its config declares the capability. mac and ips travel in CNI_ARGS as well, so some plugins honour them all the same; the others are silently lost.',
    fix: 'Declare the capability in the config of the NAD.',
    check: (facts) => {
      if (facts.attachment.state !== 'attached' && !isOpen(facts)) return undefined;
      const claim = facts.network?.claims.find((item) => item.config);
      if (!claim || !isKnown(claim)) return undefined;
      const missing = undeclared(facts, claim);
      if (missing.length === 0) return undefined;
      const lost = facts.attachment.state === 'attached' || missing.some((item) => item.certainty === 'likely');
      const severity: Severity = lost ? 'warning' : 'info';
      const fields = missing.map(({ field }) => field).join(', ');
      const capabilities = Object.fromEntries(missing.map(({ capability }) => [capability, true]));
      return {
        slug: 'capability-not-declared',
        group: `capability-not-declared:${facts.network?.network.id}:${fields}`,
        severity,
        confidence: lost ? 'likely' : 'possible',
        title: `${claim.namespace ?? ''}/${claim.name} does not declare what is asked of it: ${fields}`,
        message: `Pods ask for ${fields}, and no plugin of the config declares ${Object.keys(capabilities).join(', ')}.`,
        fix: {
          text: 'Declare the capability in the config of the NAD.',
          commands: editNad(claim),
          patch: `"capabilities": ${JSON.stringify(capabilities)}`,
        },
        evidence: [...requestEvidence(facts), configEvidence(claim)],
      };
    },
  },
  {
    code: 'MN139',
    scope: 'attachment',
    needs: 'wish',
    title: 'A hardware address is asked of a plugin that cannot set one',
    severity: 'warning',
    slugs: ['mac-not-settable'],
    why: 'Interfaces of ipvlan share the hardware address of their master: the request has no effect.',
    fix: 'Drop "mac" from the request, or use macvlan.',
    check: (facts) => {
      if (!facts.element?.mac || facts.network?.network.technology !== 'ipvlan') return undefined;
      if (facts.attachment.state !== 'attached' && !isOpen(facts)) return undefined;
      const claim = facts.network.claims.find((item) => item.config);
      return {
        slug: 'mac-not-settable',
        group: `mac-not-settable:${facts.network.network.id}`,
        confidence: 'certain',
        title: `${facts.network.network.name} is ipvlan: "mac" has no effect`,
        message: `Pods ask for a hardware address of their own, which ipvlan does not have.`,
        fix: { text: 'Drop "mac" from the request, or use macvlan.', commands: annotationCommands(facts) },
        evidence: [...requestEvidence(facts), ...(claim ? [configEvidence(claim)] : [])],
      };
    },
  },
];

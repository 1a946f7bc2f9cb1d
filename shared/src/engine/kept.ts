import { aliasKey } from '../model/ids.ts';
import type { Attachment, AttachmentState, Workload } from '../model/topology.ts';
import type { AttachmentFacts, WorkloadFacts } from '../rules/rule.ts';
import type { Plug } from './engine-api.ts';
import type { Judged } from './findings.ts';

/**
 * `base`: the state before the rules, where they changed it. `key`: see `memberKey`, where there is no network. `hearsay`: a file of the
 * node alone tells of it, beside a complete report that does not; it may be left over, and holds no address.
 */
export type KeptPlug = Plug & { base?: AttachmentState; key?: string; hearsay?: true };

/** What stays of a workload when its facts have been put away: they are made again from its claims when somebody asks. */
export type Kept = {
  workload: Workload;
  /** Phase Succeeded or Failed. */
  finished: boolean;
  /** A complete report of its interfaces exists. */
  reported: boolean;
  plugs: readonly KeptPlug[];
  judged: readonly Judged[];
};

export const baseOf = ({ base, state }: KeptPlug): AttachmentState => base ?? state;

/** Network id, else the alias that nothing answers: what members of a network are gathered by. */
export const memberKey = ({ network, key }: KeptPlug): string | null => network ?? key ?? null;

/** Canonical addresses and MAC that a plug really holds; a pod that has ended holds none. */
export function addressesOf(plug: KeptPlug): string[] {
  const state = baseOf(plug);
  if (state === 'ended' || state === 'pending' || plug.hearsay || !plug.interface) return [];
  const { addresses, mac } = plug.interface;
  return [...addresses.map((address) => address.ip), ...(mac ? [mac] : [])];
}

const noneJudged: readonly Judged[] = [];
const noPlugs: readonly KeptPlug[] = [];

/** Texts from this length on may be parts of a longer one, which they would keep alive: of a whole annotation, for example. */
const sliceLength = 13;
const apart = (text: string): string =>
  text.length < sliceLength ? text : [text.slice(0, sliceLength - 1), text.slice(sliceLength - 1)].join('');

const requestLimit = 20_000;

/** What is kept of facts whose attachments are still as they were assembled. */
export function createKeeper(): (facts: WorkloadFacts) => Kept {
  const requests = new Map<string, Plug['requested']>();

  /** Pods of one workload ask for the same. */
  const shareRequest = ({ requested }: Attachment): Plug['requested'] => {
    if (!requested) return null;
    const { network, interface: name, ips } = requested;
    const request = { network, ...(name ? { interface: name } : {}), ...(ips ? { ips } : {}) };
    const key = JSON.stringify(request);
    const known = requests.get(key);
    if (known) return known;
    if (requests.size >= requestLimit) requests.clear();
    requests.set(key, request);
    return request;
  };

  const toInterface = ({ interface: seen }: Attachment): Plug['interface'] => {
    if (!seen) return null;
    const addresses = seen.addresses.map(({ ip, prefixLength }) =>
      prefixLength === undefined ? { ip: apart(ip) } : { ip: apart(ip), prefixLength },
    );
    const { name, mac } = seen;
    if (name === undefined) return mac ? { addresses, mac: apart(mac) } : { addresses };
    return mac ? { name, addresses, mac: apart(mac) } : { name, addresses };
  };

  const toPlug = ({ attachment, request, workload }: AttachmentFacts): KeptPlug => {
    const { slot, provider, network, state, observed } = attachment;
    const plug: KeptPlug = {
      slot,
      provider,
      network,
      state,
      requested: shareRequest(attachment),
      interface: toInterface(attachment),
    };
    if (network === null && request?.alias) plug.key = aliasKey(request.alias);
    if (workload.reported && observed.length > 0 && observed.every((seen) => seen.provider === 'node-answers'))
      plug.hearsay = true;
    return plug;
  };

  return (facts) => ({
    workload: facts.workload,
    finished: facts.pod.finished,
    reported: facts.reported,
    plugs: facts.attachments.length === 0 ? noPlugs : facts.attachments.map(toPlug),
    judged: noneJudged,
  });
}

/** The same once the rules have settled the states. */
export function withVerdict(kept: Kept, attachments: readonly Attachment[], judged: readonly Judged[]): Kept {
  const plugs = kept.plugs.map((plug, index): KeptPlug => {
    const { state, reason } = attachments[index] ?? plug;
    const base = baseOf(plug);
    if (state === plug.state && reason === plug.reason) return plug;
    const { base: _, reason: __, ...rest } = plug;
    return { ...rest, state, ...(reason ? { reason } : {}), ...(state === base ? {} : { base }) };
  });
  const same = plugs.every((plug, index) => plug === kept.plugs[index]);
  return { ...kept, plugs: same ? kept.plugs : plugs, judged: judged.length === 0 ? noneJudged : judged };
}

/** The whole attachments of facts, in the states that the rules left them in. */
export const attachmentsIn = (facts: WorkloadFacts, kept: Kept): Attachment[] =>
  facts.attachments.map(({ attachment }, index) => {
    const plug = kept.plugs[index];
    if (!plug || (plug.state === attachment.state && plug.reason === undefined)) return attachment;
    const { state, reason } = plug;
    return reason ? { ...attachment, state, reason } : { ...attachment, state };
  });

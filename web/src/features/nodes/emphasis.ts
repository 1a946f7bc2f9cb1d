import type { NodesDoc } from '@busbar/shared/graph/nodes-doc';
import type { LitDoc } from '@busbar/shared/inspect/documents';
import { workloadOfAttachment } from '@busbar/shared/model/ids';
import type { Finding } from '@busbar/shared/model/topology';

/** Ids of cards, lanes and uses that stay bright while the rest is dimmed. */
export type Lit = { cards: ReadonlySet<string>; lanes: ReadonlySet<string>; uses: ReadonlySet<string> };

type Wanted = { nodes: Set<string>; networks: Set<string>; attachments: Set<string>; workloads: Set<string> };

const nothing = (): Wanted => ({ nodes: new Set(), networks: new Set(), attachments: new Set(), workloads: new Set() });
const bare = (id: string): string => (id.startsWith('node:') ? id.slice(5) : id);

const light = (doc: NodesDoc, { nodes, networks, attachments, workloads }: Wanted): Lit => {
  const cards = new Set<string>();
  const lanes = new Set<string>();
  const uses = new Set<string>();
  const named = new Set(doc.nodes.filter((card) => card.members.some((name) => nodes.has(name))).map(({ id }) => id));
  const rails = new Set(doc.rails.filter((rail) => networks.has(rail.network ?? rail.id)).map(({ id }) => id));
  for (const use of doc.uses) {
    const plugged = use.troubled.some((id) => attachments.has(id) || workloads.has(workloadOfAttachment(id)));
    const onNetwork = use.rail !== null && rails.has(use.rail) && (named.size === 0 || named.has(use.card));
    if (!plugged && !onNetwork) continue;
    uses.add(use.id);
    cards.add(use.card);
    if (use.lane !== null) lanes.add(use.lane);
  }
  // A node that is named with nothing on it is meant as a whole.
  for (const id of named)
    if (!cards.has(id)) {
      cards.add(id);
      for (const use of doc.uses) if (use.card === id) uses.add(use.id);
      for (const lane of doc.lanes) if (lane.card === id) lanes.add(lane.id);
    }
  return { cards, lanes, uses };
};

export const litByFinding = (doc: NodesDoc, finding: Finding): Lit => {
  const wanted = nothing();
  for (const subject of finding.subjects) {
    if (subject.type === 'node') wanted.nodes.add(bare(subject.id));
    else if (subject.type === 'attachment') wanted.attachments.add(subject.id);
    else if (subject.type === 'network') wanted.networks.add(subject.id);
  }
  // Of a whole workload only where no plug of it is named.
  if (wanted.attachments.size === 0)
    for (const subject of finding.subjects) if (subject.type === 'workload') wanted.workloads.add(subject.id);
  if (wanted.attachments.size > 0) wanted.networks.clear();
  return light(doc, wanted);
};

/** Of each node the networks on which what is meant is plugged in. */
export const litBySought = (doc: NodesDoc, sought: LitDoc): Lit => {
  const meant = new Map(sought.cards.map(({ id, rails }) => [id, new Set(rails)]));
  const networks = light(doc, { ...nothing(), networks: new Set(sought.networks) });
  const uses = doc.uses.filter((use) => networks.uses.has(use.id) || (use.rail && meant.get(use.card)?.has(use.rail)));
  return {
    cards: new Set([...networks.cards, ...doc.nodes.map(({ id }) => id).filter((id) => meant.has(id))]),
    lanes: new Set(uses.map(({ lane }) => lane).filter((lane) => lane !== null)),
    uses: new Set(uses.map(({ id }) => id)),
  };
};

import {
  anyOf,
  constant,
  count,
  flag,
  list,
  nullable,
  object,
  ref,
  type Schema,
  text,
  texts,
  words,
} from '../model/json-schema.ts';

/** JSON Schemas of what views draw: one document and one delta for each lens. */

/** `[from, count]` of the list before. */
const run: Schema = { type: 'array', items: count, minItems: 2, maxItems: 2 };

/** By the names of the lists and of what is in them. */
const deltaOf = (lists: Readonly<Record<string, string>>): Schema =>
  object(
    { from: count, to: count, totals: ref('Totals') },
    Object.fromEntries(
      Object.entries(lists).map(([name, item]) => [
        name,
        object({ put: list(ref(item)), gone: texts }, { order: list(anyOf(text, run)) }),
      ]),
    ),
  );

const Totals = object(
  {
    workloads: count,
    shownWorkloads: count,
    cards: count,
    networks: count,
    drawnNetworks: count,
    attachments: count,
    states: ref('States'),
    brokenWorkloads: count,
  },
  { grouped: words('equal', 'owner', 'band', 'networks') },
);

const Band = object({ id: text, label: text });

const Rail = object(
  {
    id: text,
    network: nullable(text),
    name: text,
    technology: text,
    detail: text,
    role: words('cluster-default', 'primary', 'secondary'),
    ghost: flag,
    count,
    worst: ref('AttachmentState'),
    hue: count,
  },
  { namespace: text, severity: ref('Severity'), networks: count },
);

const Card = object(
  {
    id: text,
    band: text,
    kind: words('pod', 'vm', 'group'),
    name: text,
    namespace: text,
    count,
    members: texts,
    health: words('ok', 'pending', 'warning', 'failing', 'ended', 'unknown'),
    status: text,
    ports: list(object({ key: text, interface: text, state: ref('AttachmentState'), rail: nullable(text) }, { count })),
    expandable: flag,
  },
  { workload: text, expanded: flag, group: text, within: text },
);

const Drop = object(
  { id: text, card: text, port: count, rail: text, state: ref('AttachmentState'), interface: text, count },
  { severity: ref('Severity') },
);

const RailsDoc = object(
  {
    revision: count,
    lens: constant('rails'),
    totals: ref('Totals'),
    bands: list(ref('Band')),
    rails: list(ref('Rail')),
    cards: list(ref('Card')),
    drops: list(ref('Drop')),
  },
  {},
  'Networks as rails, pods as cards with ports, in drawing order; positions are computed from it',
);

const RailsDelta = deltaOf({ bands: 'Band', rails: 'Rail', cards: 'Card', drops: 'Drop' });

const DeviceSource = object({
  id: text,
  title: text,
  availability: words('present', 'absent', 'forbidden', 'error', 'unread'),
  nodes: count,
});

const NodeCard = object(
  {
    id: text,
    kind: words('node', 'group', 'unplaced'),
    name: text,
    count,
    members: texts,
    ready: words('ready', 'not ready', 'unknown'),
    multus: words('running', 'absent', 'unknown'),
    devices: words('links', 'some', 'none'),
    pods: count,
    plugless: count,
    broken: count,
    health: words('ok', 'pending', 'warning', 'failing', 'ended', 'unknown'),
    idle: texts,
    moreIdle: count,
    expandable: flag,
  },
  { node: text, severity: ref('Severity'), trouble: text, group: text, expanded: flag },
);

const NodeLane = object(
  {
    id: text,
    card: text,
    name: text,
    kind: text,
    state: words('missing', 'down', 'short', 'unreported', 'up'),
    nodes: count,
    inState: count,
    chain: list(object({ kind: text, name: text, down: flag })),
    switchPorts: texts,
  },
  { mtu: text, vlan: text, vfs: object({ made: count }, { wanted: count, most: count }), device: text },
);

const NodeUse = object({
  id: text,
  card: text,
  lane: nullable(text),
  rail: nullable(text),
  networks: count,
  nodes: count,
  count,
  states: ref('States'),
  worst: ref('AttachmentState'),
  also: texts,
  troubled: texts,
});

const NodesDoc = object(
  {
    revision: count,
    lens: constant('nodes'),
    totals: ref('Totals'),
    sources: list(ref('DeviceSource')),
    rails: list(ref('Rail')),
    nodes: list(ref('NodeCard')),
    lanes: list(ref('NodeLane')),
    uses: list(ref('NodeUse')),
  },
  {},
  'Nodes as cards, their links as lanes, the networks on each link with the states of the plugs there',
);

const NodesDelta = deltaOf({
  sources: 'DeviceSource',
  rails: 'Rail',
  nodes: 'NodeCard',
  lanes: 'NodeLane',
  uses: 'NodeUse',
});

const TotalsDoc = object(
  { revision: count, lens: constant('totals'), totals: ref('Totals') },
  {},
  'What the views matrix and table have of a graph: they read their rows elsewhere, and draw no cards',
);

const TotalsDelta = deltaOf({});

const GraphDoc = anyOf(ref('RailsDoc'), ref('NodesDoc'), ref('TotalsDoc'));
const GraphDelta = anyOf(ref('RailsDelta'), ref('NodesDelta'), ref('TotalsDelta'));

export const graphSchemas = {
  Totals,
  Band,
  Rail,
  Card,
  Drop,
  RailsDoc,
  RailsDelta,
  DeviceSource,
  NodeCard,
  NodeLane,
  NodeUse,
  NodesDoc,
  NodesDelta,
  TotalsDoc,
  TotalsDelta,
  GraphDoc,
  GraphDelta,
} satisfies Record<string, Schema>;

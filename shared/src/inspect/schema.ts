import {
  count,
  extend,
  flag,
  list,
  millis,
  neededBy,
  nullable,
  number,
  object,
  ref,
  type Schema,
  text,
  textMap,
  texts,
  time,
  words,
} from '../model/json-schema.ts';
import { modelSchemas } from '../model/schema.ts';
import { graphSchemas } from './graph-schema.ts';
import { AnswersDoc } from './schema-answers.ts';

/** JSON Schemas of what the HTTP API serves. */

const SourceInfo = object(
  { kind: words('cluster', 'dump', 'snapshot', 'demo'), name: text },
  { context: text, server: text, version: text, namespaces: texts, takenAt: time },
);

const HealthInfo = object(
  { state: words('connecting', 'loading', 'live', 'reconnecting', 'stopped', 'failed'), since: millis },
  { detail: text, loaded: count, expected: count },
);

const ClusterDoc = object({
  revision: count,
  now: millis,
  source: ref('SourceInfo'),
  health: ref('HealthInfo'),
  counts: object({ workloads: count, attachments: count, networks: count, nodes: count }),
  findings: object({ error: count, warning: count, info: count }),
  brokenWorkloads: count,
  rules: count,
  providers: list(object({ id: text, title: text })),
  namespaces: list(object({ name: text, workloads: count, broken: count })),
  sources: list(ref('SourceState')),
});

const NetworkSummary = object(
  {
    id: text,
    name: text,
    provider: text,
    technology: text,
    role: words('cluster-default', 'primary', 'secondary'),
    subnets: texts,
  },
  { namespace: text, vlan: number, mtu: number },
);

const WorkloadSummary = object(
  {
    id: text,
    kind: words('Pod', 'VirtualMachineInstance'),
    namespace: text,
    name: text,
    phase: text,
    ready: flag,
    worst: ref('AttachmentState'),
  },
  { node: text },
);

const Comparison = object({
  field: words('network', 'interface', 'address', 'MAC', 'MTU', 'default route', 'VLAN'),
  asked: nullable(text),
  reported: nullable(text),
  differs: flag,
});

const AttachmentDoc = extend(modelSchemas.Attachment, {
  networkSummary: nullable(ref('NetworkSummary')),
  comparison: list(ref('Comparison')),
  findings: list(ref('Finding')),
});

const EventRecord = object(
  { ref: ref('Ref'), type: text, reason: text, message: text, component: text, first: millis, last: millis, count },
  { slug: text, mark: object({ offset: count, length: count }) },
);

const Member = object(
  {
    attachment: text,
    workload: text,
    namespace: text,
    name: text,
    addresses: list(ref('Address')),
    state: ref('AttachmentState'),
  },
  { node: text, interface: text, mac: text },
);

const LedgerRow = object(
  {
    id: text,
    workload: text,
    namespace: text,
    name: text,
    network: nullable(text),
    networkName: text,
    interface: text,
    addresses: list(ref('Address')),
    state: ref('AttachmentState'),
  },
  {
    node: text,
    mac: text,
    reason: text,
    finding: object({ id: text, code: text, severity: ref('Severity'), title: text }),
  },
);

const LedgerDoc = object(
  { revision: count, total: count, offset: count, rows: list(ref('LedgerRow')) },
  {},
  'A part of the attachments of a view; total counts all of them',
);

const matrixCell = { count, broken: count, worst: ref('AttachmentState'), ofWorst: count };
const MatrixCell = object(matrixCell);

const MatrixRow = object(
  {
    id: text,
    label: text,
    workloads: count,
    broken: count,
    worst: ref('AttachmentState'),
    cells: list(nullable(ref('MatrixCell'))),
  },
  { namespace: text },
);

const matrixNetwork = { id: text, name: text, technology: text, ghost: flag };
const MatrixColumn = object({ ...matrixNetwork, ...matrixCell }, { namespace: text });

const partOf = (item: string): Schema => object({ total: count, offset: count, items: list(ref(item)) });

const MatrixDoc = object(
  { revision: count, rows: partOf('MatrixRow'), columns: partOf('MatrixColumn') },
  {},
  'A part of the matrix of a view: attachments counted by row and network',
);

const MatrixCellDoc = object(
  {
    revision: count,
    ...matrixCell,
    row: object({ id: text, label: text }, { namespace: text }),
    network: object(matrixNetwork, { namespace: text }),
    states: ref('States'),
    attachments: list(ref('LedgerRow')),
  },
  {},
  'What stands behind one cell of the matrix',
);

const WorkloadDoc = object({
  revision: count,
  workload: ref('Workload'),
  attachments: list(ref('AttachmentDoc')),
  findings: list(ref('Finding')),
  events: list(ref('EventRecord')),
  behind: list(ref('WorkloadSummary')),
  neighbours: list(object({ network: text, name: text, members: list(ref('Member')), total: count })),
});

const WorkloadListDoc = object({ revision: count, workloads: list(ref('WorkloadSummary')), total: count });

const NetworkDoc = object({
  revision: count,
  network: nullable(ref('Network')),
  id: text,
  name: text,
  configs: list(object({ ref: ref('Ref'), text })),
  members: list(ref('Member')),
  total: count,
  states: ref('States'),
  pools: list(ref('Pool')),
  findings: list(ref('Finding')),
});

const NodeInfo = object({
  name: text,
  ready: flag,
  conditions: list(ref('Condition')),
  podCidrs: texts,
  allocatable: textMap,
  addresses: texts,
  multus: words('running', 'absent', 'unknown'),
  labels: textMap,
});

const NodeDoc = object({
  revision: count,
  node: ref('NodeInfo'),
  devices: list(ref('NodeDevice')),
  workloads: list(ref('WorkloadSummary')),
  total: count,
  findings: list(ref('Finding')),
});

const FindingsDoc = object({
  revision: count,
  findings: list(extend(modelSchemas.Finding, { workloads: count, namespaces: texts })),
  checked: object({ rules: count, attachments: count, workloads: count }),
  unread: list(ref('SourceState')),
});

const LitDoc = object(
  {
    revision: count,
    workloads: count,
    cards: list(object({ id: text, count, rails: list(text) })),
    networks: list(text),
  },
  { error: text },
);

const SearchDoc = object(
  {
    query: text,
    hits: list(
      object(
        {
          type: words('workload', 'network', 'node', 'attachment', 'finding', 'rule'),
          id: text,
          title: text,
          subtitle: text,
          field: text,
        },
        { node: text },
      ),
    ),
    more: flag,
  },
  { error: text },
);

const RuleDoc = object({
  code: text,
  title: text,
  severity: ref('Severity'),
  family: text,
  why: text,
  fix: text,
  slugs: texts,
  example: text,
});

const RuleListDoc = object({ rules: list(ref('RuleDoc')) });

const ExplainDoc = object({
  code: nullable(text),
  slug: text,
  confidence: text,
  domain: text,
  captures: textMap,
  title: text,
  cause: text,
  fix: text,
  next: texts,
});

const PreflightDoc = object({
  revision: count,
  objects: count,
  issues: list(object({ message: text }, { line: count })),
  workloads: list(
    object({
      id: text,
      namespace: text,
      name: text,
      verdict: words('attaches', 'fails', 'unsure'),
      attachments: list(ref('CheckAttachment')),
    }),
  ),
  findings: list(ref('Finding')),
});

const Problem = object({ type: text, title: text, status: count, code: text, detail: text }, {}, 'RFC 9457');

export const documentSchemas = {
  ...modelSchemas,
  ...graphSchemas,
  SourceInfo,
  HealthInfo,
  ClusterDoc,
  NetworkSummary,
  WorkloadSummary,
  Comparison,
  AttachmentDoc,
  EventRecord,
  Member,
  LedgerRow,
  LedgerDoc,
  MatrixCell,
  MatrixRow,
  MatrixColumn,
  MatrixDoc,
  MatrixCellDoc,
  WorkloadDoc,
  WorkloadListDoc,
  NetworkDoc,
  NodeInfo,
  NodeDoc,
  FindingsDoc,
  SearchDoc,
  LitDoc,
  RuleDoc,
  RuleListDoc,
  ExplainDoc,
  PreflightDoc,
  AnswersDoc,
  Problem,
} satisfies Record<string, Schema>;

export type SchemaName = keyof typeof documentSchemas;

const byName: ReadonlyMap<string, Schema> = new Map(Object.entries(documentSchemas));

/** One schema as a document of its own; undefined when there is none of that name. */
export function schemaDocument(name: string): Schema | undefined {
  const schema = byName.get(name);
  if (!schema) return undefined;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:busbar:schema:v1:${name}`,
    title: name,
    ...schema,
    $defs: Object.fromEntries(neededBy(name, byName)),
  };
}

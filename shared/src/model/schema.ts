import {
  anyOf,
  constant,
  count,
  flag,
  list,
  mapOf,
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
} from './json-schema.ts';
import { attachmentStates } from './topology.ts';

/** JSON Schemas of the two public documents, the snapshot (`Topology`) and `CheckReport`, with all that they are made of. */

const Ref = object(
  { group: text, kind: text, name: text },
  { namespace: text, uid: text },
  'An object of the Kubernetes API',
);

const Evidence = object(
  { ref: ref('Ref'), path: { type: 'string', description: 'JSON pointer' } },
  { value: text, mark: object({ offset: count, length: count }), at: text, count },
);

const Condition = object({ type: text, status: text }, { reason: text, message: text, lastTransitionTime: text });

const SourceState = object(
  {
    group: text,
    resource: text,
    kind: text,
    availability: words('present', 'absent', 'forbidden', 'error', 'unread'),
    count,
  },
  { version: text, namespaces: texts, detail: text },
  'What could be read of one kind',
);

const Alias = object({ scheme: text, value: text });

const Network = object(
  {
    id: text,
    name: text,
    provider: text,
    technology: text,
    role: words('cluster-default', 'primary', 'secondary'),
    aliases: list(ref('Alias')),
    objects: list(ref('Ref')),
    subnets: texts,
    gateways: texts,
    uplinks: list(object({}, { node: text, device: text, physicalNetwork: text, resourceName: text })),
    pools: texts,
    conditions: list(ref('Condition')),
  },
  { namespace: text, vlan: number, mtu: number },
);

const Workload = object(
  {
    id: text,
    kind: words('Pod', 'VirtualMachineInstance'),
    namespace: text,
    name: text,
    phase: text,
    ready: flag,
    hostNetwork: flag,
    labels: textMap,
  },
  { uid: text, node: text, owner: object({ kind: text, name: text }), startedAt: text },
);

const Address = object({ ip: text }, { prefixLength: count });

const Interface = object(
  { addresses: list(ref('Address')) },
  {
    name: text,
    mac: text,
    mtu: number,
    isDefault: flag,
    gateways: texts,
    dns: object({}, { nameservers: texts, domain: text, search: texts, options: texts }),
    device: object({ type: text, details: textMap }, { id: text, resourceName: text }),
  },
);

const AttachmentState = words(...attachmentStates);

const Attachment = object(
  {
    id: text,
    workload: text,
    slot: count,
    implicit: flag,
    provider: text,
    network: nullable(text),
    requested: nullable(
      object({ network: text, source: ref('Evidence') }, { namespace: text, interface: text, ips: texts, mac: text }),
    ),
    observed: list(object({ source: ref('Evidence'), provider: text, interface: ref('Interface') })),
    interface: nullable(ref('Interface')),
    state: ref('AttachmentState'),
  },
  { reason: text },
);

const Pool = object(
  {
    id: text,
    provider: text,
    name: text,
    range: text,
    total: { type: 'string', description: 'decimal: a range may hold more than 2^53 addresses' },
    used: { type: 'string', description: 'decimal' },
    networks: texts,
    allocations: list(object({ ip: text, object: ref('Ref') }, { podRef: text, interface: text })),
  },
  { namespace: text },
);

const NodeDevice = object(
  { id: text, node: text, provider: text, kind: text, name: text, details: textMap },
  { parent: text, resourceName: text },
);

const Edge = object({
  id: text,
  kind: words('implements', 'generates', 'uplink', 'runs-on', 'backs', 'policy'),
  from: text,
  to: text,
});

const Severity = words('error', 'warning', 'info');

const Finding = object(
  {
    id: text,
    code: { type: 'string', description: 'MN and three digits, stable for ever' },
    slug: { type: 'string', description: 'the most specific cause' },
    severity: ref('Severity'),
    confidence: words('certain', 'likely', 'possible'),
    title: text,
    message: text,
    cause: text,
    fix: object({ text }, { commands: texts, patch: text }),
    subjects: list(
      anyOf(
        object({ type: words('attachment', 'workload', 'network', 'pool', 'node', 'policy'), id: text }),
        object({ type: constant('object'), ref: ref('Ref') }),
      ),
    ),
    evidence: list(ref('Evidence')),
    docs: text,
  },
  { follows: text },
);

const Topology = object(
  {
    apiVersion: constant('busbar/v1'),
    kind: constant('Topology'),
    takenAt: time,
    cluster: object({ name: text, sources: list(ref('SourceState')) }, { version: text }),
    networks: list(ref('Network')),
    workloads: list(ref('Workload')),
    attachments: list(ref('Attachment')),
    pools: list(ref('Pool')),
    nodeDevices: list(ref('NodeDevice')),
    edges: list(ref('Edge')),
    findings: list(ref('Finding')),
  },
  {},
  'A snapshot: every list sorted by id, so that two snapshots of one state differ in takenAt alone',
);

const States: Schema = mapOf(count);

const CheckAttachment = object({
  id: text,
  pod: { type: 'string', description: 'namespace/name' },
  node: nullable(text),
  slot: count,
  network: nullable(text),
  provider: text,
  interface: nullable(text),
  ips: texts,
  mac: nullable(text),
  state: ref('AttachmentState'),
  reason: nullable(text),
  findings: list(object({ code: text, slug: text })),
});

const CheckReport = object(
  {
    apiVersion: constant('busbar/v1'),
    kind: constant('CheckReport'),
    summary: object({
      source: text,
      takenAt: time,
      errors: count,
      warnings: count,
      infos: count,
      workloads: count,
      brokenWorkloads: count,
      networks: count,
      attachments: count,
      states: ref('States'),
      rules: count,
      unread: list(ref('SourceState')),
    }),
    networks: list(
      object({
        id: text,
        name: text,
        namespace: nullable(text),
        provider: text,
        technology: text,
        aliases: list(ref('Alias')),
        subnets: texts,
      }),
    ),
    attachments: list(ref('CheckAttachment')),
    findings: list(ref('Finding')),
  },
  {},
  'What busbar check -o json prints; the findings of an attachment have the root cause first',
);

export const modelSchemas = {
  Ref,
  Evidence,
  Condition,
  SourceState,
  Alias,
  Network,
  Workload,
  Address,
  Interface,
  AttachmentState,
  Attachment,
  Pool,
  NodeDevice,
  Edge,
  Severity,
  Finding,
  Topology,
  States,
  CheckAttachment,
  CheckReport,
} satisfies Record<string, Schema>;

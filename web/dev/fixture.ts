import type { Band, Card, Drop, GraphDoc, Health, Rail } from '@busbar/shared/graph/graph-doc';
import type { ClusterDoc, FindingsDoc } from '@busbar/shared/inspect/documents';
import { type AttachmentState, attachmentStates, type Finding } from '@busbar/shared/model/topology';

/** A cluster written by hand, and a huge one made by counting: what the page is looked at with before a server exists. */

const DEFAULT = 'default:kubernetes';

const rail = (
  id: string,
  name: string,
  technology: string,
  detail: string,
  hue: number,
  more: Partial<Rail> = {},
): Rail => ({
  id,
  network: id,
  name,
  technology,
  detail,
  hue,
  role: 'secondary',
  ghost: false,
  count: 0,
  worst: 'attached',
  ...more,
});

type Spec = [
  band: string,
  name: string,
  count: number,
  health: Health,
  status: string,
  ports: [string, AttachmentState, string][],
];

const STATUS: Record<string, string> = {
  ok: 'running',
  failing: 'failing',
  pending: 'creating',
  warning: 'running',
  ended: 'completed',
  unknown: 'unknown',
};

const SPECS: Spec[] = [
  ['media', 'pod1', 1, 'failing', '0 of 1', [['net1', 'failed', 'nad:media/media-net']]],
  ['media', 'pod1-fixed', 1, 'ok', '', [['net1', 'attached', 'nad:media/media-net']]],
  ['media', 'pod1-native', 1, 'ok', '', [['net1', 'attached', 'podnetwork:media-net']]],
  [
    'media',
    'transcoder',
    6,
    'ok',
    '',
    [
      ['net1', 'attached', 'nad:media/media-net'],
      ['net2', 'attached', 'nad:media/rtp'],
    ],
  ],
  ['media', 'probe', 1, 'failing', 'creating', [['net1', 'failed', 'nad:media/rtp']]],
  [
    'core',
    'smf',
    2,
    'failing',
    'failing',
    [
      ['net1', 'failed', 'nad:core/storage-b'],
      ['net2', 'blocked', 'nad:core/n6'],
    ],
  ],
  [
    'core',
    'upf',
    4,
    'ok',
    '',
    [
      ['n3', 'attached', 'nad:core/n3'],
      ['n6', 'attached', 'nad:core/n6'],
    ],
  ],
  [
    'core',
    'upf-canary',
    1,
    'warning',
    '',
    [
      ['n3', 'mismatch', 'nad:core/n3'],
      ['n6', 'attached', 'nad:core/n6'],
    ],
  ],
  ['core', 'amf', 3, 'ok', '', [['n2', 'attached', 'nad:core/n2']]],
  ['core', 'nrf', 2, 'ok', '', []],
  ['core', 'pcf', 2, 'pending', '', [['n2', 'pending', 'nad:core/n2']]],
  ['core', 'udr', 1, 'failing', 'running', [['n2', 'missing', 'nad:core/n2']]],
  ['ran', 'du-3', 3, 'failing', 'failing', [['fh0', 'failed', 'nad:ran/fronthaul']]],
  [
    'ran',
    'du',
    6,
    'ok',
    '',
    [
      ['fh0', 'attached', 'nad:ran/fronthaul'],
      ['n3', 'attached', 'nad:core/n3'],
    ],
  ],
  ['ran', 'cu-cp', 2, 'ok', '', [['f1c', 'attached', 'nad:ran/f1']]],
  [
    'ran',
    'cu-up',
    1,
    'failing',
    'creating',
    [
      ['f1u', 'failed', 'nad:ran/f1'],
      ['n3', 'blocked', 'nad:core/n3'],
    ],
  ],
  [
    'storage',
    'ceph-osd',
    6,
    'ok',
    '',
    [
      ['net1', 'attached', 'nad:storage/storage'],
      ['net2', 'attached', 'nad:storage/replication'],
    ],
  ],
  ['storage', 'ceph-mon', 3, 'ok', '', [['net1', 'attached', 'nad:storage/storage']]],
  ['storage', 'rgw', 1, 'failing', 'creating', [['net1', 'failed', 'nad:storage/storage']]],
  ['edge', 'agent', 3, 'warning', '', [['net1', 'ignored', 'nad:edge/mgmt']]],
  [
    'edge',
    'gw',
    2,
    'ok',
    '',
    [
      ['net1', 'attached', 'nad:edge/mgmt'],
      ['net2', 'attached', 'nad:edge/uplink'],
    ],
  ],
  ['edge', 'late', 1, 'failing', 'creating', [['net1', 'failed', 'nad:edge/wan']]],
  ['edge', 'backup-28931', 1, 'ended', '', [['net1', 'ended', 'nad:edge/mgmt']]],
  ['edge', 'spy', 1, 'unknown', '', [['net1', 'unknown', 'nad:edge/uplink']]],
  ['edge', '<script>alert(1)</script>', 1, 'warning', '', [['net1', 'unexpected', 'nad:edge/mgmt']]],
  ['kubevirt', 'vm-rhel9', 1, 'ok', '', [['tap1', 'attached', 'udn:blue']]],
  ['kubevirt', 'vm-win', 1, 'failing', 'scheduling', [['tap1', 'failed', 'udn:blue']]],
];

const RAILS: Rail[] = [
  rail(DEFAULT, 'pod network', 'kindnet', '10.244.0.0/16', 0, { role: 'cluster-default' }),
  rail('nad:media/media-net', 'media-net', 'bridge', 'static', 0, { namespace: 'media' }),
  rail('podnetwork:media-net', 'media-net', 'PodNetwork', 'myprovider.io/application', 9),
  rail('nad:media/rtp', 'rtp', 'macvlan ens5', '10.50.0.0/24', 4, { namespace: 'media' }),
  rail('nad:core/n3', 'n3', 'sriov', 'VLAN 310', 1, { namespace: 'core' }),
  rail('nad:core/n6', 'n6', 'macvlan ens5', '10.20.4.0/24', 2, { namespace: 'core' }),
  rail('nad:core/n2', 'n2', 'ipvlan ens6', '10.20.8.0/24', 5, { namespace: 'core' }),
  rail('nad:core/storage-b', 'storage-b', 'does not exist', 'did you mean storage?', 0, {
    namespace: 'core',
    ghost: true,
    network: null,
    worst: 'failed',
  }),
  rail('nad:ran/fronthaul', 'fronthaul', 'macvlan ens9', '10.56.7.0/29', 3, { namespace: 'ran' }),
  rail('nad:ran/f1', 'f1', 'ovs br-f1', '10.57.0.0/24', 7, { namespace: 'ran' }),
  rail('nad:storage/storage', 'storage', 'bridge br-st', '10.40.0.0/24', 4, { namespace: 'storage' }),
  rail('nad:storage/replication', 'replication', 'bridge br-rep', '10.41.0.0/24', 6, { namespace: 'storage' }),
  rail('nad:edge/mgmt', 'mgmt', 'macvlan eth1', '192.168.7.0/24', 8, { namespace: 'edge' }),
  rail('nad:edge/uplink', 'uplink', 'host-device', '', 1, { namespace: 'edge' }),
  rail('nad:edge/wan', 'wan', 'does not exist', 'namespace edge has mgmt, uplink', 0, {
    namespace: 'edge',
    ghost: true,
    network: null,
    worst: 'failed',
  }),
  rail('udn:blue', 'blue', 'ovn-layer2', '10.100.0.0/16', 2),
];

const build = (specs: Spec[], rails: Rail[]): GraphDoc => {
  const bands: Band[] = [...new Set(specs.map((spec) => spec[0]))].map((id) => ({ id, label: id }));
  const cards: Card[] = [];
  const drops: Drop[] = [];
  const states: Partial<Record<AttachmentState, number>> = {};
  for (const [band, name, count, health, status, wanted] of specs) {
    const id = count > 1 ? `card:${band}/${name}` : `pod:${band}/${name}`;
    const broken = wanted.some(([, state]) => state === 'failed');
    const all: [string, AttachmentState, string][] = [
      ['eth0', broken ? 'blocked' : health === 'ended' ? 'ended' : 'attached', DEFAULT],
      ...wanted,
    ];
    const ports = all.map(([iface, state, to], index) => ({ key: `${index}`, interface: iface, state, rail: to }));
    cards.push({
      id,
      band,
      kind: name.startsWith('vm-') ? 'vm' : count > 1 ? 'group' : 'pod',
      name,
      namespace: band,
      count,
      ...(count === 1 ? { workload: id } : {}),
      members: Array.from({ length: Math.min(count, 20) }, (_, i) => (count === 1 ? name : `${name}-${i}`)),
      health,
      status: status || (STATUS[health] ?? ''),
      ports,
      expandable: count > 1,
    });
    all.forEach(([iface, state, to], port) => {
      states[state] = (states[state] ?? 0) + count;
      drops.push({ id: `${id}|${port}`, card: id, port, rail: to, state, interface: iface, count });
    });
  }
  const order = (state: AttachmentState) => attachmentStates.indexOf(state);
  for (const item of rails) {
    const own = drops.filter((drop) => drop.rail === item.id);
    item.count = own.reduce((sum, drop) => sum + drop.count, 0);
    item.worst = own.reduce<AttachmentState>(
      (worst, drop) => (order(drop.state) < order(worst) ? drop.state : worst),
      'ended',
    );
  }
  const workloads = cards.reduce((sum, card) => sum + card.count, 0);
  const brokenWorkloads = cards.filter((card) => card.health === 'failing').reduce((sum, card) => sum + card.count, 0);
  return {
    revision: 7,
    lens: 'rails',
    bands,
    rails,
    cards,
    drops,
    totals: {
      workloads,
      shownWorkloads: workloads,
      cards: cards.length,
      networks: rails.length + 3,
      drawnNetworks: rails.length,
      attachments: drops.length,
      states,
      brokenWorkloads,
    },
  };
};

export const demoGraph = (): GraphDoc =>
  build(
    SPECS,
    RAILS.map((item) => ({ ...item })),
  );

export const smallGraph = (): GraphDoc =>
  build(
    SPECS.filter((spec) => ['pod1', 'pod1-fixed', 'upf', 'smf', 'du', 'du-3'].includes(spec[1])),
    RAILS.slice(0, 10).map((item) => ({ ...item })),
  );

export const hugeGraph = (cards: number): GraphDoc => {
  const specs: Spec[] = [];
  const rails: Rail[] = [rail(DEFAULT, 'pod network', 'cilium', '10.0.0.0/8', 0, { role: 'cluster-default' })];
  const bands = Math.max(4, Math.round(Math.sqrt(cards)));
  for (let band = 0; band < bands; band += 1)
    for (let n = 0; n < 3; n += 1)
      rails.push(
        rail(`nad:ns-${band}/net-${n}`, `net-${n}`, 'macvlan ens5', `10.${band}.${n}.0/24`, (band * 3 + n) % 10, {
          namespace: `ns-${band}`,
        }),
      );
  for (let i = 0; i < cards; i += 1) {
    const band = i % bands;
    const bad = i % 37 === 0;
    specs.push([
      `ns-${band}`,
      `app-${i}`,
      (i % 9) + 1,
      bad ? 'failing' : 'ok',
      bad ? 'failing' : '',
      [
        ['net1', bad ? 'failed' : 'attached', `nad:ns-${band}/net-${i % 3}`],
        ...(i % 2
          ? [
              ['net2', bad ? 'blocked' : 'attached', `nad:ns-${band}/net-${(i + 1) % 3}`] as [
                string,
                AttachmentState,
                string,
              ],
            ]
          : []),
      ],
    ]);
  }
  specs.sort(
    (a, b) => Number(a[0].slice(3)) - Number(b[0].slice(3)) || Number(b[3] === 'failing') - Number(a[3] === 'failing'),
  );
  return build(specs, rails);
};

const finding = (
  code: string,
  slug: string,
  severity: Finding['severity'],
  title: string,
  message: string,
  subjects: string[],
  workloads: number,
): FindingsDoc['findings'][number] => ({
  id: `${code}:${slug}`,
  code,
  slug,
  severity,
  confidence: 'certain',
  title,
  message,
  cause:
    'Multus parses the annotation as a list of selections when it starts with a bracket, and as comma separated names otherwise.',
  fix: {
    text: 'Wrap the object in brackets and recreate the pod.',
    commands: [
      'kubectl -n media annotate pod pod1 --overwrite k8s.v1.cni.cncf.io/networks=\'[{"name":"media-net","interface":"net1"}]\'',
    ],
  },
  subjects: subjects.map((id) =>
    id.includes('#')
      ? { type: 'attachment' as const, id }
      : id.startsWith('pod:')
        ? { type: 'workload' as const, id }
        : { type: 'network' as const, id },
  ),
  evidence: [
    {
      ref: { group: '', kind: 'Pod', namespace: 'media', name: 'pod1' },
      path: '/metadata/annotations/k8s.v1.cni.cncf.io~1networks',
      value: '{"name": "media-net", "interface": "net1"}',
      mark: { offset: 0, length: 1 },
    },
  ],
  docs: 'https://busbar.dev',
  workloads,
  namespaces: ['media'],
});

export const demoFindings = (): FindingsDoc => ({
  revision: 7,
  findings: [
    finding(
      'MN104',
      'annotation-object',
      'error',
      'Annotation is an object, not a list',
      'The networks annotation of media/pod1 is a JSON object; Multus reads JSON here only as a list.',
      ['pod:media/pod1#1'],
      1,
    ),
    finding(
      'MN101',
      'nad-missing',
      'error',
      'NAD core/storage-b does not exist',
      'Two pods ask for core/storage-b. Did you mean storage/storage?',
      ['card:core/smf', 'nad:core/storage-b'],
      2,
    ),
    finding(
      'MN402',
      'master-missing',
      'error',
      'ens9 is missing on worker-3',
      'macvlan master of ran/fronthaul',
      ['nad:ran/fronthaul'],
      3,
    ),
    finding(
      'MN210',
      'range-exhausted',
      'error',
      'Range 10.40.0.0/29 is full',
      'whereabouts, 6 of 6 used',
      ['pod:storage/rgw#1'],
      1,
    ),
    finding(
      'MN205',
      'duplicate-address',
      'warning',
      'Two pods share 10.20.4.15',
      'core/n6, since 09:41',
      ['pod:core/upf-canary#1'],
      2,
    ),
  ],
  checked: { rules: 127, attachments: 141, workloads: 64 },
  unread: [
    {
      group: 'whereabouts.cni.cncf.io',
      resource: 'ippools',
      kind: 'IPPool',
      availability: 'forbidden',
      count: 0,
      detail: 'ippools.whereabouts.cni.cncf.io is forbidden: User "dev" cannot list resource',
    },
  ],
});

export const demoCluster = (graph: GraphDoc): ClusterDoc => ({
  revision: 7,
  now: Date.parse('2026-11-24T09:00:00Z'),
  source: { kind: 'demo', name: 'demo', version: 'v1.34.0' },
  health: { state: 'live', since: Date.parse('2026-11-24T08:00:00Z') },
  counts: {
    workloads: graph.totals.workloads,
    attachments: graph.totals.attachments,
    networks: graph.totals.networks,
    nodes: 4,
  },
  findings: { error: 4, warning: 1, info: 0 },
  brokenWorkloads: graph.totals.brokenWorkloads,
  rules: 127,
  providers: [{ id: 'npwg', title: 'NPWG' }],
  namespaces: graph.bands.map((band) => ({ name: band.label, workloads: 12, broken: 1 })),
  sources: [
    { group: '', resource: 'pods', kind: 'Pod', availability: 'present', count: 64, version: 'v1' },
    {
      group: 'k8s.cni.cncf.io',
      resource: 'network-attachment-definitions',
      kind: 'NetworkAttachmentDefinition',
      availability: 'present',
      count: 12,
      version: 'v1',
    },
    {
      group: 'whereabouts.cni.cncf.io',
      resource: 'ippools',
      kind: 'IPPool',
      availability: 'forbidden',
      count: 0,
      detail: 'User "dev" cannot list resource "ippools"',
    },
    { group: 'resource.k8s.io', resource: 'resourceclaims', kind: 'ResourceClaim', availability: 'absent', count: 0 },
  ],
});

import { expect, test } from 'vitest';
import { createTopologyEngine } from '../engine/from-topology.ts';
import type { Attachment, Finding, Network, Topology, Workload } from '../model/topology.ts';
import { buildCheckReport } from './check-report.ts';
import { buildClusterDoc } from './cluster.ts';
import { buildFindingsDoc } from './findings.ts';
import { buildNetworkDoc } from './network.ts';
import { worstOf } from './parts.ts';
import { buildWorkloadDoc } from './workload.ts';

const ref = { group: '', kind: 'Pod', namespace: 'a', name: 'p' };
const source = { ref, path: '' };

const workload = (id: string): Workload => {
  const [namespace = '', name = ''] = id.slice(4).split('/');
  return { id, kind: 'Pod', namespace, name, phase: 'Running', ready: true, hostNetwork: false, labels: {} };
};

const attachment = (workloadId: string, slot: number, more: Partial<Attachment> = {}): Attachment => ({
  id: `${workloadId}#${slot}`,
  workload: workloadId,
  slot,
  implicit: false,
  provider: 'npwg',
  network: 'nad:a/net',
  requested: { network: 'a/net', source },
  observed: [],
  interface: null,
  state: 'attached',
  ...more,
});

const finding = (code: string, subjects: Finding['subjects'], more: Partial<Finding> = {}): Finding => ({
  id: `${code}:x`,
  code,
  slug: code.toLowerCase(),
  severity: 'error',
  confidence: 'certain',
  title: code,
  message: '',
  cause: '',
  fix: { text: '' },
  subjects,
  evidence: [],
  docs: '',
  ...more,
});

const network: Network = {
  id: 'nad:a/net',
  name: 'net',
  namespace: 'a',
  provider: 'npwg',
  technology: 'macvlan',
  role: 'secondary',
  aliases: [{ scheme: 'nad', value: 'a/net' }],
  objects: [],
  subnets: [],
  gateways: [],
  mtu: 1500,
  vlan: 7,
  uplinks: [],
  pools: [],
  conditions: [],
};

const engineOf = (parts: Partial<Topology>) =>
  createTopologyEngine({
    apiVersion: 'busbar/v1',
    kind: 'Topology',
    takenAt: '2026-01-01T00:00:00Z',
    cluster: { name: 'c', sources: [] },
    networks: [network],
    workloads: [],
    attachments: [],
    pools: [],
    nodeDevices: [],
    edges: [],
    findings: [],
    ...parts,
  });

const options = { source: 'c', takenAt: '2026-01-01T00:00:00Z', rules: 1, namespaces: [] };

test('what was asked for and what is reported stand side by side; only a contradiction of two known facts differs', () => {
  const engine = engineOf({
    workloads: [workload('pod:a/p')],
    attachments: [
      attachment('pod:a/p', 1, {
        requested: {
          network: 'a/net',
          interface: 'net1',
          ips: ['10.0.0.5/24', '2001:DB8::1'],
          mac: '02:00:00:00:00:AA',
          source,
        },
        interface: {
          name: 'eth5',
          addresses: [{ ip: '10.0.0.5', prefixLength: 24 }, { ip: '2001:db8::1' }],
          mac: '02-00-00-00-00-aa',
          mtu: 1400,
        },
      }),
    ],
  });
  const rows = buildWorkloadDoc(engine, 'pod:a/p')?.attachments[0]?.comparison ?? [];
  expect(rows.map(({ field, differs }) => [field, differs])).toEqual([
    ['network', false],
    ['interface', true],
    ['address', false],
    ['MAC', false],
    ['MTU', true],
    ['VLAN', false],
  ]);
});

test('the root cause of an attachment comes first: its own findings, what follows from others, the workload’s', () => {
  const subject = { type: 'attachment', id: 'pod:a/p#1' } as const;
  const engine = engineOf({
    workloads: [workload('pod:a/p')],
    attachments: [attachment('pod:a/p', 1, { state: 'failed' })],
    findings: [
      finding('MN900', [subject], { follows: 'MN200:x' }),
      finding('MN300', [{ type: 'workload', id: 'pod:a/p' }]),
      finding('MN200', [subject]),
    ],
  });
  const [only] = [...buildCheckReport(engine, options).attachments];
  expect(only?.findings.map(({ code }) => code)).toEqual(['MN200', 'MN900', 'MN300']);
});

test('what is wrong with a network explains a broken attachment that nothing else explains, and taints no healthy one', () => {
  const engine = engineOf({
    workloads: [workload('pod:a/p'), workload('pod:a/q')],
    attachments: [attachment('pod:a/p', 1, { state: 'failed' }), attachment('pod:a/q', 1)],
    findings: [finding('MN300', [{ type: 'network', id: 'nad:a/net' }])],
  });
  const codes = [...buildCheckReport(engine, options).attachments].map(({ findings }) =>
    findings.map(({ code }) => code),
  );
  expect(codes).toEqual([['MN300'], []]);
});

test('a report of one namespace has its pods, their findings and what concerns everybody', () => {
  const engine = engineOf({
    networks: [network, { ...network, id: 'nad:b/net', namespace: 'b' }],
    workloads: [workload('pod:a/p'), workload('pod:b/p')],
    attachments: [attachment('pod:a/p', 1), attachment('pod:b/p', 1)],
    findings: [
      finding('MN100', [{ type: 'attachment', id: 'pod:a/p#1' }]),
      finding('MN200', [{ type: 'attachment', id: 'pod:b/p#1' }]),
      finding('MN300', [{ type: 'network', id: 'nad:b/net' }]),
      finding('MN400', [{ type: 'node', id: 'node:n' }]),
    ],
  });
  const report = buildCheckReport(engine, { ...options, namespaces: ['a'] });
  expect([...report.attachments].map(({ pod }) => pod)).toEqual(['a/p']);
  expect(report.networks.map(({ id }) => id)).toEqual(['nad:a/net']);
  expect(report.findings.map(({ code }) => code).sort()).toEqual(['MN100', 'MN400']);
  expect(report.summary).toMatchObject({ workloads: 1, errors: 2, brokenWorkloads: 1, states: { attached: 1 } });
});

test('a report of what was found leaves out attachments that nothing is said about, and counts them all the same', () => {
  const engine = engineOf({
    workloads: [workload('pod:a/p'), workload('pod:a/q')],
    attachments: [attachment('pod:a/p', 1, { state: 'failed' }), attachment('pod:a/p', 2), attachment('pod:a/q', 1)],
    findings: [finding('MN200', [{ type: 'attachment', id: 'pod:a/p#1' }])],
  });
  const report = buildCheckReport(engine, { ...options, attachments: 'found' });
  expect([...report.attachments].map(({ id }) => id)).toEqual(['pod:a/p#1']);
  expect(report.summary).toEqual(buildCheckReport(engine, options).summary);
  expect(report.summary).toMatchObject({ attachments: 3, states: { failed: 1, attached: 2 } });
});

test('a request that cannot be read has no network, and an unasked one is named after the network', () => {
  const engine = engineOf({
    workloads: [workload('pod:a/p')],
    attachments: [
      attachment('pod:a/p', 1, { network: null, requested: { network: '', source } }),
      attachment('pod:a/p', 2, { requested: null }),
    ],
  });
  expect([...buildCheckReport(engine, options).attachments].map(({ network: name }) => name)).toEqual([null, 'a/net']);
});

test('a network that does not exist is found by the words that asked for it', () => {
  const engine = engineOf({
    networks: [],
    workloads: [workload('pod:a/p'), workload('pod:a/q')],
    attachments: [
      attachment('pod:a/p', 1, { network: null, state: 'failed' }),
      attachment('pod:a/q', 1, { network: null, requested: { network: '', source }, state: 'failed' }),
    ],
    findings: [finding('MN130', [{ type: 'attachment', id: 'pod:a/p#1' }])],
  });
  for (const id of ['nad:a/net', 'ghost:a/net']) {
    expect(buildNetworkDoc(engine, id)).toMatchObject({
      network: null,
      name: 'a/net',
      total: 1,
      findings: [{ code: 'MN130' }],
    });
  }
  expect(buildNetworkDoc(engine, 'ghost:?')).toMatchObject({ total: 1 });
  expect(buildNetworkDoc(engine, 'ghost:b/net')).toBeNull();
});

test('neighbours share a secondary network; the default network makes nobody a neighbour', () => {
  const engine = engineOf({
    networks: [network, { ...network, id: 'default:cluster', role: 'cluster-default', aliases: [] }],
    workloads: [workload('pod:a/p'), workload('pod:a/q')],
    attachments: ['pod:a/p', 'pod:a/q'].flatMap((id) => [
      attachment(id, 0, { network: 'default:cluster' }),
      attachment(id, 1),
    ]),
  });
  expect(buildWorkloadDoc(engine, 'pod:a/p')?.neighbours).toMatchObject([
    { network: 'nad:a/net', total: 1, members: [{ name: 'q' }] },
  ]);
  expect(buildWorkloadDoc(engine, 'pod:a/none')).toBeNull();
});

test('the first screen counts each broken workload once, by namespace', () => {
  const engine = engineOf({
    workloads: [workload('pod:a/p'), workload('pod:b/q'), workload('pod:b/r')],
    attachments: [attachment('pod:a/p', 1), attachment('pod:a/p', 2), attachment('pod:b/q', 1)],
    findings: [
      finding('MN100', [
        { type: 'attachment', id: 'pod:a/p#1' },
        { type: 'attachment', id: 'pod:a/p#2' },
      ]),
      finding('MN200', [{ type: 'attachment', id: 'pod:b/q#1' }], { severity: 'warning' }),
    ],
  });
  const facts = {
    now: 0,
    source: { kind: 'demo', name: 'c' },
    health: { state: 'live', since: 0 },
    rules: 1,
    providers: [],
  } as const;
  expect(buildClusterDoc(engine, { ...facts, providers: [] })).toMatchObject({
    brokenWorkloads: 1,
    findings: { error: 1, warning: 1, info: 0 },
    namespaces: [
      { name: 'a', workloads: 1, broken: 1 },
      { name: 'b', workloads: 2, broken: 0 },
    ],
  });
  expect(buildFindingsDoc(engine, 1).findings.map(({ workloads, namespaces }) => [workloads, namespaces])).toEqual([
    [1, ['a']],
    [1, ['b']],
  ]);
});

test.each([
  [['attached', 'failed', 'blocked'], 'failed'],
  [['attached', 'ended'], 'attached'],
  [[], 'unknown'],
] as const)('the worst of %j is %s', (states, worst) => {
  expect(worstOf(states)).toBe(worst);
});

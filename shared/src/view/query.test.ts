import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Attachment, Workload } from '../model/topology.ts';
import { like, matchesQuery, parseQuery } from './query.ts';

const workload: Workload = {
  id: 'pod:lab/db-0',
  kind: 'Pod',
  namespace: 'lab',
  name: 'db-0',
  node: 'worker-1',
  phase: 'Running',
  ready: true,
  hostNetwork: false,
  owner: { kind: 'StatefulSet', name: 'db' },
  labels: { app: 'db' },
};

const attachment: Attachment = {
  id: 'pod:lab/db-0#1',
  workload: 'pod:lab/db-0',
  slot: 1,
  implicit: false,
  provider: 'npwg',
  network: 'nad:lab/storage',
  requested: { network: 'lab/storage', source: { ref: { group: '', kind: 'Pod', name: 'db-0' }, path: '' } },
  observed: [],
  interface: { name: 'st0', addresses: [{ ip: '10.40.0.9' }], mac: '02:00:0a:28:00:09' },
  state: 'failed',
};

const subject = {
  workload,
  attachments: [attachment],
  network: () => ({
    id: 'nad:lab/storage',
    name: 'storage',
    namespace: 'lab',
    provider: 'npwg',
    technology: 'macvlan',
    role: 'secondary' as const,
    aliases: [],
    objects: [],
    subnets: [],
    gateways: [],
    vlan: 120,
    uplinks: [],
    pools: [],
    conditions: [],
  }),
  codes: () => ['MN130'],
};

describe('a query matches', () => {
  test.each([
    ['', true],
    ['db', true],
    ['DB-0', true],
    ['nothing', false],
    ['ns:lab', true],
    ['ns:la*', true],
    ['ns:prod', false],
    ['-ns:prod', true],
    ['state:failed', true],
    ['state:broken', true],
    ['state:attached', false],
    ['net:storage', true],
    ['net:lab/storage', true],
    ['ip:10.40.0.0/24', true],
    ['ip:10.40.0.9', true],
    ['ip:10.40.0.*', true],
    ['ip:10.41.0.0/16', false],
    ['10.40.0.9', true],
    ['mac:02-00-0A-28-00-09', true],
    ['if:st0', true],
    ['vlan:120', true],
    ['vlan:12', false],
    ['owner:db', true],
    ['owner:Job', false],
    ['label:app=db', true],
    ['label:app', true],
    ['label:app=web', false],
    ['code:MN130', true],
    ['code:MN1*', true],
    ['node:worker-1 ns:lab', true],
    ['node:worker-1 ns:prod', false],
    ['pod:"db-0"', true],
  ])('%s: %s', (text, expected) => {
    const query = parseQuery(text);
    expect(query.error).toBeUndefined();
    expect(matchesQuery(query, subject)).toBe(expected);
  });
});

test.each([
  ['what:ever', 'is not a key'],
  ['ip:nonsense', 'neither an IP address nor a CIDR'],
  ['state:ill', 'is not a state'],
  ['pod:"open', 'not closed'],
])('%s is refused with a reason', (text, reason) => {
  expect(parseQuery(text).error?.message).toContain(reason);
});

test('any text is parsed without an exception', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(Array.isArray(parseQuery(text).terms)).toBe(true);
    }),
  );
});

test('a pattern with many stars is matched in linear time', () => {
  expect(like('a'.repeat(5000), '*a'.repeat(200))).toBe(true);
  expect(like('a'.repeat(5000), `${'*a'.repeat(200)}*b`)).toBe(false);
});

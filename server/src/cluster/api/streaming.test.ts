import { expect, test } from 'vitest';
import { canStream } from './streaming.ts';

const loopback = { server: 'https://127.0.0.1:6443' };
const remote = { server: 'https://api.example.com:6443' };
const service = { server: 'https://10.96.0.1:443', inCluster: true };

test.each([
  ['v1.20.2', loopback, false],
  ['v1.33.4', loopback, false],
  ['v1.34.1', loopback, true],
  ['v1.34.1-eks-3025e55', service, true],
  ['v1.36.4', remote, false],
  ['v1.37.0+k3s1', remote, true],
  ['v1.100.0', remote, true],
  ['v2.0.0', remote, true],
  [undefined, loopback, false],
  ['', loopback, false],
  ['unknown', loopback, false],
] as const)('version %s by %o streams lists: %s', (version, access, streams) => {
  expect(canStream(version, access)).toBe(streams);
});

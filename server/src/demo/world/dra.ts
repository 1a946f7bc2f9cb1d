import type { JsonObject, KubeObject } from '../api/types.ts';
import { stamp } from './event-log.ts';
import { settleWorkload } from './workloads.ts';
import type { World } from './world.ts';

const API = 'resource.k8s.io/v1';
const DRIVER = 'dra.net';
const CLASS = 'fast-nic';
const NODE = 'worker-2';
const HOURS = 60;

const attributes = (name: string, last: number): JsonObject => ({
  'dra.net/ifName': { string: name },
  'dra.net/mac': { string: `0c:42:a1:0e:77:0${last}` },
  'dra.net/mtu': { int: 9000 },
  'dra.net/state': { string: 'up' },
  'dra.net/pciAddress': { string: `0000:c1:00.${last}` },
});

/** One claim and the pod that holds it; `device` is the entry that the driver wrote into its status. */
const settleClaim = (world: World, name: string, nic: string, device: JsonObject): KubeObject => {
  const claim = `${name}-nic`;
  const [pod] = settleWorkload(world, {
    kind: 'Pod',
    namespace: 'analytics',
    name,
    image: 'registry.example.com/analytics/trainer:0.9.1',
    spec: {
      nodeSelector: { 'kubernetes.io/hostname': NODE },
      resourceClaims: [{ name: 'nic', resourceClaimName: claim }],
    },
    age: 3 * HOURS,
  });
  const result = { driver: DRIVER, pool: NODE, device: nic };
  return world.api.store.create({
    apiVersion: API,
    kind: 'ResourceClaim',
    metadata: { namespace: 'analytics', name: claim, creationTimestamp: stamp(world.clock.at - 4 * HOURS * 60_000) },
    spec: {
      devices: {
        requests: [{ name: 'nic', exactly: { deviceClassName: CLASS, allocationMode: 'ExactCount', count: 1 } }],
        config: [{ requests: ['nic'], opaque: { driver: DRIVER, parameters: { interface: { name: 'rx0' } } } }],
      },
    },
    status: {
      allocation: { devices: { results: [{ request: 'nic', ...result }] } },
      reservedFor: [{ resource: 'pods', name, uid: pod?.metadata.uid ?? '' }],
      devices: [{ ...result, ...device }],
    },
  });
};

/** Two NICs of one node, given to pods by DRA: one is in its pod, one could not be moved. */
export const tellDra = (world: World, broken: boolean): void => {
  const { store } = world.api;
  const at = stamp(world.clock.at - 12 * 24 * HOURS * 60_000);
  store.create({
    apiVersion: API,
    kind: 'DeviceClass',
    metadata: { name: CLASS, creationTimestamp: at },
    spec: { selectors: [{ cel: { expression: `device.driver == "${DRIVER}"` } }] },
  });
  store.create({
    apiVersion: API,
    kind: 'ResourceSlice',
    metadata: { name: `${NODE}-${DRIVER}`, creationTimestamp: at },
    spec: {
      driver: DRIVER,
      nodeName: NODE,
      pool: { name: NODE, generation: 1, resourceSliceCount: 1 },
      devices: [
        { name: 'ens8f0', attributes: attributes('ens8f0', 0) },
        { name: 'ens8f1', attributes: attributes('ens8f1', 1) },
      ],
    },
  });
  const condition = (type: string, status: string, reason: string, message: string): JsonObject => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime: at,
  });
  settleClaim(world, 'trainer-0', 'ens8f0', {
    conditions: [condition('Ready', 'True', 'NetworkDeviceReady', '')],
    networkData: { interfaceName: 'rx0', ips: ['10.90.0.10/24'], hardwareAddress: '0c:42:a1:0e:77:00' },
  });
  if (broken)
    settleClaim(world, 'trainer-1', 'ens8f1', {
      conditions: [
        condition('Ready', 'False', 'NetworkDeviceNotReady', 'failed to set link ens8f1 up: device or resource busy'),
      ],
    });
};

import type { JsonObject } from '../api/types.ts';
import { stamp } from './event-log.ts';
import { settleWorkload } from './workloads.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
const NAMESPACE = 'lab';

const settleNetwork = (world: World, name: string, subnet: string, condition: JsonObject, age: number) => {
  const at = stamp(world.clock.at - age * MINUTE);
  return world.api.store.create({
    apiVersion: 'k8s.ovn.org/v1',
    kind: 'UserDefinedNetwork',
    metadata: { namespace: NAMESPACE, name, creationTimestamp: at },
    spec: { topology: 'Layer2', layer2: { role: 'Secondary', subnets: [subnet] } },
    status: { conditions: [{ type: 'NetworkCreated', lastTransitionTime: at, ...condition }] },
  });
};

const settlePod = (world: World, name: string, networks: string, age: number) =>
  settleWorkload(world, {
    kind: 'Deployment',
    namespace: NAMESPACE,
    name,
    image: 'registry.example.com/lab/testbed:2.2.0',
    networks,
    age,
  });

/** Layer 2 networks of OVN-Kubernetes beside the cluster's own: one with a pod on it, one of which nothing came. */
export const tellUserNetworks = (world: World, broken: boolean): void => {
  const subnet = '10.91.0.0/24';
  const created = {
    status: 'True',
    reason: 'NetworkAttachmentDefinitionCreated',
    message: 'NetworkAttachmentDefinition has been created',
  };
  const owner = settleNetwork(world, 'testbed', subnet, created, 5 * 24 * 60);
  world.api.store.create({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: {
      namespace: NAMESPACE,
      name: 'testbed',
      creationTimestamp: stamp(world.clock.at - 5 * 24 * 60 * MINUTE),
      labels: { 'k8s.ovn.org/user-defined-network': '' },
      finalizers: ['k8s.ovn.org/user-defined-network-protection'],
      ownerReferences: [
        {
          apiVersion: 'k8s.ovn.org/v1',
          kind: 'UserDefinedNetwork',
          name: 'testbed',
          uid: owner.metadata.uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      config: JSON.stringify({
        cniVersion: '1.0.0',
        type: 'ovn-k8s-cni-overlay',
        name: `${NAMESPACE}_testbed`,
        netAttachDefName: `${NAMESPACE}/testbed`,
        topology: 'layer2',
        role: 'secondary',
        subnets: subnet,
      }),
    },
  });
  settlePod(world, 'testbed', 'testbed', 2 * 24 * 60);
  if (!broken) return;
  const message = 'failed to create NetworkAttachmentDefinition: exceeded quota: objects';
  settleNetwork(world, 'testbed-b', '10.92.0.0/24', { status: 'False', reason: 'SyncError', message }, 50);
  settlePod(world, 'testbed-b', 'testbed-b', 35);
};

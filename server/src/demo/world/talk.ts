import { createDefinition, createPodNetwork } from './base.ts';
import type { Workload } from './workloads.ts';
import { settleWorkload } from './workloads.ts';
import type { World } from './world.ts';

const NGINX = 'nginx:1.25';

/** The talk's Multus design, word for word. Both halves are subtly wrong. */
export const TALK_ANNOTATION = '{"name": "media-net", "interface": "net1"}';
export const TALK_CONFIG = '{"type": "bridge", "name": "media-net", "ipam": {"type": "static"}}';
/** The talk's native design, word for word. */
export const TALK_NETWORKS = [{ podNetworkName: 'media-net', interfaceName: 'net1' }];
export const TALK_PROVIDER = 'myprovider.io/application';

const PODS: Workload[] = [
  // An object, where Multus takes a list or a comma list: the annotation cannot be read, the pod does not start.
  { kind: 'Pod', namespace: 'media', name: 'pod1', image: NGINX, networks: TALK_ANNOTATION, age: 6 },
  // The list form gets one step further: static IPAM of media-net has no address and the pod asks for none.
  { kind: 'Pod', namespace: 'media', name: 'pod1-list', image: NGINX, networks: `[${TALK_ANNOTATION}]`, age: 6 },
  // The corrected twin: a list, and a definition with an address.
  {
    kind: 'Pod',
    namespace: 'media',
    name: 'pod1-fixed',
    image: NGINX,
    networks: '[{"name": "media-net-fixed", "interface": "net1"}]',
    age: 6,
  },
  // Nobody implements the provider here, so the PodNetwork never gets Ready and the scheduler waits.
  { kind: 'Pod', namespace: 'media', name: 'pod1-native', image: NGINX, spec: { networks: TALK_NETWORKS }, age: 6 },
  // The corrected twin: a PodNetwork that a provider has taken on.
  {
    kind: 'Pod',
    namespace: 'media',
    name: 'pod1-native-fixed',
    image: NGINX,
    spec: { networks: [{ podNetworkName: 'media-net-fixed', interfaceName: 'net1' }] },
    age: 6,
  },
];

/** The two designs of the talk in namespace `media`, each failing beside a twin that works. */
export const tellTalk = (world: World): void => {
  createDefinition(world, { namespace: 'media', name: 'media-net', config: TALK_CONFIG, age: 30 });
  createDefinition(world, {
    namespace: 'media',
    name: 'media-net-fixed',
    config: {
      cniVersion: '1.0.0',
      name: 'media-net-fixed',
      type: 'bridge',
      bridge: 'br-media',
      ipam: { type: 'static', addresses: [{ address: '10.30.0.7/24' }] },
    },
    age: 30,
  });
  createPodNetwork(world, 'media-net', { provider: TALK_PROVIDER });
  createPodNetwork(
    world,
    'media-net-fixed',
    { enabled: true, provider: 'podnet.example.com/bridge' },
    { status: 'True', reason: 'Ready', message: '' },
  );
  for (const workload of PODS) settleWorkload(world, workload);
};

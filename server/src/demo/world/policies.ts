import type { JsonObject } from '../api/types.ts';
import { stamp } from './event-log.ts';
import type { World } from './world.ts';

const DAY = 24 * 3_600_000;
const AGENT = 'multi-networkpolicy-iptables';

const policy = (at: number, namespace: string, name: string, policyFor: string, spec: JsonObject): JsonObject => ({
  apiVersion: 'k8s.cni.cncf.io/v1beta2',
  kind: 'MultiNetworkPolicy',
  metadata: {
    namespace,
    name,
    creationTimestamp: stamp(at),
    annotations: { 'k8s.v1.cni.cncf.io/policy-for': policyFor },
  },
  spec,
});

/** Policies for secondary networks, and the agent that enforces them; one is for a network of another namespace. */
export const tellPolicies = (world: World, broken: boolean): void => {
  const at = world.clock.at - 20 * DAY;
  const labels = { app: AGENT };
  world.api.store.create({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { namespace: 'kube-system', name: AGENT, labels, creationTimestamp: stamp(at) },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          hostNetwork: true,
          containers: [
            {
              name: AGENT,
              image: `ghcr.io/k8snetworkplumbingwg/${AGENT}:stable`,
              command: ['/usr/bin/multi-networkpolicy-iptables'],
              args: ['--network-plugins=macvlan,ipvlan'],
            },
          ],
        },
      },
    },
  });
  world.api.store.create(
    policy(at, 'core', 'n4-from-the-core', 'n4', {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ ipBlock: { cidr: '10.20.5.0/24' } }], ports: [{ protocol: 'UDP', port: 8805 }] }],
    }),
  );
  if (broken)
    world.api.store.create(
      policy(at, 'ran', 'fronthaul-only', 'fronthaul, n4', {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ ipBlock: { cidr: '10.56.6.0/24' } }] }],
      }),
    );
};

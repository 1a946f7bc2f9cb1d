import { refOf } from '../kube/object.ts';
import { getPath } from '../kube/read.ts';
import { workloadId } from '../model/ids.ts';
import type { Alias } from '../model/topology.ts';
import { canonicalIp } from '../net/ip.ts';
import { createdAt, podIpsOf } from './kubernetes.ts';
import { nothing, type ObservationClaim, type Provider } from './provider.ts';

/** The one network that every pod gets unasked. Its name and technology are the node's secret; reports name it. */
export const defaultNetworkAlias: Alias = { scheme: 'default', value: 'cluster' };

/** The cluster's own network: asked for by every pod without hostNetwork, seen as `status.podIPs`. */
export const defaultNetwork: Provider = {
  id: 'default-network',
  title: 'Cluster default network',
  kinds: [],
  reads: [
    { group: '', kind: 'Pod' },
    { group: '', kind: 'Node' },
  ],
  claims: (object) => {
    if (object.kind === 'Node') {
      const cidrs = [getPath(object, 'spec', 'podCIDRs'), [getPath(object, 'spec', 'podCIDR')]]
        .map((list) => (Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : []))
        .find((list) => list.length > 0);
      if (!cidrs) return nothing;
      return {
        networks: [
          {
            partial: true,
            aliases: [defaultNetworkAlias],
            ref: refOf(object),
            name: 'pod network',
            technology: 'unknown',
            role: 'cluster-default',
            subnets: cidrs,
            gateways: [],
            uplinks: [],
            conditions: [],
            issues: [],
            createdAt: createdAt(object),
          },
        ],
      };
    }
    if (object.kind !== 'Pod' || getPath(object, 'spec', 'hostNetwork') === true) return nothing;
    const workload = workloadId('Pod', object.metadata.namespace ?? 'default', object.metadata.name);
    const ref = refOf(object);
    const addresses = podIpsOf(object).map((ip) => ({ ip: canonicalIp(ip) ?? ip }));
    const seen: ObservationClaim[] =
      addresses.length === 0
        ? []
        : [
            {
              workload,
              alias: defaultNetworkAlias,
              name: '',
              interface: { addresses },
              rank: 10,
              isDefault: true,
              source: { ref, path: '/status/podIPs' },
              weight: 'hint',
            },
          ];
    return {
      requests: [
        {
          workload,
          index: 'default',
          alias: defaultNetworkAlias,
          requested: { network: 'default', source: { ref, path: '' } },
          interface: 'eth0',
          issues: [],
          guess: false,
        },
      ],
      observations: seen,
      hints: [{ alias: defaultNetworkAlias, name: '' }],
    };
  },
};

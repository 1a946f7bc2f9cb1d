/** What a node is below the API: its links, its plugin binaries, its daemons. Nobody sees this but the simulated Multus. */
export type Machine = {
  name: string;
  ip: string;
  podCidr: string;
  runtime: 'containerd' | 'cri-o';
  multus: boolean;
  /** Link name to MTU. */
  links: Map<string, number>;
  plugins: Set<string>;
  dhcpDaemon: boolean;
  /** SR-IOV virtual functions: resource name to PCI addresses. */
  devices: Map<string, string[]>;
  role: 'control-plane' | 'worker' | 'edge';
};

const PLUGINS = [
  'bridge',
  'macvlan',
  'ipvlan',
  'vlan',
  'host-device',
  'sriov',
  'ovn-k8s-cni-overlay',
  'tuning',
  'host-local',
  'static',
  'dhcp',
  'whereabouts',
  'bandwidth',
  'portmap',
  'ptp',
  'dummy',
];

const machine = (index: number, name: string, extra: Partial<Machine> & { links: Map<string, number> }): Machine => ({
  name,
  ip: `172.18.${Math.floor((index + 10) / 250)}.${((index + 10) % 250) + 1}`,
  podCidr: podCidr(index),
  runtime: 'containerd',
  multus: true,
  plugins: new Set(PLUGINS),
  dhcpDaemon: false,
  devices: new Map(),
  role: 'worker',
  ...extra,
});

/** /24 for the few nodes of the small world; the numbering leaves room for 255 more. */
const podCidr = (index: number): string => `10.${244 + Math.floor(index / 256)}.${index % 256}.0/24`;

const virtualFunctions = (bus: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `0000:${bus}:02.${i}`);

export const SRIOV_RESOURCE = 'intel.com/sriov_n3';

/**
 * The five nodes of the demo. What differs is what breaks pods: worker-3 has no ens9, worker-2 no `ovs` binary,
 * ens10 carries 1500 bytes only, no node runs the DHCP daemon, and Multus never reached edge-1.
 */
export const smallCluster = (): Machine[] => {
  const links = (...extra: [string, number][]): Map<string, number> =>
    new Map([['ens3', 1500], ['ens5', 9000], ['ens10', 1500], ...extra]);
  const workers = [
    machine(1, 'worker-1', {
      links: links(['ens9', 9000]),
      devices: new Map([[SRIOV_RESOURCE, virtualFunctions('3b', 2)]]),
    }),
    machine(2, 'worker-2', {
      links: links(['ens9', 9000]),
      devices: new Map([[SRIOV_RESOURCE, virtualFunctions('5e', 2)]]),
    }),
    machine(3, 'worker-3', { links: links(), runtime: 'cri-o' }),
  ];
  workers[0]?.plugins.add('ovs');
  return [
    machine(0, 'control-1', { links: links(), role: 'control-plane' }),
    ...workers,
    machine(4, 'edge-1', {
      links: new Map([
        ['ens3', 1500],
        ['ens5', 1500],
      ]),
      multus: false,
      role: 'edge',
    }),
  ];
};

/** Equal workers beside the small ones, for worlds that are about size. */
export const extraWorkers = (pods: number): Machine[] =>
  Array.from({ length: Math.ceil(pods / 100) }, (_, i) =>
    machine(i + 5, `worker-${i + 4}`, {
      links: new Map([
        ['ens3', 1500],
        ['ens5', 9000],
        ['ens9', 9000],
        ['ens10', 1500],
      ]),
    }),
  );

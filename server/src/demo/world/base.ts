import { watchedKinds } from '@busbar/shared/providers/registry';
import type { ObjectStore } from '../api/object-store.ts';
import { BUILTIN } from '../api/resources.ts';
import type { JsonObject } from '../api/types.ts';
import { resourceKey } from '../api/types.ts';
import { stamp } from './event-log.ts';
import { settleWorkload } from './workloads.ts';
import type { World } from './world.ts';

const DAY = 24 * 3_600_000;

type CrdRow = { group: string; version: string; kind: string; plural: string; namespaced: boolean };

const SHORT_NAMES: Record<string, string[]> = {
  'network-attachment-definitions': ['net-attach-def'],
  'multi-networkpolicies': ['multi-policy'],
};

/** What the world itself writes or Multus and Whereabouts bring along, read by a provider or not. */
const COMPANIONS: CrdRow[] = [
  {
    group: 'k8s.cni.cncf.io',
    version: 'v1',
    kind: 'NetworkAttachmentDefinition',
    plural: 'network-attachment-definitions',
    namespaced: true,
  },
  { group: 'whereabouts.cni.cncf.io', version: 'v1alpha1', kind: 'IPPool', plural: 'ippools', namespaced: true },
  {
    group: 'k8s.cni.cncf.io',
    version: 'v1beta1',
    kind: 'MultiNetworkPolicy',
    plural: 'multi-networkpolicies',
    namespaced: true,
  },
  {
    group: 'whereabouts.cni.cncf.io',
    version: 'v1alpha1',
    kind: 'OverlappingRangeIPReservation',
    plural: 'overlappingrangeipreservations',
    namespaced: true,
  },
];

/** What a provider reads and the API server has not compiled in: a new provider needs no edit here. */
const crdRows = (): CrdRow[] => {
  const rows = watchedKinds.map(({ group, versions, kind, resource, namespaced }) => ({
    group,
    version: versions[0] ?? 'v1',
    kind,
    plural: resource,
    namespaced,
  }));
  const known = new Set(BUILTIN.map(resourceKey));
  return [...rows, ...COMPANIONS].filter((row) => {
    const key = resourceKey(row);
    if (row.group === '' || known.has(key)) return false;
    known.add(key);
    return true;
  });
};

const crd = ({ group, version, kind, plural, namespaced }: CrdRow, at: number): JsonObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}`, creationTimestamp: stamp(at) },
  spec: {
    group,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    names: {
      kind,
      plural,
      singular: kind === 'NetworkAttachmentDefinition' ? 'network-attachment-definition' : kind.toLowerCase(),
      listKind: `${kind}List`,
      ...(SHORT_NAMES[plural] === undefined ? {} : { shortNames: SHORT_NAMES[plural] }),
    },
    conversion: { strategy: 'None' },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

const multusConfig = (world: World): string =>
  JSON.stringify(
    {
      name: 'multus-cni-network',
      type: 'multus',
      capabilities: { portMappings: true },
      namespaceIsolation: world.multus.namespaceIsolation,
      globalNamespaces: world.multus.globalNamespaces.join(','),
      delegates: [
        {
          cniVersion: '0.3.1',
          name: 'cbr0',
          plugins: [
            { type: 'flannel', delegate: { isDefaultGateway: true, hairpinMode: true } },
            { type: 'portmap', capabilities: { portMappings: true } },
          ],
        },
      ],
      kubeconfig: '/etc/cni/net.d/multus.d/multus.kubeconfig',
    },
    null,
    2,
  );

const MULTUS_SPEC: JsonObject = {
  hostNetwork: true,
  serviceAccountName: 'multus',
  tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
  nodeSelector: { 'kubernetes.io/os': 'linux' },
};

/** The CustomResourceDefinitions of a cluster with Multus and Whereabouts. */
export const layCrds = (store: ObjectStore, at: number): void => {
  for (const row of crdRows()) store.create(crd(row, at));
};

/** What every cluster with Multus and Whereabouts has, before anybody uses it. */
export const layBase = (world: World, namespaces: string[]): void => {
  const { store } = world.api;
  const at = world.clock.at - 12 * DAY;
  layCrds(store, at);
  for (const name of namespaces)
    store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, creationTimestamp: stamp(at) } });
  store.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'multus-cni-config',
      namespace: 'kube-system',
      labels: { app: 'multus', tier: 'node' },
      creationTimestamp: stamp(at),
    },
    data: { 'cni-conf.json': multusConfig(world) },
  });
  const age = 12 * 24 * 60;
  const nodes = world.machines.filter((machine) => machine.multus).map((machine) => machine.name);
  settleWorkload(world, {
    kind: 'DaemonSet',
    namespace: 'kube-system',
    name: 'kube-multus-ds',
    image: 'ghcr.io/k8snetworkplumbingwg/multus-cni:v4.2.2',
    labels: { app: 'multus', name: 'multus', tier: 'node' },
    spec: MULTUS_SPEC,
    age,
    nodes,
  });
  settleWorkload(world, {
    kind: 'DaemonSet',
    namespace: 'kube-system',
    name: 'whereabouts',
    image: 'ghcr.io/k8snetworkplumbingwg/whereabouts:v0.9.2',
    labels: { app: 'whereabouts', tier: 'node' },
    spec: { ...MULTUS_SPEC, serviceAccountName: 'whereabouts' },
    age,
    nodes: nodes.slice(1, 4),
  });
  settleWorkload(world, {
    kind: 'Deployment',
    namespace: 'kube-system',
    name: 'coredns',
    replicas: 2,
    image: 'registry.k8s.io/coredns/coredns:v1.12.1',
    labels: { 'k8s-app': 'kube-dns' },
    age,
  });
};

export type Definition = {
  namespace: string;
  name: string;
  config: string | JsonObject;
  annotations?: Record<string, string>;
  age?: number;
};

/** A NetworkAttachmentDefinition. A string config stays as it is written, mistakes included. */
export const createDefinition = (
  world: World,
  { namespace, name, config, annotations, age = 11 * 24 * 60 }: Definition,
): void => {
  world.api.store.create({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: {
      name,
      namespace,
      creationTimestamp: stamp(world.clock.at - age * 60_000),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: { config: typeof config === 'string' ? config : JSON.stringify(config, null, 2) },
  });
};

/** A core/v1 PodNetwork of KEP-3698. Without `ready` nobody has looked at it yet: no status. */
export const createPodNetwork = (
  world: World,
  name: string,
  spec: JsonObject,
  ready?: { status: 'True' | 'False'; reason: string; message: string },
): void => {
  const at = stamp(world.clock.at - 9 * DAY);
  const conditions =
    ready === undefined
      ? []
      : [
          {
            type: 'ParamsReady',
            status: ready.status,
            reason: ready.status === 'True' ? 'Ok' : ready.reason,
            message: ready.message,
            lastTransitionTime: at,
          },
          {
            type: 'Ready',
            status: ready.status,
            reason: ready.status === 'True' ? 'Ready' : 'ParamsNotReady',
            message: ready.message,
            lastTransitionTime: at,
          },
        ];
  world.api.store.create({
    apiVersion: 'v1',
    kind: 'PodNetwork',
    metadata: { name, creationTimestamp: at },
    spec,
    ...(ready === undefined ? {} : { status: { conditions } }),
  });
};

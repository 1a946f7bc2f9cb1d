import { type KubeObject, refOf } from '../kube/object.ts';
import { asRecord, asRecords, asText, getPath, getText, truncate } from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import { workloadId } from '../model/ids.ts';
import { claimKey, classAlias, grantOfClaim, templateKey } from './dra-claim.ts';
import { driverOfClass, driversInSelectors, findDriver } from './dra-drivers.ts';
import { sliceClaims, taintRuleClaims } from './dra-slice.ts';
import { createdAt } from './kubernetes.ts';
import { type Claims, nothing, type Provider } from './provider.ts';

const group = 'resource.k8s.io';
const listLimit = 64;

/** A class is one of a network where its selectors, its config or its name lead to a driver of networks. */
function classClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const configured = asRecords(getPath(object, 'spec', 'config')).flatMap(
    (item) => getText(item, 'opaque', 'driver') ?? [],
  );
  const named = [...driversInSelectors(getPath(object, 'spec', 'selectors')), ...configured];
  const driver = named.find((item) => findDriver(item)) ?? driverOfClass(name);
  if (!driver) return nothing;
  return {
    networks: [
      {
        aliases: [classAlias(name)],
        ref: refOf(object),
        name,
        technology: truncate(driver, 253),
        role: 'secondary',
        subnets: [],
        gateways: [],
        uplinks: [],
        conditions: [],
        issues: [],
        createdAt: createdAt(object),
        implementation: truncate(driver, 253),
      },
    ],
  };
}

/** The claims that a pod uses: by name, by what was generated for it, and until then by the template. */
function podClaims(pod: KubeObject): Claims {
  const wanted = asRecords(getPath(pod, 'spec', 'resourceClaims')).slice(0, listLimit);
  const extended = getText(pod, 'status', 'extendedResourceClaimStatus', 'resourceClaimName');
  if (wanted.length === 0 && !extended) return nothing;
  const namespace = pod.metadata.namespace ?? 'default';
  const generated = new Map(
    asRecords(getPath(pod, 'status', 'resourceClaimStatuses'))
      .slice(0, listLimit)
      .map((item) => [item['name'], asText(item['resourceClaimName'])]),
  );
  const keys = wanted.flatMap((item) => {
    const name = asText(item['resourceClaimName']) ?? generated.get(item['name']);
    if (name) return claimKey(namespace, name);
    const template = asText(item['resourceClaimTemplateName']);
    // A status without a name: the claim turned out not to be needed.
    return template && !generated.has(item['name']) ? templateKey(namespace, template) : [];
  });
  if (extended) keys.push(claimKey(namespace, extended));
  if (keys.length === 0) return nothing;
  return { draws: { workload: workloadId('Pod', namespace, pod.metadata.name), keys: [...new Set(keys)] } };
}

function templateClaims(object: KubeObject): Claims {
  const { name, namespace = 'default' } = object.metadata;
  const spec = asRecord(getPath(object, 'spec', 'spec'));
  return spec ? grantOfClaim(object, { key: templateKey(namespace, name), spec, path: ['spec', 'spec'] }) : nothing;
}

function resourceClaimClaims(object: KubeObject): Claims {
  const { name, namespace = 'default' } = object.metadata;
  const spec = asRecord(object['spec']) ?? {};
  return grantOfClaim(object, { key: claimKey(namespace, name), spec, path: ['spec'] });
}

const versions = ['v1', 'v1beta2', 'v1beta1'];

const kind = (name: string, resource: string, namespaced: boolean, why: string): WatchedKind => ({
  group,
  versions,
  resource,
  kind: name,
  namespaced,
  optional: true,
  why,
});

/** Network devices by dynamic resource allocation (KEP-4381, KEP-4817). */
export const dra: Provider = {
  id: 'dra',
  title: 'Dynamic resource allocation (DRA)',
  kinds: [
    kind('ResourceClaim', 'resourceclaims', true, 'network devices of pods, and the addresses they got'),
    kind('ResourceClaimTemplate', 'resourceclaimtemplates', true, 'network devices that pods ask for'),
    kind('ResourceSlice', 'resourceslices', false, 'network devices of nodes'),
    kind('DeviceClass', 'deviceclasses', false, 'what kinds of network devices there are'),
    {
      ...kind('DeviceTaintRule', 'devicetaintrules', false, 'network devices that somebody took out of use'),
      versions: [...versions, 'v1alpha3'],
    },
  ],
  reads: [{ group: '', kind: 'Pod' }],
  claims: (object) => {
    if (object.kind === 'Pod') return podClaims(object);
    if (!object.apiVersion.startsWith(`${group}/`)) return nothing;
    if (object.kind === 'ResourceClaim') return resourceClaimClaims(object);
    if (object.kind === 'ResourceClaimTemplate') return templateClaims(object);
    if (object.kind === 'ResourceSlice') return sliceClaims(object);
    if (object.kind === 'DeviceClass') return classClaims(object);
    if (object.kind === 'DeviceTaintRule') return taintRuleClaims(object);
    return nothing;
  },
};

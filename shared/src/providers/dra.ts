import { type KubeObject, refOf } from '../kube/object.ts';
import { asArray, asRecord, asRecords, asText, getPath, getText, pointer, truncate } from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import { workloadId } from '../model/ids.ts';
import { claimKey, classAlias, grantOfClaim, templateKey } from './dra-claim.ts';
import { driverOfClass, driversInSelectors, findDriver } from './dra-drivers.ts';
import type { SliceDeviceClaim } from './grant-claims.ts';
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

/** `attributes` of a device; in v1beta1 they stand in `basic`. */
function attributeOf(device: unknown, name: string): string | undefined {
  const attribute = getPath(device, 'attributes', name) ?? getPath(device, 'basic', 'attributes', name);
  const text = getText(attribute, 'string');
  return text && truncate(text, 253);
}

const sliceLimit = 512;

/** Devices of network drivers; a slice of anything else (GPUs and the like) says nothing. */
function sliceClaims(object: KubeObject): Claims {
  const driver = getText(object, 'spec', 'driver');
  const pool = getText(object, 'spec', 'pool', 'name');
  if (!driver || !pool || !findDriver(driver)) return nothing;
  const sliceDevices = (asArray(getPath(object, 'spec', 'devices')) ?? [])
    .slice(0, sliceLimit)
    .flatMap((device, index): SliceDeviceClaim[] => {
      const name = getText(device, 'name');
      if (!name) return [];
      const multusDeviceId = attributeOf(device, 'k8s.cni.cncf.io/deviceID');
      const multusResource = attributeOf(device, 'k8s.cni.cncf.io/resourceName');
      return [
        {
          device: truncate(`${driver}/${pool}/${name}`, 600),
          ref: refOf(object),
          path: pointer('spec', 'devices', index),
          ...(multusDeviceId ? { multusDeviceId } : {}),
          ...(multusResource ? { multusResource } : {}),
        },
      ];
    });
  return sliceDevices.length > 0 ? { sliceDevices } : nothing;
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

const kind = (name: string, resource: string, namespaced: boolean, why: string): WatchedKind => ({
  group,
  versions: ['v1', 'v1beta2', 'v1beta1'],
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
  ],
  reads: [{ group: '', kind: 'Pod' }],
  claims: (object) => {
    if (object.kind === 'Pod') return podClaims(object);
    if (!object.apiVersion.startsWith(`${group}/`)) return nothing;
    if (object.kind === 'ResourceClaim') return resourceClaimClaims(object);
    if (object.kind === 'ResourceClaimTemplate') return templateClaims(object);
    if (object.kind === 'ResourceSlice') return sliceClaims(object);
    if (object.kind === 'DeviceClass') return classClaims(object);
    return nothing;
  },
};

import { type KubeObject, refOf } from '../kube/object.ts';
import { asStrings, getPath, getText, truncate } from '../kube/read.ts';
import { toConditions } from './kubernetes.ts';
import { type Claims, nothing, type Provider } from './provider.ts';

const group = 'k8s.cni.cncf.io';

function toClaims(object: KubeObject): Claims {
  const { name, namespace = 'default' } = object.metadata;
  const device = getText(object, 'spec', 'interface');
  const owner = getText(object, 'status', 'ownerPod', 'name');
  const conditions = toConditions(getPath(object, 'status', 'conditions')).slice(0, 16);
  return {
    ipamClaims: [
      {
        ref: refOf(object),
        key: `${namespace}/${name}`,
        network: truncate(getText(object, 'spec', 'network') ?? '', 253),
        ips: asStrings(getPath(object, 'status', 'ips')).slice(0, 16),
        ...(device ? { interface: truncate(device, 64) } : {}),
        ...(owner ? { owner: truncate(owner, 253) } : {}),
        ...(conditions.length > 0 ? { conditions } : {}),
      },
    ],
  };
}

/** Addresses that outlive a pod, for virtual machines (k8snetworkplumbingwg/ipamclaims). */
export const ipamClaim: Provider = {
  id: 'ipam-claim',
  title: 'IPAMClaim',
  kinds: [
    {
      group,
      versions: ['v1alpha1'],
      resource: 'ipamclaims',
      kind: 'IPAMClaim',
      namespaced: true,
      optional: true,
      why: 'persistent addresses of virtual machines',
    },
  ],
  claims: (object) =>
    object.kind === 'IPAMClaim' && object.apiVersion.startsWith(`${group}/`) ? toClaims(object) : nothing,
};

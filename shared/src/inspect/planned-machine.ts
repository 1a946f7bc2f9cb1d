import type { KubeObject } from '../kube/object.ts';
import { asRecord, asRecords, asStringMap, asText, getPath, getText } from '../kube/read.ts';
import { hashedName } from '../providers/kubevirt.ts';

const networkLimit = 256;

/** The instance that a VirtualMachine would make, whether it is to run now or not. */
export function instanceOf(vm: KubeObject): KubeObject | undefined {
  const template = asRecord(getPath(vm, 'spec', 'template'));
  const spec = asRecord(template?.['spec']);
  if (!spec) return undefined;
  const { name, namespace = 'default' } = vm.metadata;
  return {
    apiVersion: vm.apiVersion,
    kind: 'VirtualMachineInstance',
    metadata: {
      name,
      namespace,
      labels: Object.fromEntries(asStringMap(getPath(template, 'metadata', 'labels'))),
      ownerReferences: [{ apiVersion: vm.apiVersion, kind: 'VirtualMachine', name, uid: '', controller: true }],
    },
    spec,
  };
}

type Asked = { nad: string; name: string; namespace: string; interface: string; mac?: string; isDefault: boolean };

function askedBy(vmi: KubeObject, within: string): Asked[] {
  const interfaces = asRecords(getPath(vmi, 'spec', 'domain', 'devices', 'interfaces')).slice(0, networkLimit);
  return asRecords(getPath(vmi, 'spec', 'networks'))
    .slice(0, networkLimit)
    .flatMap((network): Asked[] => {
      const written = getText(network, 'multus', 'networkName');
      const own = asText(network['name']);
      if (!written || !own) return [];
      const slash = written.indexOf('/');
      const namespace = slash < 0 ? within : written.slice(0, slash);
      const name = written.slice(slash + 1);
      const mac = getText(
        interfaces.find((item) => item['name'] === own),
        'macAddress',
      );
      return [
        {
          nad: `${namespace}/${name}`,
          name,
          namespace,
          interface: hashedName(own),
          isDefault: getPath(network, 'multus', 'default') === true,
          ...(mac ? { mac } : {}),
        },
      ];
    });
}

/**
 * The launcher pod that KubeVirt would make for an instance: the networks of the machine as an annotation, and the devices that their
 * NADs name among its resources. `resourceOf`: the resource of a NAD (`ns/name`).
 */
export function launcherOf(vmi: KubeObject, resourceOf: (nad: string) => string | undefined): KubeObject {
  const { name, namespace = 'default' } = vmi.metadata;
  const asked = askedBy(vmi, namespace);
  const toElement = ({ nad: _, isDefault: _default, ...element }: Asked) => element;
  const secondary = asked.filter(({ isDefault }) => !isDefault).map(toElement);
  const primary = asked
    .filter(({ isDefault }) => isDefault)
    .map(({ mac, name: nad, namespace: place }) => ({
      name: nad,
      namespace: place,
      ...(mac ? { mac } : {}),
    }));
  const resources = new Map<string, number>();
  for (const { nad } of asked) {
    const resource = resourceOf(nad);
    if (resource) resources.set(resource, (resources.get(resource) ?? 0) + 1);
  }
  const counts = Object.fromEntries([...resources].map(([key, count]) => [key, String(count)]));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `virt-launcher-${name}`,
      namespace,
      labels: { 'kubevirt.io': 'virt-launcher', 'vm.kubevirt.io/name': name },
      annotations: {
        'kubevirt.io/domain': name,
        ...(secondary.length > 0 ? { 'k8s.v1.cni.cncf.io/networks': JSON.stringify(secondary) } : {}),
        ...(primary.length > 0 ? { 'v1.multus-cni.io/default-network': JSON.stringify(primary) } : {}),
      },
      ownerReferences: [
        { apiVersion: vmi.apiVersion, kind: 'VirtualMachineInstance', name, uid: '', controller: true },
      ],
    },
    spec: { containers: [{ name: 'compute', resources: { requests: counts, limits: counts } }] },
  };
}

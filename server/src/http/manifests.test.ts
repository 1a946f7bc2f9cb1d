import { createEngine } from '@busbar/shared/engine/engine';
import { buildPreflightDoc } from '@busbar/shared/inspect/preflight';
import type { KubeObject } from '@busbar/shared/kube/object';
import { providers } from '@busbar/shared/providers/registry';
import { rules } from '@busbar/shared/rules/registry';
import { describe, expect, test } from 'vitest';
import { readManifests } from './manifests.ts';

const nad = (name: string, config: unknown): KubeObject => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name, namespace: 'shop', uid: name, creationTimestamp: '2026-11-24T00:00:00Z' },
  spec: { config: JSON.stringify(config) },
});

/** A live cluster with one network and one pod on it. */
function liveEngine() {
  const engine = createEngine({ providers, rules });
  engine.apply(
    [
      {
        type: 'source',
        source: {
          group: 'k8s.cni.cncf.io',
          resource: 'network-attachment-definitions',
          kind: 'NetworkAttachmentDefinition',
          availability: 'present',
          count: 1,
        },
      },
      {
        type: 'put',
        object: nad('backend', { cniVersion: '0.3.1', type: 'macvlan', master: 'eth1', ipam: { type: 'static' } }),
      },
      {
        type: 'put',
        object: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: {
            name: 'old',
            namespace: 'shop',
            uid: 'u1',
            annotations: {
              'k8s.v1.cni.cncf.io/networks': '[{"name":"backend","ips":["10.1.0.5/24"]}]',
              'k8s.v1.cni.cncf.io/network-status':
                '[{"name":"cbr0","interface":"eth0","ips":["10.244.0.2"],"default":true},{"name":"shop/backend","interface":"net1","ips":["10.1.0.5"]}]',
            },
          },
          spec: { nodeName: 'n1' },
          status: { phase: 'Running', podIPs: [{ ip: '10.244.0.2' }] },
        },
      },
    ],
    Date.parse('2026-11-24T01:00:00Z'),
  );
  return engine;
}

async function preflight(text: string) {
  const engine = liveEngine();
  const before = JSON.stringify(engine.topology({ name: 't' }, 'now'));
  const { objects, issues } = await readManifests(text, 'shop');
  const doc = buildPreflightDoc(engine, objects, issues);
  expect(JSON.stringify(engine.topology({ name: 't' }, 'now'))).toBe(before);
  return doc;
}

const deployment = (networks: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata:
      labels: {app: web}
      annotations:
        k8s.v1.cni.cncf.io/networks: '${networks}'
    spec: {containers: [{name: web, image: web}]}
`;

describe('preflight says what manifests would do, and leaves the cluster as it was', () => {
  test('a reference to a network that is not there', async () => {
    const doc = await preflight(deployment('backnd'));
    expect(doc.workloads).toMatchObject([{ name: 'web', namespace: 'shop', verdict: 'fails' }]);
    expect(doc.findings.map((finding) => finding.slug)).toEqual(['nad-not-found']);
    expect(doc.findings[0]?.message).toContain('backend');
  });

  test('a network that comes with the same manifests', async () => {
    const doc = await preflight(`${deployment('fresh')}---
apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata: {name: fresh}
spec: {config: '{"cniVersion":"0.3.1","type":"macvlan","master":"eth1","ipam":{"type":"dhcp"}}'}
`);
    expect(doc.workloads).toMatchObject([{ name: 'web', verdict: 'attaches' }]);
    expect(doc.findings).toEqual([]);
  });

  test('static IPAM without an address', async () => {
    const doc = await preflight(deployment('backend'));
    expect(doc.workloads[0]?.verdict).toBe('fails');
    expect(doc.findings.map((finding) => finding.slug)).toContain('static-no-address');
  });

  test('a pod pasted as it runs is judged as if it were made anew', async () => {
    const doc = await preflight(`
apiVersion: v1
kind: Pod
metadata:
  name: twin
  uid: u2
  resourceVersion: "7"
  annotations:
    k8s.v1.cni.cncf.io/networks: '{"name":"backend"}'
    k8s.v1.cni.cncf.io/network-status: '[]'
spec: {nodeName: n1}
status: {phase: Running, podIPs: [{ip: 10.244.0.9}]}
`);
    expect(doc.workloads).toMatchObject([{ name: 'twin', verdict: 'fails' }]);
    expect(doc.findings[0]?.slug).toBe('sel-json-object');
  });

  const machine = (kind: string, networkName: string) => {
    const spec = `domain: {devices: {interfaces: [{name: default, masquerade: {}}, {name: data, bridge: {}}]}}, networks: [{name: default, pod: {}}, {name: data, multus: {networkName: ${networkName}}}]`;
    const body = kind === 'VirtualMachine' ? `{runStrategy: Halted, template: {spec: {${spec}}}}` : `{${spec}}`;
    return `
apiVersion: kubevirt.io/v1
kind: ${kind}
metadata: {name: vm}
spec: ${body}
status: {phase: Running, printableStatus: Running, interfaces: [{name: data, infoSource: domain}]}
`;
  };
  const fresh = `---
apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata: {name: fresh, annotations: {k8s.v1.cni.cncf.io/resourceName: example.com/vf}}
spec: {config: '{"cniVersion":"0.3.1","type":"macvlan","master":"eth1","ipam":{"type":"dhcp"}}'}
`;

  test.each([
    ['VirtualMachine', 'backnd', 'fails', 'vmi-nad-missing'],
    ['VirtualMachineInstance', 'backnd', 'fails', 'vmi-nad-missing'],
    ['VirtualMachine', 'backend', 'fails', 'static-no-address'],
    ['VirtualMachineInstance', 'backend', 'fails', 'static-no-address'],
  ])('a %s on %s, by what its launcher pod would get', async (kind, network, verdict, slug) => {
    const doc = await preflight(machine(kind, network));
    expect(doc.workloads).toMatchObject([{ id: 'vmi:shop/vm', name: 'vm', verdict }]);
    expect(doc.workloads[0]?.attachments.map((item) => item.network)).toEqual(['default', `shop/${network}`]);
    expect(doc.findings.map((finding) => finding.slug)).toContain(slug);
  });

  test('a machine on a network that comes with it, and the devices that KubeVirt asks for by itself', async () => {
    const doc = await preflight(`${machine('VirtualMachine', 'fresh')}${fresh}`);
    expect(doc.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(doc.workloads).toMatchObject([{ id: 'vmi:shop/vm', verdict: 'attaches' }]);
  });

  test('text that is no manifest is an issue, not an exception', async () => {
    for (const text of ['{', ': : :', '\u0000\u0001', 'just words', '[1,2,3]', '---\n---\n']) {
      const doc = await preflight(text);
      expect(doc.workloads).toEqual([]);
    }
    expect((await preflight('just words')).issues.length).toBeGreaterThan(0);
  });
});

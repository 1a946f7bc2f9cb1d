import type { NetworkDoc, WorkloadDoc } from '@busbar/shared/inspect/documents';
import type { Attachment, Workload } from '@busbar/shared/model/topology';
import { type Backend, Problem } from '../src/backend/backend.ts';
import { demoCluster, demoFindings, demoGraph, hugeGraph, smallGraph } from './fixture.ts';

/** For looking at the page without a server: `?fixture=small|demo|huge`. */
export const fakeBackend = (fixture: string): Backend => {
  const graph = fixture === 'small' ? smallGraph() : fixture === 'huge' ? hugeGraph(1500) : demoGraph();
  const findings = demoFindings();
  const missing = () => Promise.reject(new Problem(404, 'Not found', 'The fixture has no such thing.'));
  return {
    workload: (id) => {
      const card = graph.cards.find((one) => one.id === id);
      if (!card) return missing();
      const workload: Workload = {
        id,
        kind: 'Pod',
        namespace: card.namespace,
        name: card.name,
        node: 'worker-1',
        phase: 'Pending',
        ready: false,
        hostNetwork: false,
        labels: { app: card.name },
        owner: { kind: 'Deployment', name: card.name },
      };
      const source = {
        ref: { group: '', kind: 'Pod', namespace: card.namespace, name: card.name },
        path: '/metadata/annotations/k8s.v1.cni.cncf.io~1networks',
        value: '{"name": "media-net"}',
      };
      const doc: WorkloadDoc = {
        revision: 7,
        workload,
        findings: [],
        attachments: card.ports.map((port, slot) => {
          const to = graph.rails.find((one) => one.id === port.rail);
          const attachment: Attachment = {
            id: `${id}#${slot}`,
            workload: id,
            slot,
            implicit: slot === 0,
            provider: 'npwg',
            network: to?.network ?? null,
            requested: slot ? { network: `${card.namespace}/${to?.name}`, interface: port.interface, source } : null,
            observed: [],
            interface:
              port.state === 'attached'
                ? {
                    name: port.interface,
                    addresses: [{ ip: '10.30.0.7', prefixLength: 24 }],
                    mac: '0a:58:0a:1e:00:07',
                    mtu: 1500,
                  }
                : null,
            state: port.state,
            reason: port.state === 'blocked' ? 'waits: the sandbox failed on net1' : 'as requested',
          };
          return {
            ...attachment,
            networkSummary: to?.network
              ? {
                  id: to.id,
                  name: to.name,
                  provider: 'npwg',
                  technology: to.technology,
                  role: to.role,
                  subnets: [to.detail],
                }
              : null,
            comparison: [
              {
                field: 'interface',
                asked: port.interface,
                reported: port.state === 'attached' ? port.interface : null,
                differs: false,
              },
              {
                field: 'address',
                asked: null,
                reported: port.state === 'attached' ? '10.30.0.7/24' : null,
                differs: false,
              },
            ],
            findings: port.state === 'failed' ? findings.findings.slice(0, 1) : [],
          };
        }),
        events: [
          {
            ref: { group: '', kind: 'Event', namespace: card.namespace, name: 'x' },
            type: 'Warning',
            reason: 'FailedCreatePodSandBox',
            message:
              'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network: parsePodNetworkAnnotation: failed to parse pod Network Attachment Selection Annotation JSON format',
            component: 'kubelet',
            first: Date.parse('2026-11-24T08:50:00Z'),
            last: Date.parse('2026-11-24T08:59:40Z'),
            count: 12,
            mark: { offset: 80, length: 40 },
          },
        ],
        neighbours: [
          {
            network: 'nad:media/media-net',
            name: 'media-net',
            total: 1,
            members: [
              {
                attachment: 'pod:media/pod1-fixed#1',
                workload: 'pod:media/pod1-fixed',
                namespace: 'media',
                name: 'pod1-fixed',
                interface: 'net1',
                addresses: [{ ip: '10.30.0.7', prefixLength: 24 }],
                state: 'attached',
              },
            ],
          },
        ],
      };
      return Promise.resolve(doc);
    },
    network: (id) => {
      const to = graph.rails.find((one) => one.id === id);
      if (!to) return missing();
      const doc: NetworkDoc = {
        revision: 7,
        id,
        name: to.name,
        total: to.count,
        states: { attached: 3, failed: 1 },
        pools: [],
        findings: [],
        network: to.ghost
          ? null
          : {
              id,
              name: to.name,
              provider: 'npwg',
              technology: to.technology,
              role: to.role,
              aliases: [{ scheme: 'nad', value: id.slice(4) }],
              objects: [
                {
                  group: 'k8s.cni.cncf.io',
                  kind: 'NetworkAttachmentDefinition',
                  namespace: to.namespace ?? '',
                  name: to.name,
                },
              ],
              subnets: [to.detail],
              gateways: [],
              uplinks: [],
              pools: [],
              conditions: [],
            },
        configs: [
          {
            ref: { group: 'k8s.cni.cncf.io', kind: 'NetworkAttachmentDefinition', name: to.name },
            text: '{"cniVersion":"0.3.1","type":"macvlan","master":"ens9","ipam":{"type":"whereabouts","range":"10.56.7.0/29"}}',
          },
        ],
        members: graph.cards
          .filter((card) => card.ports.some((port) => port.rail === id))
          .map((card) => ({
            attachment: `${card.id}#1`,
            workload: card.id,
            namespace: card.namespace,
            name: card.name,
            interface: 'net1',
            addresses: [{ ip: '10.56.7.2', prefixLength: 29 }],
            state: 'attached',
          })),
      };
      return Promise.resolve(doc);
    },
    node: missing,
    search: (query) =>
      Promise.resolve({
        query,
        more: false,
        hits: graph.cards
          .filter((card) => card.name.includes(query))
          .slice(0, 8)
          .map((card) => ({
            type: 'workload' as const,
            id: card.id,
            title: card.name,
            subtitle: card.namespace,
            field: 'name',
          })),
      }),
    rule: (code) =>
      Promise.resolve({
        code,
        title: 'The networks annotation is not a list',
        severity: 'error',
        family: 'request',
        why: 'Multus takes JSON only as a list.',
        fix: 'Wrap it in brackets.',
        slugs: ['annotation-object'],
        example: '[{"name": "media-net"}]',
      }),
    explain: () => missing(),
    download: () => Promise.resolve(new Blob(['{}'])),
    stream: (_, listener) => {
      const timer = setTimeout(() => {
        listener.open();
        listener.event({ type: 'cluster', cluster: demoCluster(graph) });
        listener.event({ type: 'findings', findings });
        listener.event({ type: 'graph', graph });
      }, 50);
      return () => clearTimeout(timer);
    },
  };
};

import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Runtime } from '../runtime.ts';
import type { Hub } from './hub.ts';

export type Metrics = { registry: Registry; requests: Counter<'method' | 'status'> };

/** What `/metrics` tells: counts and the process, never a name. */
export function createMetrics(runtime: Runtime, hub: Hub): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  const { engine } = runtime;
  gauge('busbar_ready', '1 once the first full list is in', () => Number(runtime.ready));
  gauge('busbar_revision', 'Revision of the topology', () => engine.revision);
  gauge('busbar_workloads', 'Workloads known', () => engine.counts().workloads);
  gauge('busbar_attachments', 'Attachments known', () => engine.counts().attachments);
  gauge('busbar_networks', 'Networks known', () => engine.counts().networks);
  gauge('busbar_findings', 'Findings', () => engine.findings().length);
  gauge('busbar_streams', 'Open pages', () => hub.streams);
  gauge('busbar_views', 'Distinct views kept', () => hub.views);
  const requests = new Counter({
    name: 'busbar_http_requests_total',
    help: 'Requests answered',
    labelNames: ['method', 'status'],
    registers: [registry],
  });
  return { registry, requests };
}

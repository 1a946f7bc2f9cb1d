import type { Exporter } from './exporter.ts';

/** The snapshot document, one field a line, so that two of them compare line by line. */
export const json: Exporter = {
  id: 'json',
  title: 'Snapshot (JSON)',
  mime: 'application/json',
  extension: 'json',
  write: ({ topology }) => `${JSON.stringify(topology, null, 2)}\n`,
};

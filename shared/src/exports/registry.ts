import type { Exporter } from './exporter.ts';
import { json } from './json.ts';
import { svg } from './svg.ts';

/** Every export format. The CLI, the HTTP API and the page's menu follow from this list. */
export const exporters: readonly Exporter[] = [json, svg];

import type { PictureDoc } from '../graph/graph-doc.ts';
import type { Topology } from '../model/topology.ts';

/**
 * One export format: one file, one line in `exports/registry.ts`, one golden fixture. Pure: the CLI, the server and the page make
 * the same file. `topology` is the whole state, `graph` what the view shows of it.
 */
export type Exporter = {
  /** The same text in parts, where it may be more than one string can hold (512 MiB). */
  parts?(input: ExportInput): Iterable<string>;
  id: string;
  title: string;
  mime: string;
  extension: string;
  write(input: ExportInput): string;
};

export type ExportInput = { topology: Topology; graph: PictureDoc; theme: 'light' | 'dark' };

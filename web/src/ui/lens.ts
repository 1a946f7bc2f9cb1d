import type { PictureDoc } from '@busbar/shared/graph/graph-doc';
import type { LitDoc } from '@busbar/shared/inspect/documents';
import type { Finding } from '@busbar/shared/model/topology';
import type { Lens, View } from '@busbar/shared/view/view';

/** What every lens gets that draws a document. */
export type LensProps<Doc extends PictureDoc = PictureDoc> = {
  doc: Doc;
  /** The view that `doc` shows: another one is laid out and fitted anew. */
  shown: View;
  cluster: string;
  theme: 'light' | 'dark';
  select: string | null;
  finding: Finding | null;
  /** What the selected finding, else the search box, is about; null where nothing is looked for, or until it is known. */
  sought: LitDoc | null;
  /** Ids of what the last delta touched. */
  changed: ReadonlySet<string>;
  onSelect(id: string | null): void;
  /** Opens or closes a group, by what `view.open` calls it. */
  onToggle(group: string): void;
};

/** Name in the header, the key that goes there, and whether it draws bands and networks that nothing uses. */
export const lensNames: Record<Lens, { label: string; key: string; bands?: true; idle?: true }> = {
  rails: { label: 'Rails', key: 'r', bands: true, idle: true },
  nodes: { label: 'Nodes', key: 'n' },
  matrix: { label: 'Matrix', key: 'm' },
  table: { label: 'Table', key: 't' },
};

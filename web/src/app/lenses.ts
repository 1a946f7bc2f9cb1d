import type { PictureDoc } from '@busbar/shared/graph/graph-doc';
import type { ComponentType } from 'react';
import { RailsView } from '../features/rails/rails-view.tsx';
import type { LensProps } from '../ui/lens.ts';
import { NodesView } from './lazy.tsx';

/** What draws each document. What is not needed at once is loaded when it is: see `lazy.tsx`. */
const pictures: { [L in PictureDoc['lens']]: ComponentType<LensProps<Extract<PictureDoc, { lens: L }>>> } = {
  rails: RailsView,
  nodes: NodesView,
};

/** By the document, not by the view asked for: the old picture stays until the new one is there. */
export const pictureOf = (doc: PictureDoc): ComponentType<LensProps> => pictures[doc.lens] as ComponentType<LensProps>;

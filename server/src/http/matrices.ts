import type { Applied, Engine } from '@busbar/shared/engine/engine-api';
import {
  buildMatrixCell,
  buildMatrixDoc,
  type MatrixCellDoc,
  type MatrixDoc,
  type MatrixPart,
} from '@busbar/shared/inspect/matrix';
import { createMatrixIndex, type MatrixIndex, type MatrixSort } from '@busbar/shared/inspect/matrix-index';
import type { View } from '@busbar/shared/view/view';
import { Kept } from './kept.ts';
import { filterOf } from './ledgers.ts';

/** A pod costs about 150 bytes in each. */
const LIMITS = { entries: 8, size: 800_000 };
const MAX_ATTACHMENTS = 200;

/** The matrices that pages look at: one index per filter and kind of row, shared by all parts, orders and pages. */
export class Matrices {
  readonly #engine: Engine;
  readonly #indexes: Kept<MatrixIndex>;

  constructor(engine: Engine, clock: () => number = Date.now) {
    this.#engine = engine;
    this.#indexes = new Kept(LIMITS, clock);
  }

  async page(view: View, part: MatrixPart): Promise<MatrixDoc> {
    return buildMatrixDoc(this.#engine, await this.#index(view, part.sort), part);
  }

  async cell(view: View, at: { row: string; network: string }): Promise<MatrixCellDoc | null> {
    return buildMatrixCell(this.#engine, await this.#index(view, 'state'), at, MAX_ATTACHMENTS);
  }

  /** What an engine's `apply` changed. */
  applied(applied: Applied): void {
    this.#indexes.applied(applied);
  }

  #index(view: View, sort: MatrixSort): Promise<MatrixIndex> {
    return this.#indexes.get(`${view.by} ${filterOf(view)}`, () => createMatrixIndex(this.#engine, view), {
      isStale: (index) => index.isStale(sort),
      refresh: (index) => index.refresh(sort),
    });
  }
}

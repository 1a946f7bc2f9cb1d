import type { Row } from '../row.ts';
import { answers } from './answers.ts';
import { apiServer } from './api-server.ts';
import { block } from './block.ts';
import { change } from './change.ts';
import { check } from './check.ts';
import { churn } from './churn.ts';
import { drawing } from './drawing.ts';
import { empty } from './empty.ts';
import { firstLoad } from './first-load.ts';
import { latency } from './latency.ts';
import { layout } from './layout.ts';
import { memory } from './memory.ts';
import { pages } from './pages.ts';
import { ready } from './ready.ts';

/** In the order of the table. */
export const rows: readonly Row[] = [
  ready,
  memory,
  block,
  change,
  latency,
  pages,
  churn,
  answers,
  drawing,
  layout,
  check,
  apiServer,
  firstLoad,
  empty,
];

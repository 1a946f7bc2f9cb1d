import type { GraphDelta, GraphDoc } from '@busbar/shared/graph/graph-doc';
import type { AnswersDoc } from '@busbar/shared/inspect/answers';
import type { ClusterDelta } from '@busbar/shared/inspect/cluster-delta';
import type {
  ClusterDoc,
  ExplainDoc,
  FindingsDoc,
  LitDoc,
  NetworkDoc,
  NodeDoc,
  RuleDoc,
  SearchDoc,
  WorkloadDoc,
} from '@busbar/shared/inspect/documents';
import type { FindingsDelta } from '@busbar/shared/inspect/findings-delta';
import type { LedgerDoc, LedgerPage } from '@busbar/shared/inspect/ledger';
import type { LedgerSort } from '@busbar/shared/inspect/ledger-order';
import type { MatrixCellDoc, MatrixDoc, MatrixPart } from '@busbar/shared/inspect/matrix';
import type { PreflightDoc } from '@busbar/shared/inspect/preflight';
import type { WorkloadListDoc } from '@busbar/shared/inspect/workload';
import type { View } from '@busbar/shared/view/view';

/** The page's only way to anything outside it. `live` speaks HTTP to the server; tests and a dropped file bring their own. */
export type Backend = {
  workload(id: string): Promise<WorkloadDoc>;
  network(id: string): Promise<NetworkDoc>;
  node(name: string): Promise<NodeDoc>;
  /** The pods that a card (or a part of one) of a view stands for. */
  members(view: View, card: string): Promise<WorkloadListDoc>;
  /** A part of the attachments of a view, in an order. */
  ledger(view: View, part: LedgerPage & { sort: LedgerSort }, signal?: AbortSignal): Promise<LedgerDoc>;
  /** A part of the matrix of a view, in an order of its rows. */
  matrix(view: View, part: MatrixPart, signal?: AbortSignal): Promise<MatrixDoc>;
  matrixCell(view: View, at: { row: string; network: string }): Promise<MatrixCellDoc>;
  search(query: string, signal?: AbortSignal): Promise<SearchDoc>;
  /** What of a view's picture a query or a finding is about. */
  lit(view: View, what: { find: string } | { finding: string }, signal?: AbortSignal): Promise<LitDoc>;
  rule(code: string): Promise<RuleDoc>;
  explain(message: string): Promise<ExplainDoc>;
  /** What manifests would do to the cluster; `namespace` is for those that name none. */
  preflight(manifests: string, namespace: string): Promise<PreflightDoc>;
  /** What files of nodes say about the pods. */
  answers(files: readonly { name: string; text: string }[]): Promise<AnswersDoc>;
  /** Saves the file of an export format under the name that the source proposes. */
  download(format: string, view: View, theme: 'light' | 'dark'): Promise<Blob>;
  /** Opens the stream of a view; the returned function closes it. */
  stream(view: View, listener: StreamListener): () => void;
};

export type StreamEvent =
  | { type: 'graph'; graph: GraphDoc }
  | { type: 'delta'; delta: GraphDelta }
  | { type: 'cluster'; cluster: ClusterDoc }
  | { type: 'cluster-delta'; delta: ClusterDelta }
  | { type: 'findings'; findings: FindingsDoc }
  | { type: 'findings-delta'; delta: FindingsDelta };

export type StreamListener = {
  event(event: StreamEvent): void;
  open(): void;
  /** The connection is gone; the next attempt is at `retryAt` (ms since the epoch). */
  lost(retryAt: number): void;
  /** The server refused, and will go on refusing: no attempt follows. */
  refused(problem: Problem): void;
};

/** RFC 9457 problem, as a value: `status` 0 means that no server answered. */
export class Problem extends Error {
  readonly status: number;
  readonly detail: string;
  constructor(status: number, title: string, detail: string) {
    super(title);
    this.name = 'Problem';
    this.status = status;
    this.detail = detail;
  }
}

export const problemOf = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem(0, 'Something went wrong in the page', error instanceof Error ? error.message : String(error));

import type { CheckReport } from '@busbar/shared/inspect/check-report';

/** One form of the report: pure, one file, one line in `registry.ts`. */
export type ReportFormat = {
  id: string;
  title: string;
  /** What it needs of the attachments: all, or (if nothing is said) those that findings name. */
  attachments?: 'all';
  /** In parts where all of it may be more than a string can hold. */
  write: (report: CheckReport, terminal: { colour: boolean; width: number }) => string | Iterable<string, void>;
};

import type { Issue } from '../kube/issue.ts';
import type { JsonRecord } from '../kube/read.ts';

export type PortMapping = { hostPort?: number; containerPort?: number; protocol?: string; hostIP?: string };
export type Bandwidth = { ingressRate?: number; ingressBurst?: number; egressRate?: number; egressBurst?: number };
export type TextSpan = { offset: number; length: number };

/** One requested attachment. `namespace` is resolved; `qualified` says whether the text named it. */
export type SelectionElement = {
  name: string;
  namespace: string;
  qualified: boolean;
  interface?: string;
  ips?: string[];
  mac?: string;
  infinibandGuid?: string;
  portMappings?: PortMapping[];
  bandwidth?: Bandwidth;
  /** Present, even when empty, as soon as the element has the key. */
  defaultRoute?: string[];
  cniArgs?: JsonRecord;
  deviceId?: string;
  ipamClaimReference?: string;
  /** Where the element stands in the annotation, and its text. */
  span: TextSpan;
  raw: string;
  /** The text could not be read; this is what was probably meant. */
  guess?: true;
};

/**
 * When an issue bites: `parse` refuses the whole annotation, `lookup` fails on the NAD, `attach` fails in Multus or
 * the plugin afterwards, `advice` never fails.
 */
export type SelectionStage = 'parse' | 'lookup' | 'attach' | 'advice';

/** `element` is the index of the item as written (that of the elements, unless they are guesses); `fatal` means that Multus refuses the annotation as a whole. */
export type SelectionIssue = Issue & { element?: number; stage: SelectionStage; fatal: boolean };

export type Selection = {
  form: 'absent' | 'comma' | 'json';
  elements: SelectionElement[];
  issues: SelectionIssue[];
  /** Multus refuses the annotation: nothing of the pod is attached, the default network included. */
  refused: boolean;
};

export const MAX_ELEMENTS = 256;
const MAX_ISSUES = 200;

/** Collects issues up to a bound, so that a hostile annotation cannot grow without end. */
export type IssueSink = { issues: SelectionIssue[]; add(issue: Omit<SelectionIssue, 'fatal'>): void };

export function issueSink(): IssueSink {
  const issues: SelectionIssue[] = [];
  return {
    issues,
    add: (issue) => {
      if (issues.length < MAX_ISSUES) issues.push({ ...issue, fatal: issue.stage === 'parse' });
    },
  };
}

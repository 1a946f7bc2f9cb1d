import { excerpt } from '../kube/read.ts';
import { parseSelection } from './selection.ts';
import type { SelectionElement, SelectionIssue } from './selection-types.ts';

export const DEFAULT_NETWORK_KEY = 'v1.multus-cni.io/default-network';

/**
 * `v1.multus-cni.io/default-network`: the same parser, exactly one element, an unqualified name stands for a NAD of
 * Multus' own namespace. Present but empty is an error; absent (undefined) is nothing.
 */
export function parseDefaultNetwork(
  text: string | undefined,
  multusNamespace = 'kube-system',
): { element?: SelectionElement; issues: SelectionIssue[]; refused: boolean } {
  if (text === undefined) return { issues: [], refused: false };
  const { elements, issues: read } = parseSelection(text, multusNamespace);
  const issues = [...read];
  const add = (slug: string, message: string, stage: SelectionIssue['stage'] = 'parse'): void => {
    issues.push({ slug, severity: 'error', stage, fatal: stage === 'parse', message, offset: 0, length: text.length });
  };
  const [element, ...more] = elements;
  if (!element && !issues.some((issue) => issue.fatal)) {
    add(
      'default-net-empty',
      `The default-network annotation is present but names no network (${excerpt(text)}); it must name one or be deleted.`,
    );
  }
  if (more.length > 0) {
    add(
      'default-net-multiple',
      `The default-network annotation ${excerpt(text)} names ${elements.length} networks; exactly one is allowed.`,
    );
  }
  if (element?.interface && element.interface !== 'eth0') {
    add(
      'default-net-ifname',
      `The default network is asked to be ${excerpt(element.interface)}; the runtime then finds no eth0 and refuses the sandbox.`,
      'attach',
    );
  }
  const refused = issues.some((issue) => issue.fatal);
  return element ? { element, issues, refused } : { issues, refused };
}

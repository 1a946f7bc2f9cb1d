import type { ClusterDoc } from '@busbar/shared/inspect/documents';
import type { View } from '@busbar/shared/view/view';
import { lensNames } from '../ui/lens.ts';

/** Without what only tells kinds of ids apart: `card:ns:lab~failing` is `lab`, a finding keeps its code. */
const nameOf = (id: string): string => {
  const [, code, rest = ''] = /^(MN\d{3}:)?(?:[a-z-]+:)*(.*)$/s.exec(id) ?? [];
  return [code?.slice(0, -1), rest.replace(/~.*$/s, '')].filter(Boolean).join(' ').slice(0, 80);
};

/** What a tab, a bookmark and the list of visited pages call a view: what is open in it first. */
export const titleOf = ({ rule, select, lens }: View, cluster: ClusterDoc | null): string => {
  const open = rule ?? (select && nameOf(select));
  return [open ?? (lens === 'rails' ? '' : lensNames[lens].label), cluster?.source.name ?? '', 'Busbar']
    .filter(Boolean)
    .join(' · ');
};

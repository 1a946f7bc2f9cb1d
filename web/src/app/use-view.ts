import { viewFromQuery, viewToQuery } from '@busbar/shared/view/url';
import type { View } from '@busbar/shared/view/view';
import { useCallback, useMemo, useSyncExternalStore } from 'react';

/** The URL is the view: reading and writing it is the only state that the page keeps of what a person looks at. */
const listeners = new Set<() => void>();
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
};
const query = (): string => window.location.search.replace(/^\?/, '');

export type ChangeView = (change: Partial<View>, how?: 'push' | 'replace') => void;

export const useView = (): [View, ChangeView] => {
  const text = useSyncExternalStore(subscribe, query);
  const view = useMemo(() => viewFromQuery(text), [text]);
  const change = useCallback<ChangeView>((next, how = 'push') => {
    const to = viewToQuery({ ...viewFromQuery(query()), ...next });
    if (to === query()) return;
    const url = `${window.location.pathname}${to ? `?${to}` : ''}`;
    if (how === 'push') window.history.pushState(null, '', url);
    else window.history.replaceState(null, '', url);
    for (const listener of listeners) listener();
  }, []);
  return [view, change];
};

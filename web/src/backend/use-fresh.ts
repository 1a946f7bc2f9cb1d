import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLive } from './context.tsx';

const SOONEST = 150;
const SPACING = 1000;

/** What was read under a key is read again when the source has moved on, at most once a second; what is shown stays until then. */
export const useFresh = (key: 'document' | 'ledger' | 'matrix') => {
  const queries = useQueryClient();
  const timer = useRef(0);
  const last = useRef(0);
  const revision = useLive((state) =>
    state.paused ? -1 : Math.max(state.graph?.revision ?? 0, state.cluster?.revision ?? 0),
  );
  useEffect(() => {
    // A timer that runs is left alone: under steady changes one that starts anew each time would never end.
    if (revision < 0 || timer.current !== 0) return;
    const wait = Math.max(SOONEST, last.current + SPACING - Date.now());
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      last.current = Date.now();
      void queries.invalidateQueries({ queryKey: [key] });
    }, wait);
  }, [queries, key, revision]);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      timer.current = 0;
    },
    [],
  );
};

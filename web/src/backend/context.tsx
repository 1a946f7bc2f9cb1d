import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import type { Backend } from './backend.ts';
import type { LiveState, LiveStore } from './live-store.ts';

const BackendContext = createContext<{ backend: Backend; store: LiveStore } | null>(null);

export const BackendProvider = ({
  backend,
  store,
  children,
}: {
  backend: Backend;
  store: LiveStore;
  children: ReactNode;
}) => <BackendContext value={{ backend, store }}>{children}</BackendContext>;

const useBoth = () => {
  const value = useContext(BackendContext);
  if (!value) throw new Error('BackendProvider is missing');
  return value;
};

export const useBackend = (): Backend => useBoth().backend;
export const useLiveStore = (): LiveStore => useBoth().store;

/** One slice of what the stream has told; the component renders again only when that slice is another object. */
export const useLive = <T,>(select: (state: LiveState) => T): T => {
  const { store } = useBoth();
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
};

import './mantine.css';
import './global.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { type Backend, Problem } from '../backend/backend.ts';
import { BackendProvider } from '../backend/context.tsx';
import { LiveStore } from '../backend/live-store.ts';
import { App } from './app.tsx';
import { cssVariables, theme } from './theme.ts';

export const mount = (backend: Backend) => {
  const root = document.getElementById('root');
  if (!root) throw new Error('the page has no #root');
  const store = new LiveStore(backend);
  window.addEventListener('focus', () => store.retry());
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 500,
        refetchOnWindowFocus: false,
        retry: (count, error) => count < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
      },
    },
  });
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <BackendProvider backend={backend} store={store}>
            <App />
          </BackendProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
};

import { exporters } from '@busbar/shared/exports/registry';
import { diffGraph } from '@busbar/shared/graph/delta';
import { createProjectors } from '@busbar/shared/graph/lenses';
import { buildFindingsDoc } from '@busbar/shared/inspect/findings';
import { providers } from '@busbar/shared/providers/registry';
import { rules } from '@busbar/shared/rules/registry';
import { countCodes } from '@busbar/shared/rules/rule';
import { graphQuery, viewFromQuery } from '@busbar/shared/view/url';
import type { ServerConfig } from '../config.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { type Api, clusterDoc } from './api.ts';
import { createApp } from './app.ts';
import { Auth } from './auth.ts';
import { Hub } from './hub.ts';
import { Ledgers } from './ledgers.ts';
import { listen } from './listen.ts';
import { Matrices } from './matrices.ts';
import { createClusterNotes, createFindingsNotes } from './notes.ts';
import { findPage } from './static.ts';

export type Served = {
  port: number;
  /** What to open in a browser. */
  link: string;
  close(): Promise<void>;
};

export type ServeOptions = {
  runtime: Runtime;
  config: ServerConfig;
  log: Log;
  /** A one-time link was used: here is another. */
  onNewLink?: (link: string) => void;
  pageDir?: string | undefined;
};

/** Serves a runtime until closed. The source may still be loading: a partial picture is served, and says so. */
export async function serve({ runtime, config, log, onNewLink, pageDir = findPage() }: ServeOptions): Promise<Served> {
  const hub = createHub(runtime, log);
  const ledgers = new Ledgers(runtime.engine);
  const matrices = new Matrices(runtime.engine);
  let base = '';
  const auth: Auth = new Auth({
    mode: config.auth,
    token: config.token,
    reuse: config.tokenReuse,
    onSpent: () => onNewLink?.(auth.link(base)),
  });
  const api: Api = { runtime, hub, ledgers, matrices, rules, providers, exporters, parseView: viewFromQuery };
  const app = createApp({ api, auth, log, allowHosts: config.allowHosts, pageDir });
  const listening = await listen(app, { host: config.host, port: config.port, fallback: config.portFallback });
  base = listening.base;
  const unsubscribe = [
    runtime.onApplied((applied) => hub.applied(applied)),
    runtime.onApplied((applied) => ledgers.applied(applied)),
    runtime.onApplied((applied) => matrices.applied(applied)),
    runtime.onHealth(() => hub.changed()),
  ];
  return {
    port: listening.port,
    link: auth.link(base),
    close: async () => {
      for (const stop of unsubscribe) stop();
      hub.close();
      await listening.close();
    },
  };
}

function createHub(runtime: Runtime, log: Log): Hub {
  const { engine } = runtime;
  return new Hub({
    createProjector: createProjectors(engine),
    diff: diffGraph,
    keyOf: graphQuery,
    notes: [
      { event: 'cluster', build: createClusterNotes(() => clusterDoc({ runtime, rules, providers })) },
      { event: 'findings', build: createFindingsNotes(() => buildFindingsDoc(engine, countCodes(rules))) },
    ],
    onError: (error) => log.error({ err: error }, 'a view could not be drawn'),
  });
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

export type Listening = { port: number; base: string; close(): Promise<void> };

const CLOSE_MS = 1000;

/** Listens; with `fallback` a port that is taken is replaced by a free one. Rejects with a sentence a person can act on. */
export async function listen(
  app: Express,
  options: { host: string; port: number; fallback: boolean },
): Promise<Listening> {
  const server = createServer({ maxHeaderSize: 65_536 }, app);
  // Slow-loris: headers must come in time. Streams have no limit of their own.
  server.headersTimeout = 20_000;
  server.requestTimeout = 60_000;
  try {
    await bind(server, options.host, options.port);
  } catch (error) {
    if (!options.fallback || codeOf(error) !== 'EADDRINUSE')
      throw new Error(describe(error, options), { cause: error });
    await bind(server, options.host, 0);
  }
  const { port } = server.address() as AddressInfo;
  return { port, base: `http://${authorityOf(options.host)}:${port}`, close: () => close(server) };
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Answers under way may end; what is still open after a second is cut. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** All interfaces are reached by loopback from here, and loopback is what the Host check knows. */
function authorityOf(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

function describe(error: unknown, { host, port }: { host: string; port: number }): string {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is taken: choose another with --port, or 0 for any free one`;
    case 'EACCES':
      return `not allowed to listen on port ${port}: choose one above 1023`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine`;
    default:
      return `cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

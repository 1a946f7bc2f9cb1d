import http, { type IncomingMessage } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import { createGunzip } from 'node:zlib';
import { messageOf, SourceError } from '../errors.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import { ApiProblem, toProblem } from './problem.ts';

export type ConnectionOptions = {
  /** Reads the credentials anew: at the start, and when the server no longer takes the old ones. */
  load: () => ClusterAccess;
  userAgent?: string;
  /** Until the first byte of an answer. */
  answerTimeoutMs?: number;
  credentialsTimeoutMs?: number;
};

export type OpenRequest = { signal?: AbortSignal; accept?: string };

/** An answer with status 200, its body not yet read. Whoever has it must read it or destroy it. */
export type Answer = { body: AsyncIterable<Buffer> & { destroy(): void }; headers: http.IncomingHttpHeaders };

type Prepared = { options: RequestOptions; at: number };

/** client-node reads files and caches tokens itself; this only spares it from being asked for every page of a list. */
const credentialsAgeMs = 10_000;
const errorBodyLimit = 64 * 1024;

export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';

/** The wire to one API server: credentials, TLS, kept-alive sockets, raw bodies. Reads only. */
export class KubeConnection {
  readonly #options: ConnectionOptions;
  #access: ClusterAccess;
  #prepared: Promise<Prepared> | undefined;
  #agent: { key: string; agent: http.Agent } | undefined;
  #refusedAt = 0;
  #refusals = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#access = options.load();
  }

  get access(): ClusterAccess {
    return this.#access;
  }

  /** GETs a path. A 401 has the credentials read anew and is tried once more; any other status is an ApiProblem. */
  async open(path: string, request: OpenRequest = {}): Promise<Answer> {
    try {
      return await this.#once(path, request);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      this.#reload();
      return this.#once(path, request);
    }
  }

  async json(path: string, request: OpenRequest = {}): Promise<unknown> {
    const { body } = await this.open(path, request);
    const parts: Buffer[] = [];
    for await (const chunk of body) parts.push(chunk);
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  }

  close(): void {
    this.#agent?.agent.destroy();
    this.#agent = undefined;
  }

  /**
   * Many watches meet one expired token at the same moment: one reload is enough for all of them. And a login that is not
   * accepted must not start a credential command (that may open a browser) again and again.
   */
  #reload(): void {
    if (Date.now() - this.#refusedAt < Math.min(300_000, 1000 * 4 ** this.#refusals)) return;
    this.#refusedAt = Date.now();
    this.#refusals += 1;
    this.#access = this.#options.load();
    this.#prepared = undefined;
  }

  async #once(path: string, { signal, accept }: OpenRequest): Promise<Answer> {
    const options = await this.#credentials();
    const url = new URL(this.#access.server + path);
    const module = url.protocol === 'https:' ? https : http;
    const headers = {
      ...options.headers,
      ...this.#access.headers,
      accept: accept ?? 'application/json',
      'user-agent': this.#options.userAgent ?? 'busbar',
    } as Record<string, string>;
    // The server compresses lists, which pays on any wire but loopback.
    if (!isLoopback(url)) headers['accept-encoding'] = 'gzip';
    const message = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = module.get(url, { ...options, headers, ...(signal ? { signal } : {}) }, resolve);
      const timer = setTimeout(
        () =>
          request.destroy(
            Object.assign(new Error(`no answer within ${this.#answerTimeout} ms`), { code: 'ETIMEDOUT' }),
          ),
        this.#answerTimeout,
      );
      request.on('socket', (socket) => socket.setKeepAlive(true, 30_000));
      request
        .on('error', reject)
        .on('close', () => clearTimeout(timer))
        .on('response', () => clearTimeout(timer));
    });
    if (message.statusCode !== 401) this.#refusals = 0;
    if (message.statusCode === 200) return { body: plainBody(message), headers: message.headers };
    throw await readProblem(message);
  }

  get #answerTimeout(): number {
    return this.#options.answerTimeoutMs ?? 30_000;
  }

  async #credentials(): Promise<RequestOptions> {
    if (this.#prepared) {
      const { options, at } = await this.#prepared;
      if (Date.now() - at < credentialsAgeMs) return options;
    }
    const prepared = this.#prepare().catch((error: unknown) => {
      if (this.#prepared === prepared) this.#prepared = undefined;
      throw error;
    });
    this.#prepared = prepared;
    return (await prepared).options;
  }

  async #prepare(): Promise<Prepared> {
    const { config } = this.#access;
    const options: RequestOptions = {};
    try {
      await withTimeout(
        config.applyToHTTPSOptions(options),
        this.#options.credentialsTimeoutMs ?? 60_000,
        'the credential command did not end in time',
      );
    } catch (error) {
      throw new SourceError(
        'kubeconfig',
        `credentials for context "${this.#access.context}" (${this.#access.files.join(', ') || 'in-cluster'}) cannot be had: ${messageOf(error).trim().slice(0, 400)}`,
        'Try the same context with kubectl: a login may have expired, or a credential plug-in may not be installed.',
        { cause: error },
      );
    }
    // client-node takes a token file as it stands, with the line break that ends it.
    options.headers = trimmed(options.headers);
    // Behind a proxy client-node's agent is the one that knows the way; else one of our own, for as long as the credentials last.
    if (!config.getCurrentCluster()?.proxyUrl) options.agent = this.#agentFor(options);
    return { options, at: Date.now() };
  }

  #agentFor(options: RequestOptions): http.Agent {
    const { ca, cert, key, rejectUnauthorized, servername } = options;
    const fingerprint = JSON.stringify([
      this.#access.server,
      String(ca),
      String(cert),
      String(key),
      rejectUnauthorized,
      servername,
    ]);
    if (this.#agent?.key === fingerprint) return this.#agent.agent;
    // HTTPS_PROXY and NO_PROXY hold as they do for kubectl.
    const common = { keepAlive: true, keepAliveMsecs: 30_000, maxFreeSockets: 8, proxyEnv: process.env };
    const agent = this.#access.server.startsWith('http:')
      ? new http.Agent(common)
      : new https.Agent({ ...common, ...pickDefined({ ca, cert, key, rejectUnauthorized, servername }) });
    this.#agent = { key: fingerprint, agent };
    return agent;
  }
}

const pickDefined = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Partial<T>;

const trimmed = (headers: RequestOptions['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value).trim()]));

const plainBody = (message: IncomingMessage): Answer['body'] => {
  if (message.headers['content-encoding'] !== 'gzip') return message;
  const inflate = createGunzip();
  message
    .on('error', (error) => inflate.destroy(error))
    .on('aborted', () => inflate.destroy(new Error('the connection was cut')));
  inflate.on('close', () => message.destroy());
  return message.pipe(inflate);
};

const readProblem = async (message: IncomingMessage): Promise<ApiProblem> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of plainBody(message)) {
    parts.push(chunk);
    size += chunk.length;
    if (size > errorBodyLimit) break;
  }
  return toProblem(message.statusCode ?? 0, message.headers, Buffer.concat(parts).toString('utf8'));
};

const withTimeout = async <T>(work: Promise<T>, ms: number, message: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

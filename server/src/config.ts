import { type Input, type OptionSpec, UsageError } from './cli/command.ts';
import { type LogLevel, logLevels } from './log.ts';

const DEFAULT_PORT = 8080;

export type ServerConfig = {
  host: string;
  port: number;
  /** Take any free port when this one is taken: nobody asked for it by number. */
  portFallback: boolean;
  auth: 'token' | 'none';
  token: string | undefined;
  tokenReuse: boolean;
  allowHosts: readonly string[];
  logLevel: LogLevel;
};

export const logOption: OptionSpec = {
  name: 'log-level',
  type: 'string',
  choices: logLevels,
  env: 'BUSBAR_LOG_LEVEL',
  fallback: 'info',
  summary: 'How much is logged on stderr',
};

/** Flags of whatever serves, with the variables a Deployment sets instead. */
export const serverOptions: readonly OptionSpec[] = [
  {
    name: 'host',
    type: 'string',
    value: 'ADDRESS',
    env: 'BUSBAR_HOST',
    fallback: '127.0.0.1',
    summary: 'Address to listen on; any other than loopback lets other machines in',
  },
  {
    name: 'port',
    short: 'p',
    type: 'string',
    value: 'N',
    env: 'BUSBAR_PORT',
    summary: `Port to listen on, 0 for any free one (default ${DEFAULT_PORT}, or a free one when that is taken)`,
  },
  {
    name: 'auth',
    type: 'string',
    choices: ['token', 'none'],
    env: 'BUSBAR_AUTH',
    fallback: 'token',
    summary: 'Who may come in: whoever has the link, or anyone who reaches the port',
  },
  { name: 'no-auth', type: 'boolean', summary: 'The same as --auth none' },
  {
    name: 'token-reuse',
    type: 'boolean',
    env: 'BUSBAR_TOKEN_REUSE',
    summary: 'The link stays good for several browsers; set BUSBAR_TOKEN to choose the token',
  },
  {
    name: 'allow-host',
    type: 'string',
    multiple: true,
    value: 'NAME',
    env: 'BUSBAR_ALLOW_HOSTS',
    summary: 'One more host name that browsers may use for this server (may be repeated)',
  },
  logOption,
];

const MIN_TOKEN = 16;

export function readServerConfig(input: Input, env: NodeJS.ProcessEnv): ServerConfig {
  const port = input.text('port');
  const host = input.text('host') ?? '127.0.0.1';
  const token = env['BUSBAR_TOKEN'] || undefined;
  if (token !== undefined && token.length < MIN_TOKEN) {
    throw new UsageError(`BUSBAR_TOKEN is too short: it must have at least ${MIN_TOKEN} characters`);
  }
  return {
    host,
    port: port === undefined ? DEFAULT_PORT : readPort(port),
    portFallback: port === undefined,
    auth: input.flag('no-auth') || input.text('auth') === 'none' ? 'none' : 'token',
    token,
    tokenReuse: input.flag('token-reuse'),
    allowHosts: [...input.texts('allow-host'), ...(isWildcard(host) ? [] : [host])],
    logLevel: logLevels.find((level) => level === input.text('log-level')) ?? 'info',
  };
}

export const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new UsageError(`--port is a number from 0 to 65535, not '${text}'`);
  return port;
}

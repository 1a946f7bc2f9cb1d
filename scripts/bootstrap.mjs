/**
 * What a bare machine needs before anything else can run: dependencies (and with them Node 24), then the bundles.
 * Plain JavaScript for Node 20 without dependencies. Each step leaves a stamp of its inputs, so a second call is quick.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { delimiter, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { run } from './run.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const node24 = join(root, 'node_modules/.bin/node');
export const cli = join(root, 'server/dist/main.js');

const PACKAGES = ['web', 'server', 'shared', 'e2e'];
const MANIFESTS = [
  'package.json',
  'pnpm-workspace.yaml',
  'pnpm-lock.yaml',
  ...PACKAGES.map((name) => `${name}/package.json`),
];
const INSTALL_STAMP = 'node_modules/.busbar-installed';

/** The bundles, each with what it is made from and what must be there when it is made. */
const BUNDLES = [
  {
    name: 'web',
    entry: 'web/index.html',
    inputs: ['web', 'shared/src'],
    output: 'web/dist/index.html',
    command: ['vite', 'build', 'web', '--logLevel', 'warn'],
  },
  {
    name: 'server',
    entry: 'server/src/main.ts',
    inputs: ['server', 'shared/src'],
    output: 'server/dist/main.js',
    command: ['vite', 'build', 'server', '--logLevel', 'warn'],
  },
];

/** PATH with the workspace's binaries first, so that every `node` below is Node 24. */
export function workspaceEnv(extra = {}) {
  const bins = [join(root, 'node_modules/.bin'), join(root, 'e2e/node_modules/.bin')];
  return { ...process.env, ...extra, PATH: [...bins, process.env.PATH ?? ''].join(delimiter) };
}

/** PATH without the workspace's binaries: the installer must not run on the Node that it may be about to replace. */
function hostEnv() {
  const inside = join(root, 'node_modules') + sep;
  const path = (process.env.PATH ?? '').split(delimiter).filter((dir) => !dir.startsWith(inside));
  return { ...process.env, PATH: path.join(delimiter), CI: 'true', PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' };
}

/** Installs unless this lockfile already is installed. `log` says where all output goes: 1 (stdout) or 2 (stderr). */
export async function ensureInstalled({ log = 1 } = {}) {
  if (isInstalled()) return;
  await withLock(join(root, '.busbar/lock'), async () => {
    if (isInstalled()) return;
    const command = [
      'npx',
      '--yes',
      'pnpm@12',
      'install',
      '--frozen-lockfile',
      '--reporter=append-only',
      '--loglevel=error',
    ];
    say(log, 'installing the dependencies; the first time takes a minute');
    const code = await run(command, { cwd: root, env: hostEnv(), stdio: ['ignore', log, 2] });
    if (code !== 0) throw new Error(`installing the dependencies failed (${command.join(' ')}: exit ${code})`);
    if (!existsSync(node24)) throw new Error('the install went through but node_modules/.bin/node is not there');
    writeFileSync(join(root, INSTALL_STAMP), hashFiles(MANIFESTS));
  });
}

/** Builds the bundles whose inputs changed. */
export async function ensureBuilt({ log = 1 } = {}) {
  if (!BUNDLES.some(isStale)) return;
  await withLock(join(root, '.busbar/lock'), async () => {
    for (const bundle of BUNDLES) if (isStale(bundle)) await build(bundle, log);
  });
}

/** Names of the bundles whose source is not in the tree. */
export function missingBundles() {
  return BUNDLES.filter((bundle) => !existsSync(join(root, bundle.entry))).map((bundle) => bundle.name);
}

async function build(bundle, log) {
  const stamp = inputsOf(bundle);
  say(log, `building ${bundle.name}`);
  const code = await run(bundle.command, { cwd: root, env: workspaceEnv(), stdio: ['ignore', log, 2] });
  if (code !== 0) throw new Error(`building ${bundle.name} failed (${bundle.command.join(' ')}: exit ${code})`);
  mkdirSync(dirname(stampFile(bundle)), { recursive: true });
  writeFileSync(stampFile(bundle), stamp);
}

function say(log, text) {
  writeSync(log, `busbar: ${text}\n`);
}

function isInstalled() {
  const there = existsSync(node24) && PACKAGES.every((name) => existsSync(join(root, name, 'node_modules')));
  return there && readOr(join(root, INSTALL_STAMP)) === hashFiles(MANIFESTS);
}

function isStale(bundle) {
  if (!existsSync(join(root, bundle.entry))) return false;
  return !existsSync(join(root, bundle.output)) || readOr(stampFile(bundle)) !== inputsOf(bundle);
}

function stampFile(bundle) {
  return join(root, '.busbar', `built-${bundle.name}`);
}

function inputsOf(bundle) {
  const sources = bundle.inputs.flatMap((folder) => sourcesUnder(join(root, folder)));
  return hashFiles(['pnpm-lock.yaml', 'tsconfig.base.json', ...sources.map((file) => relative(root, file)).sort()]);
}

function sourcesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesUnder(path);
    return /\.test\.tsx?$/.test(entry.name) ? [] : [path];
  });
}

function hashFiles(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readOr(join(root, file)) ?? '')
      .update('\0');
  return hash.digest('hex');
}

function readOr(file) {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}

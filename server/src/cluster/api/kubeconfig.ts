import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { asRecords, asText, getPath, getText } from '@busbar/shared/kube/read';
import { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { codeOf, messageOf, SourceError } from '../errors.ts';
import { asFields, type Fields } from '../normalize.ts';

export type KubeconfigOptions = { kubeconfig?: string; context?: string; env?: NodeJS.ProcessEnv };

/** One way to one cluster. `headers` go with every request (impersonation). */
export type ClusterAccess = {
  config: KubeConfig;
  server: string;
  context: string;
  cluster: string;
  namespace?: string;
  /** The files this came from, for messages. */
  files: string[];
  headers: Record<string, string | string[]>;
  /** From a pod of that cluster. */
  inCluster?: boolean;
};

/**
 * The files that count, as kubectl has it: --kubeconfig alone, else every path in KUBECONFIG, else ~/.kube/config. `explicit`: a
 * person named them, so that a missing one is an error and not a reason to look elsewhere.
 */
const kubeconfigPaths = (options: KubeconfigOptions): { paths: string[]; explicit: boolean } => {
  const env = options.env ?? process.env;
  if (options.kubeconfig) return { paths: [options.kubeconfig], explicit: true };
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) return { paths: listed, explicit: true };
  return { paths: [join(env['HOME'] || homedir(), '.kube', 'config')], explicit: false };
};

const what = 'Check the file with: kubectl config view';

/** The parsed files. Missing files of a KUBECONFIG list are passed over, as kubectl does, as long as one is there. */
const readFiles = (options: KubeconfigOptions): { file: string; content: Fields }[] => {
  const { paths, explicit } = kubeconfigPaths(options);
  const found: { file: string; content: Fields }[] = [];
  for (const file of paths) {
    try {
      const content: unknown = parse(readFileSync(file, 'utf8'), {
        maxAliasCount: 100,
        merge: true,
        logLevel: 'silent',
      });
      const fields = asFields(content);
      if (content !== null && !fields) throw new Error('it is not a mapping');
      found.push({ file, content: absolutePaths(fields ?? {}, dirname(resolve(file))) });
    } catch (error) {
      if (codeOf(error) === 'ENOENT' && (paths.length > 1 || !explicit)) continue;
      if (codeOf(error) === 'ENOENT')
        throw new SourceError(
          'kubeconfig',
          `kubeconfig ${file}: no such file`,
          'Check --kubeconfig and KUBECONFIG, or run busbar demo to look around without a cluster.',
          { cause: error },
        );
      if (codeOf(error) === 'EISDIR')
        throw new SourceError('kubeconfig', `kubeconfig ${file}: it is a folder`, 'Name the file.', { cause: error });
      throw new SourceError('kubeconfig', `kubeconfig ${file}: ${messageOf(error).split('\n')[0]}`, what, {
        cause: error,
      });
    }
  }
  if (found.length === 0 && explicit)
    throw new SourceError(
      'kubeconfig',
      `none of the files in KUBECONFIG exists: ${paths.join(', ')}`,
      'Correct KUBECONFIG, or unset it.',
    );
  return found;
};

const pathFields = [
  ['clusters', 'cluster', 'certificate-authority'],
  ['users', 'user', 'client-certificate'],
  ['users', 'user', 'client-key'],
  ['users', 'user', 'tokenFile'],
] as const;

/** Paths in a kubeconfig are relative to its file; a credential command with a slash in it too. */
const absolutePaths = (content: Fields, folder: string): Fields => {
  const fix = (fields: Fields | undefined, name: string): void => {
    const path = asText(fields?.[name]);
    if (fields && path && !isAbsolute(path)) fields[name] = join(folder, path);
  };
  for (const [list, part, name] of pathFields)
    for (const entry of asRecords(content[list])) fix(asFields(entry[part]), name);
  for (const entry of asRecords(content['users'])) {
    const exec = asFields(getPath(entry, 'user', 'exec'));
    if (asText(exec?.['command'])?.includes('/')) fix(exec, 'command');
  }
  return content;
};

/** Merged as kubectl merges: the first file to name a cluster, user or context, or to set current-context, wins. */
const merge = (files: { content: Fields }[]): Fields => {
  const merged: Fields = { apiVersion: 'v1', kind: 'Config' };
  for (const list of ['clusters', 'users', 'contexts']) {
    const byName = new Map<string, unknown>();
    for (const { content } of files)
      for (const entry of asRecords(content[list])) {
        const name = asText(entry['name']);
        if (name && !byName.has(name)) byName.set(name, entry);
      }
    merged[list] = [...byName.values()];
  }
  merged['current-context'] = files.map(({ content }) => asText(content['current-context'])).find((name) => name);
  return merged;
};

const named = (merged: Fields, list: string, name: string | undefined): Fields | undefined =>
  asRecords(merged[list])
    .map(asFields)
    .find((entry) => entry?.['name'] === name);

/** Reads the kubeconfig and picks the context. `undefined`: there is none, and nobody named one. */
export const loadKubeconfig = (options: KubeconfigOptions): ClusterAccess | undefined => {
  const files = readFiles(options);
  const names = files.map(({ file }) => file);
  const merged = merge(files);
  const contexts = asRecords(merged['contexts']).flatMap((entry) => asText(entry['name']) ?? []);
  const wanted = options.context ?? asText(merged['current-context']);
  const where = `kubeconfig ${names.join(', ')}`;
  if (!wanted) {
    if (!kubeconfigPaths(options).explicit) return undefined;
    throw new SourceError(
      'kubeconfig',
      `${where}: no current-context is set`,
      contexts.length > 0
        ? `Choose one with --context: ${contexts.join(', ')}`
        : 'The file has no context at all: is it the right one?',
    );
  }
  const context = asFields(named(merged, 'contexts', wanted)?.['context']);
  if (!context)
    throw new SourceError(
      'kubeconfig',
      `${where}: there is no context "${wanted}"`,
      contexts.length > 0 ? `It has: ${contexts.join(', ')}` : 'It has no context at all: is it the right file?',
    );
  return toAccess(merged, wanted, context, where, names);
};

/** The current context of a kubeconfig that is no file: that of the demo cluster. */
export const accessFrom = (kubeconfig: unknown): ClusterAccess => {
  const merged = asFields(structuredClone(kubeconfig)) ?? {};
  const name = asText(merged['current-context']) ?? '';
  return toAccess(merged, name, asFields(named(merged, 'contexts', name)?.['context']) ?? {}, 'kubeconfig', []);
};

const toAccess = (
  merged: Fields,
  contextName: string,
  context: Fields,
  where: string,
  files: string[],
): ClusterAccess => {
  const clusterName = asText(context['cluster']) ?? '';
  const cluster = asFields(named(merged, 'clusters', clusterName)?.['cluster']);
  const server = asText(cluster?.['server']);
  if (!cluster || !server || !/^https?:\/\/[^/]/.test(server) || !URL.canParse(server)) {
    throw new SourceError(
      'kubeconfig',
      `${where}: context "${contextName}" names the cluster "${clusterName}", which has no usable server address${server ? ` (${server})` : ''}`,
      what,
    );
  }
  const userName = asText(context['user']) ?? '';
  const user = asFields(named(merged, 'users', userName)?.['user']) ?? {};
  if (userName && !named(merged, 'users', userName))
    throw new SourceError(
      'kubeconfig',
      `${where}: context "${contextName}" names the user "${userName}", which is not there`,
      what,
    );
  const access: ClusterAccess = {
    config: toConfig(cluster, user, server),
    server: server.replace(/\/+$/, ''),
    context: contextName,
    cluster: clusterName,
    files,
    headers: impersonation(user),
  };
  const namespace = asText(context['namespace']);
  if (namespace) access.namespace = namespace;
  return access;
};

/**
 * client-node's KubeConfig does the credentials. It is built from one cluster and one user because its own reading differs from
 * kubectl's: no tokenFile, a CA only when there is a user, http only when TLS is not to be verified, no KUBERNETES_EXEC_INFO.
 */
const toConfig = (cluster: Fields, user: Fields, server: string): KubeConfig => {
  const config = new KubeConfig();
  const plain = server.startsWith('http:');
  config.loadFromString(
    JSON.stringify({
      clusters: [{ name: 'cluster', cluster: { ...cluster, ...(plain ? { 'insecure-skip-tls-verify': true } : {}) } }],
      users: [{ name: 'user', user: withExecInfo(user, cluster) }],
      contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
      'current-context': 'context',
    }),
  );
  const tokenFile = asText(user['tokenFile']);
  if (tokenFile)
    config.users = config.users.map((entry) => ({
      ...entry,
      token: undefined as unknown as string,
      authProvider: { name: 'tokenFile', config: { tokenFile } },
    }));
  return config;
};

const withExecInfo = (user: Fields, cluster: Fields): Fields => {
  const exec = asFields(user['exec']);
  if (!exec) return user;
  const spec: Fields = { interactive: false };
  if (exec['provideClusterInfo'] === true)
    spec['cluster'] = {
      server: cluster['server'],
      'certificate-authority-data': cluster['certificate-authority-data'],
    };
  const info = { apiVersion: exec['apiVersion'], kind: 'ExecCredential', spec };
  return {
    ...user,
    exec: { ...exec, env: [...asRecords(exec['env']), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }] },
  };
};

/** `as` itself is handled by client-node; groups and uid are not. */
const impersonation = (user: Fields): Record<string, string | string[]> => {
  const headers: Record<string, string | string[]> = {};
  const groups = user['as-groups'];
  if (Array.isArray(groups))
    headers['Impersonate-Group'] = groups.filter((group): group is string => typeof group === 'string');
  const uid = getText(user, 'as-uid');
  if (uid) headers['Impersonate-Uid'] = uid;
  return headers;
};

import { createEngine } from '@busbar/shared/engine/engine';
import type { Engine } from '@busbar/shared/engine/engine-api';
import { createTopologyEngine } from '@busbar/shared/engine/from-topology';
import { providers, watchedKinds } from '@busbar/shared/providers/registry';
import { rules } from '@busbar/shared/rules/registry';
import { type ChooseOptions, type Chosen, chooseSource } from '../cluster/choose.ts';
import type { DumpSource } from '../cluster/dump/dump.ts';
import { SourceError } from '../cluster/errors.ts';
import type { ObjectSource } from '../cluster/source.ts';
import { keepHeapSmall } from '../heap.ts';
import type { Log } from '../log.ts';
import { Runtime } from '../runtime.ts';
import { snapshotSource } from '../snapshot-source.ts';
import { version } from '../version.ts';
import { type Input, type Io, type OptionSpec, UsageError } from './command.ts';
import { oneLine, plural } from './text.ts';

/** A recording is concluded of at its end: claims that were put away are made twice, which is worth it: more at hand take much memory. */
const WARM_OF_DUMP = 20_000;

/** Flags that say what to read. */
export const sourceOptions: readonly OptionSpec[] = [
  {
    name: 'from',
    short: 'f',
    type: 'string',
    value: 'FILE|DIR|-',
    env: 'BUSBAR_FROM',
    summary: 'A recording: kubectl get -o json|yaml, a folder, a must-gather (.tar.gz), a snapshot, - for stdin',
  },
  { name: 'kubeconfig', type: 'string', value: 'FILE', summary: 'Else KUBECONFIG, else ~/.kube/config' },
  { name: 'context', type: 'string', value: 'NAME', env: 'BUSBAR_CONTEXT', summary: 'A context of the kubeconfig' },
  {
    name: 'namespace',
    short: 'n',
    type: 'string',
    multiple: true,
    value: 'NS[,NS]',
    env: 'BUSBAR_NAMESPACE',
    summary: 'Only these namespaces: for who may not read the whole cluster',
  },
];

export type Opened = {
  engine: Engine;
  source: ObjectSource;
  dump?: DumpSource;
  /** Why this source, where that needs saying. */
  note?: string;
  /** The same source once more, where a cluster may come back. */
  reopen?: () => Promise<ObjectSource>;
};

type StartDemo = NonNullable<ChooseOptions['startDemo']>;

/** What the flags (and the first argument, where a command takes SOURCE) ask for, opened but not yet read. */
export async function openSource(
  input: Input,
  io: Io,
  { demo = false, startDemo }: { demo?: boolean; startDemo?: StartDemo } = {},
): Promise<Opened> {
  const options = chooseOptions(input, io, demo, startDemo);
  const chosen = await chooseSource(options);
  if ('snapshot' in chosen) {
    const opened = { engine: createTopologyEngine(chosen.snapshot), source: snapshotSource(chosen.snapshot) };
    return withNote(opened, chosen);
  }
  const opened: Opened = {
    engine: createEngine({ providers, rules, ...(chosen.dump ? { warm: WARM_OF_DUMP } : {}) }),
    source: chosen.source,
  };
  if (chosen.dump) opened.dump = chosen.dump;
  else if (!demo) opened.reopen = () => reopen(options);
  return withNote(opened, chosen);
}

const withNote = (opened: Opened, { note }: Chosen): Opened => (note === undefined ? opened : { ...opened, note });

async function reopen(options: ChooseOptions): Promise<ObjectSource> {
  const chosen = await chooseSource(options);
  if ('snapshot' in chosen) throw new SourceError('invalid', 'the cluster turned into a snapshot', 'Start again.');
  return chosen.source;
}

function chooseOptions(input: Input, io: Io, demo: boolean, startDemo: StartDemo | undefined): ChooseOptions {
  const [argument] = input.positionals;
  const flag = input.text('from');
  if (argument !== undefined && flag !== undefined && flag !== io.env['BUSBAR_FROM']) {
    throw new UsageError('a source is given twice', `either ${argument} or --from ${flag}`);
  }
  const from = argument ?? flag;
  const namespaces = input.texts('namespace');
  const kubeconfig = input.text('kubeconfig');
  const context = input.text('context');
  return {
    kinds: watchedKinds,
    env: io.env,
    stdin: io.stdin,
    live: { userAgent: `busbar/${version}` },
    ...(demo ? { demo } : {}),
    ...(startDemo ? { startDemo } : {}),
    ...(from === undefined ? {} : { from }),
    // A recording is read whole: a pod may refer to another namespace's NAD, and it is all there.
    ...(from === undefined && namespaces.length > 0 ? { namespaces } : {}),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  };
}

/** Reads a source to its end (a cluster: its first full list), for commands that answer once. */
export async function readOnce(opened: Opened, io: Io, log: Log): Promise<Runtime> {
  const { engine, source, note, dump } = opened;
  if (note !== undefined) io.note(note);
  const runtime = new Runtime({ engine, source, log, once: true });
  if (dump) keepHeapSmall();
  const quiet = dump ? tellProgress(dump, io) : () => {};
  try {
    await runtime.start();
  } finally {
    quiet();
    await runtime.stop();
  }
  if (dump) noteIssues(dump, io);
  return runtime;
}

const PROGRESS_MS = 250;
const PROGRESS_NOTE_MS = 5000;

/** How far reading is, for a dump that takes a while: a line that moves on a terminal, else a line now and then. */
function tellProgress(dump: DumpSource, io: Io): () => void {
  const { progress } = io;
  let told = '';
  const tell = (): void => {
    const { bytes, objects } = dump.progress();
    const text = `${plural(objects, 'object')} read, ${Math.round(bytes / 1e6)} MB`;
    if (text !== told) (progress ?? io.note)(text);
    else if (progress) progress(`${text}; drawing conclusions`);
    told = text;
  };
  const timer = setInterval(tell, progress ? PROGRESS_MS : PROGRESS_NOTE_MS);
  return () => {
    clearInterval(timer);
    progress?.('');
  };
}

const MAX_ISSUES = 10;

function noteIssues(dump: DumpSource, io: Io): void {
  const issues = dump.issues();
  for (const { file, line, message } of issues.slice(0, MAX_ISSUES)) {
    io.note(oneLine(`not used: ${file}${line === undefined ? '' : `:${line}`}: ${message}`));
  }
  if (issues.length > MAX_ISSUES)
    io.note(`and ${plural(issues.length - MAX_ISSUES, 'more', 'more')} that could not be used`);
}

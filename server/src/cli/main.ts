import { SourceError } from '../cluster/errors.ts';
import { version } from '../version.ts';
import { type Command, type Io, UsageError } from './command.ts';
import { commandHelp, generalHelp } from './help.ts';
import { nearest } from './nearest.ts';
import { parseInput } from './parse.ts';

/** Every command, in the order of the help page. Loaded when it is asked for: a linter need not wait for a web server. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serveCommand,
  demo: async () => (await import('./demo.ts')).demo,
  check: async () => (await import('./check.ts')).check,
  export: async () => (await import('./export.ts')).exportCommand,
  explain: async () => (await import('./explain.ts')).explain,
};

export const EXIT_TROUBLE = 2;

/** Runs one command line and answers with its exit code. Only the unexpected is thrown. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof SourceError)) throw error;
    io.note(`busbar: ${error.message}`);
    if (error.hint) io.note(`  ${error.hint}`);
    return EXIT_TROUBLE;
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [first, ...rest] = args;
  const asksHelp = args.some((arg) => arg === '--help' || arg === '-h');
  if (first === '--version' || first === '-V' || first === 'version') {
    await io.out(`busbar ${version}\n`);
    return 0;
  }
  if (first === 'help' || (asksHelp && (first === undefined || first.startsWith('-')))) {
    const name = first === 'help' ? rest.find((arg) => !arg.startsWith('-')) : undefined;
    await io.out(name === undefined ? generalHelp(await all(), version) : commandHelp(await find(name)));
    return 0;
  }
  const named = first !== undefined && !first.startsWith('-');
  const command = await find(named ? first : 'serve');
  if (asksHelp) {
    await io.out(commandHelp(command));
    return 0;
  }
  return command.run(parseInput(command, named ? rest : args, io.env), io);
}

const all = (): Promise<Command[]> => Promise.all(Object.values(commands).map((load) => load()));

async function find(name: string): Promise<Command> {
  const names = Object.keys(commands);
  const load = names.includes(name) ? commands[name] : undefined;
  if (load) return load();
  const close = nearest(name, names);
  throw new UsageError(
    `there is no command '${name}'`,
    close ? `did you mean busbar ${close}?` : `there are ${names.join(', ')}; busbar --help says more`,
  );
}

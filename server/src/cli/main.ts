import { SourceError } from '../cluster/errors.ts';
import { version } from '../version.ts';
import { check } from './check.ts';
import { type Command, type Io, UsageError } from './command.ts';
import { demo } from './demo.ts';
import { explain } from './explain.ts';
import { exportCommand } from './export.ts';
import { commandHelp, generalHelp } from './help.ts';
import { nearest } from './nearest.ts';
import { parseInput } from './parse.ts';
import { serveCommand } from './serve.ts';

/** Every command, in the order of the help page. */
const commands: readonly Command[] = [serveCommand, demo, check, exportCommand, explain];

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
    await io.out(name === undefined ? generalHelp(commands, version) : commandHelp(find(name)));
    return 0;
  }
  const named = first !== undefined && !first.startsWith('-');
  const command = named ? find(first) : serveCommand;
  if (asksHelp) {
    await io.out(commandHelp(command));
    return 0;
  }
  return command.run(parseInput(command, named ? rest : args, io.env), io);
}

function find(name: string): Command {
  const command = commands.find((each) => each.name === name);
  if (command) return command;
  const names = commands.map((each) => each.name);
  const close = nearest(name, names);
  throw new UsageError(
    `there is no command '${name}'`,
    close ? `did you mean busbar ${close}?` : `there are ${names.join(', ')}; busbar --help says more`,
  );
}

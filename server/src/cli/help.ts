import type { Command, OptionSpec } from './command.ts';

const HELP: OptionSpec = { name: 'help', short: 'h', type: 'boolean', summary: 'This page' };

export function generalHelp(commands: readonly Command[], version: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `busbar ${version}: which pod is plugged into which network, through which interface, and why a plug failed`,
    '',
    'Usage:',
    '  busbar [COMMAND] [FLAGS]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Without a command it serves. busbar help COMMAND, or busbar COMMAND --help, says more.',
    'It reads and never writes to a cluster. Exit codes: 0 fine, 1 findings (check), 2 could not do it.',
    '',
  ].join('\n');
}

export function commandHelp(command: Command): string {
  const options = [...command.options, HELP];
  const rows = options.map((spec) => ({ left: leftOf(spec), right: rightOf(spec) }));
  const width = Math.min(34, Math.max(...rows.map(({ left }) => left.length)));
  return [
    `${command.summary}`,
    '',
    'Usage:',
    ...command.usage.map((line) => `  busbar ${line}`),
    ...(command.details ? ['', command.details] : []),
    '',
    'Flags:',
    ...rows.flatMap(({ left, right }) =>
      left.length > width ? [`  ${left}`, `  ${' '.repeat(width)}  ${right}`] : [`  ${left.padEnd(width)}  ${right}`],
    ),
    '',
  ].join('\n');
}

function leftOf({ name, short, type, value, choices }: OptionSpec): string {
  const argument = type === 'boolean' ? '' : ` ${value ?? choices?.join('|') ?? 'VALUE'}`;
  return `${short ? `-${short}, ` : '    '}--${name}${argument}`;
}

function rightOf({ summary, fallback, env }: OptionSpec): string {
  const extra = [fallback === undefined ? '' : `default ${fallback}`, env ? env : ''].filter((text) => text !== '');
  return extra.length > 0 ? `${summary} (${extra.join('; ')})` : summary;
}

import { parseArgs } from 'node:util';
import { type Command, Input, type OptionSpec, UsageError } from './command.ts';
import { nearest } from './nearest.ts';

const TRUE = new Set(['1', 'true', 'yes', 'on']);
const FALSE = new Set(['0', 'false', 'no', 'off', '']);

/** Flags and arguments of a command. Throws a UsageError that names the flag and the nearest one there is. */
export function parseInput(command: Command, args: readonly string[], env: NodeJS.ProcessEnv): Input {
  const specs = new Map(command.options.map((spec) => [spec.name, spec]));
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(command.options.map(toParseArgs)),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = specs.get(token.name);
    if (!spec) throw unknownFlag(command, token.rawName);
    const texts = spec.type === 'boolean' ? [flagValue(token.rawName, token.value)] : valuesOf(spec, token);
    values.set(spec.name, spec.multiple ? [...(values.get(spec.name) ?? []), ...texts] : texts);
  }
  if (positionals.length > command.positionals) {
    const extra = positionals[command.positionals] ?? '';
    throw new UsageError(
      `${command.name} takes no argument '${extra}'`,
      `busbar ${command.name} --help shows what it takes`,
    );
  }
  for (const spec of command.options) if (!values.has(spec.name)) addDefault(values, spec, env);
  return new Input(values, positionals);
}

const toParseArgs = ({ name, type, short }: OptionSpec) =>
  [name, short === undefined ? { type } : { type, short }] as const;

function flagValue(rawName: string, value: string | undefined): string {
  if (value === undefined) return 'true';
  return readFlag(value) ?? fail(`${rawName} is either given or not: '${value}' means nothing to it`);
}

const readFlag = (text: string): string | undefined => {
  const word = text.toLowerCase();
  if (TRUE.has(word)) return 'true';
  return FALSE.has(word) ? 'false' : undefined;
};

function valuesOf(spec: OptionSpec, token: { rawName: string; value?: string | undefined }): string[] {
  if (token.value === undefined) fail(`${token.rawName} needs a value${spec.value ? `: ${spec.value}` : ''}`);
  return checked(spec, token.rawName, token.value ?? '');
}

function checked(spec: OptionSpec, said: string, value: string): string[] {
  const texts = spec.multiple
    ? value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
    : [value];
  const wrong = texts.find((text) => spec.choices && !spec.choices.includes(text));
  if (wrong !== undefined) {
    const choices = spec.choices ?? [];
    const close = nearest(wrong, choices);
    throw new UsageError(
      `${said} is one of ${choices.join(', ')}, not '${wrong}'`,
      close ? `did you mean ${close}?` : '',
    );
  }
  return texts;
}

function addDefault(values: Map<string, string[]>, spec: OptionSpec, env: NodeJS.ProcessEnv): void {
  const given = spec.env === undefined ? undefined : env[spec.env];
  if (spec.env !== undefined && given !== undefined && given !== '') {
    const texts =
      spec.type === 'boolean'
        ? [readFlag(given) ?? fail(`${spec.env} is true or false, not '${given}'`)]
        : checked(spec, spec.env, given);
    values.set(spec.name, texts);
  } else if (spec.fallback !== undefined) {
    values.set(spec.name, [spec.fallback]);
  }
}

function unknownFlag(command: Command, rawName: string): UsageError {
  const known = command.options.flatMap(({ name, short }) => [`--${name}`, ...(short ? [`-${short}`] : [])]);
  const close = nearest(rawName, [...known, '--help', '--version']);
  const hint = close ? `did you mean ${close}?` : `busbar ${command.name} --help lists its flags`;
  return new UsageError(`${command.name} has no flag ${rawName}`, hint);
}

function fail(message: string): never {
  throw new UsageError(message);
}

import type { Readable } from 'node:stream';

/** One flag. The parser, the help page and the environment follow from it. */
export type OptionSpec = {
  name: string;
  short?: string;
  type: 'string' | 'boolean';
  /** May be given more than once, and as a comma list. */
  multiple?: boolean;
  /** What stands for the value on the help page. */
  value?: string;
  choices?: readonly string[];
  env?: string;
  fallback?: string;
  summary: string;
};

export type Io = {
  /** The result, and nothing else. Resolves when it is out of our hands. */
  out: (text: string) => Promise<void>;
  /** Progress and notes. */
  note: (text: string) => void;
  /** Where a person sits at stderr: a line whose place the next one takes; '' takes it away. */
  progress?: (text: string) => void;
  stdin: Readable;
  env: NodeJS.ProcessEnv;
  /** Whether the result is read by a person at a terminal that shows colours. */
  colour: boolean;
  width: number;
};

export type Command = {
  name: string;
  summary: string;
  usage: readonly string[];
  /** More than one line for who asks for help. */
  details?: string;
  options: readonly OptionSpec[];
  /** Arguments that are no flags: at most this many. */
  positionals: number;
  run: (input: Input, io: Io) => Promise<number>;
};

/** Flags and arguments after parsing: flag first, then environment, then fallback. */
export class Input {
  readonly positionals: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>, positionals: readonly string[]) {
    this.#values = values;
    this.positionals = positionals;
  }

  text(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  texts(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  flag(name: string): boolean {
    return this.text(name) === 'true';
  }
}

/** Wrong use of the command line: one line of what is wrong, one of what to do, exit 2. */
export class UsageError extends Error {
  readonly hint: string;

  constructor(message: string, hint = '') {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}

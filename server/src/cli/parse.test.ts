import { describe, expect, test } from 'vitest';
import { type Command, UsageError } from './command.ts';
import { parseInput } from './parse.ts';

const command: Command = {
  name: 'check',
  summary: '',
  usage: [],
  positionals: 1,
  options: [
    { name: 'from', short: 'f', type: 'string', value: 'FILE', summary: '', env: 'T_FROM' },
    { name: 'namespace', short: 'n', type: 'string', multiple: true, summary: '' },
    { name: 'output', short: 'o', type: 'string', choices: ['text', 'json'], fallback: 'text', summary: '' },
    { name: 'quiet', type: 'boolean', summary: '', env: 'T_QUIET' },
  ],
  run: async () => 0,
};

const parse = (args: string[], env: NodeJS.ProcessEnv = {}) => parseInput(command, args, env);

describe('flags', () => {
  test.each([
    [['--from', 'a'], 'from', 'a'],
    [['--from=a'], 'from', 'a'],
    [['-f', 'a'], 'from', 'a'],
    [['-fa'], 'from', 'a'],
    [['--from', '-'], 'from', '-'],
    [['-f', '-'], 'from', '-'],
    [['--from', 'a', '--from', 'b'], 'from', 'b'],
    [[], 'output', 'text'],
    [['-o', 'json'], 'output', 'json'],
    [['-ojson'], 'output', 'json'],
    [['--quiet'], 'quiet', 'true'],
    [['--quiet=false'], 'quiet', 'false'],
    [[], 'quiet', undefined],
  ])('%j', (args, name, value) => {
    expect(parse(args).text(name)).toBe(value);
  });

  test('lists are commas or repetition', () => {
    expect(parse(['-n', 'a,b', '--namespace', ' c ,']).texts('namespace')).toEqual(['a', 'b', 'c']);
  });

  test('the environment stands in for what was not given', () => {
    expect(parse([], { T_FROM: 'e', T_QUIET: '1' }).text('from')).toBe('e');
    expect(parse([], { T_QUIET: 'yes' }).flag('quiet')).toBe(true);
    expect(parse(['--from', 'a'], { T_FROM: 'e' }).text('from')).toBe('a');
    expect(parse([], { T_FROM: '' }).text('from')).toBeUndefined();
  });

  test('what stands alone, also after --, is an argument', () => {
    expect(parse(['-']).positionals).toEqual(['-']);
    expect(parse(['--', '--from']).positionals).toEqual(['--from']);
    expect(parse(['a', '-o', 'json']).positionals).toEqual(['a']);
  });
});

describe('wrong use', () => {
  test.each([
    [['--form', 'a'], 'check has no flag --form', 'did you mean --from?'],
    [['--namespaces', 'a'], 'check has no flag --namespaces', 'did you mean --namespace?'],
    [['-x'], 'check has no flag -x', ''],
    [['--zzzzzzzz'], 'check has no flag --zzzzzzzz', 'busbar check --help'],
    [['--from'], '--from needs a value: FILE', ''],
    [['-o', 'jsn'], "-o is one of text, json, not 'jsn'", 'did you mean json?'],
    [['a', 'b'], "check takes no argument 'b'", ''],
    [['--quiet=maybe'], '--quiet is either given or not', ''],
    [['--__proto__'], 'check has no flag --__proto__', ''],
  ])('%j', (args, message, hint) => {
    try {
      parse(args);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      expect((error as UsageError).message).toContain(message);
      expect((error as UsageError).hint).toContain(hint);
    }
  });

  test('a variable that means nothing is named', () => {
    expect(() => parse([], { T_QUIET: 'maybe' })).toThrow('T_QUIET');
  });
});

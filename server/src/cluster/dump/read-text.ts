import { LineCounter, parseDocument } from 'yaml';
import { messageOf } from '../errors.ts';
import { JsonSplitter } from '../json-splitter.ts';
import { createYielder } from '../yielder.ts';
import type { ByteStream } from './bytes.ts';
import { YamlSplitter } from './yaml-splitter.ts';

/** What a text holds, in order. `item` is an element of a list whose `document` (without its items) follows. */
export type TextEvent =
  | { type: 'item' | 'document'; value: unknown; line: number }
  | { type: 'issue'; message: string; line?: number };

/** JSON in any arrangement: a List, single objects, JSON lines, concatenated documents. */
export const readJson = async function* (stream: ByteStream): AsyncGenerator<TextEvent> {
  const splitter = new JsonSplitter();
  const pause = createYielder();
  for await (const chunk of stream) {
    for (const piece of splitter.push(chunk)) {
      await pause();
      if (piece.type === 'fault') yield { type: 'issue', message: piece.message, line: piece.line };
      else yield parseJson(piece.type, piece.bytes, piece.line);
    }
  }
  for (const fault of splitter.end()) yield { type: 'issue', message: fault.message, line: fault.line };
};

const parseJson = (type: 'item' | 'document', bytes: Buffer, line: number): TextEvent => {
  try {
    return { type, value: JSON.parse(bytes.toString('utf8')), line };
  } catch (error) {
    return { type: 'issue', message: `invalid JSON: ${messageOf(error).slice(0, 300)}`, line };
  }
};

/** YAML: documents separated by `---`, lists taken apart item by item. */
export const readYaml = async function* (stream: ByteStream): AsyncGenerator<TextEvent> {
  const splitter = new YamlSplitter();
  const pause = createYielder();
  for await (const line of linesOf(stream)) {
    for (const piece of splitter.line(line)) {
      await pause();
      yield* parseYaml(piece.type, piece.text, piece.line);
    }
  }
  for (const piece of splitter.end()) yield* parseYaml(piece.type, piece.text, piece.line);
};

const linesOf = async function* (stream: ByteStream): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let parts: string[] = [];
  for await (const chunk of stream) {
    const lines = decoder.decode(chunk, { stream: true }).split('\n');
    for (let i = 0; i < lines.length - 1; i += 1) {
      parts.push(lines[i] ?? '');
      const line = parts.join('');
      parts = [];
      yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
    parts.push(lines.at(-1) ?? '');
  }
  const last = parts.join('') + decoder.decode();
  if (last !== '') yield last;
};

function* parseYaml(type: 'items' | 'document', text: string, line: number): Generator<TextEvent> {
  const counter = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: counter,
      logLevel: 'silent',
      prettyErrors: false,
      uniqueKeys: false,
      merge: true,
    });
    const broken = document.errors[0];
    if (broken) {
      const at = line + counter.linePos(broken.pos[0]).line - 1;
      yield { type: 'issue', message: `invalid YAML: ${broken.message.slice(0, 300)}`, line: at };
      return;
    }
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (type === 'items' && Array.isArray(value)) for (const item of value) yield { type: 'item', value: item, line };
    else yield { type: 'document', value, line };
  } catch (error) {
    // Aliases past the limit, or nesting past the stack.
    yield { type: 'issue', message: `invalid YAML: ${messageOf(error).slice(0, 300)}`, line };
  }
}

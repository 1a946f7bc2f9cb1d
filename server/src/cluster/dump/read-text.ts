import { messageOf } from '../errors.ts';
import { type JsonPiece, JsonSplitter } from '../json-splitter.ts';
import { recordedPods } from '../lean-pods.ts';
import { createYielder } from '../yielder.ts';
import type { ByteStream } from './bytes.ts';
import { parseYaml } from './parse-yaml.ts';
import { YamlSplitter } from './yaml-splitter.ts';

/** What a text holds, in order. `item` is an element of a list whose `document` (without its items) follows. */
export type TextEvent =
  | { type: 'item' | 'document'; value: unknown; line: number; list?: string }
  | { type: 'issue'; message: string; line?: number };

/** JSON in any arrangement: a List, single objects, JSON lines, concatenated documents. `lists`: other keys than `items` to take apart. */
export const readJson = async function* (stream: ByteStream, lists?: readonly string[]): AsyncGenerator<TextEvent> {
  const splitter = new JsonSplitter(lists ? { lists } : { cutter: recordedPods });
  const pause = createYielder();
  for await (const chunk of stream) {
    for (const piece of splitter.push(chunk)) {
      await pause();
      if (piece.type === 'fault') yield { type: 'issue', message: piece.message, line: piece.line };
      else yield parseJson(piece);
    }
  }
  for (const fault of splitter.end()) yield { type: 'issue', message: fault.message, line: fault.line };
};

const parseJson = ({ type, bytes, line, list }: JsonPiece): TextEvent => {
  try {
    return { type, value: JSON.parse(bytes.toString('utf8')), line, ...(list === undefined ? {} : { list }) };
  } catch (error) {
    return { type: 'issue', message: `invalid JSON: ${messageOf(error).slice(0, 300)}`, line };
  }
};

/** YAML: documents separated by `---`, lists taken apart item by item. */
export const readYaml = async function* (stream: ByteStream): AsyncGenerator<TextEvent> {
  const splitter = new YamlSplitter();
  const pause = createYielder();
  for await (const lines of linesOf(stream)) {
    for (const line of lines) {
      for (const piece of splitter.line(line)) {
        await pause();
        yield* eventsOf(piece.type, piece.text, piece.line);
      }
    }
  }
  for (const piece of splitter.end()) yield* eventsOf(piece.type, piece.text, piece.line);
};

/** The lines that each chunk completes. */
const linesOf = async function* (stream: ByteStream): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8');
  // A line that never ends comes in many parts: joined once.
  let parts: string[] = [];
  for await (const chunk of stream) {
    const lines = decoder.decode(chunk, { stream: true }).split('\n');
    parts.push(lines.pop() ?? '');
    if (lines.length === 0) continue;
    const rest = parts.pop() ?? '';
    lines[0] = parts.join('') + lines[0];
    parts = [rest];
    yield lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  }
  const last = parts.join('') + decoder.decode();
  if (last !== '') yield [last];
};

function* eventsOf(type: 'items' | 'document', text: string, line: number): Generator<TextEvent> {
  const parsed = parseYaml(text);
  if ('problem' in parsed)
    yield { type: 'issue', message: `invalid YAML: ${parsed.problem.slice(0, 300)}`, line: line + parsed.line - 1 };
  else if (type === 'items' && Array.isArray(parsed.value))
    for (const value of parsed.value) yield { type: 'item', value, line };
  else yield { type: 'document', value: parsed.value, line };
}

import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { LineCounter, parseDocument } from 'yaml';
import { messageOf } from '../errors.ts';

export type ParsedYaml = { value: unknown } | { problem: string; line: number };

const quickSchema = CORE_SCHEMA.withTags(mergeTag);

/**
 * One YAML document (1.2, core schema; of equal keys the last counts; `<<` merges). What kubectl prints is read by the quick parser;
 * whatever it refuses, aliases among it, by the one that bounds what aliases may grow to and says what is wrong where.
 * `line` counts from 1 within the text.
 */
export function parseYaml(text: string): ParsedYaml {
  try {
    return { value: load(text, { schema: quickSchema, json: true, maxAliases: 0 }) };
  } catch {
    // The other parser reads it, or has better words for what is wrong.
    return parseThoroughly(text);
  }
}

function parseThoroughly(text: string): ParsedYaml {
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
    if (broken) return { problem: broken.message, line: counter.linePos(broken.pos[0]).line };
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    // An alias within its own anchor: nobody who walks through it would come to an end.
    if (/\*/.test(text)) JSON.stringify(value);
    return { value };
  } catch (error) {
    // Aliases past the limit or in a circle, or nesting past the stack.
    return { problem: messageOf(error), line: 1 };
  }
}

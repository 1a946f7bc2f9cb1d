import type { KubeObject } from '../kube/object.ts';
import { asRecord, asText, getPath, type JsonRecord } from '../kube/read.ts';

const textLimit = 200_000;
const itemLimit = 1000;

export type AnnotationItem = { index: number; item: JsonRecord };

/** What an annotation holds that should be a JSON list of objects. `items` is absent where the text is no such list. */
export type AnnotationList = { text: string; items?: AnnotationItem[]; problem?: string };

/** Reads an annotation that is a JSON list of objects; undefined where the object has no such annotation. */
export function readAnnotationList(object: KubeObject, key: string): AnnotationList | undefined {
  const text = asText(getPath(object.metadata.annotations, key));
  if (text === undefined) return undefined;
  if (text.length > textLimit) return { text, problem: 'It is too long.' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { text, problem: 'It is not JSON.' };
  }
  if (!Array.isArray(value)) return { text, problem: 'It is not a JSON list.' };
  const items = value.slice(0, itemLimit).flatMap((entry, index): AnnotationItem[] => {
    const item = asRecord(entry);
    return item ? [{ index, item }] : [];
  });
  return items.length === value.length ? { text, items } : { text, items, problem: 'It lists what is no object.' };
}

export type PastedEvent = { reason?: string; message: string; offset: number };

/** A row as `kubectl describe` prints it: type, reason, age, source, message. */
const describeRow =
  /^[ \t]{0,40}\*{0,2}(?:Normal|Warning)[ \t]{1,60}([A-Z][A-Za-z]{2,60})[ \t]{1,60}[\w<>.]{1,16}(?: \(x\d{1,9} over [\w<>.]{1,16}\))?[ \t]{1,60}[\w./-]{1,120}(?:, ?[\w.-]{1,253})?[ \t]{1,60}(?=\S)/;
/** A row of `kubectl get events`: namespace with `-A`, age, type, reason, object, message. */
const getEventsRow =
  /^[ \t]{0,40}(?:[a-z0-9][a-z0-9-]{0,62}[ \t]{1,60})?[\w<>.]{1,16}[ \t]{1,60}(?:Normal|Warning)[ \t]{1,60}([A-Z][A-Za-z]{2,60})[ \t]{1,60}[a-z]{1,60}\/[\w.-]{1,253}[ \t]{1,60}(?=\S)/;

/** A row of either command of Kubernetes before 1.8 and 1.14: two ages, count, place, type, reason, source, message. */
const oldRow =
  /^[ \t]{0,40}[\dhmsd]{2,16}[ \t]{1,60}[\dhmsd]{2,16}[ \t]{1,60}\d{1,9}[ \t]{1,60}[^\n]{1,300}?[ \t](?:Normal|Warning)[ \t]{1,60}([A-Z][A-Za-z]{2,60})[ \t]{1,60}(?:[a-z][\w-]{1,60}(?:, ?[\w.-]{1,253})?[ \t]{2,60})?(?=\S)/;

/** What client-go logs of an event that it sends: `Event occurred` with fields, before 1.20 `Event(v1.ObjectReference{...})`. */
const loggedEvent =
  /^.{0,300}?(?:"Event occurred".{1,900}? reason="([A-Z][A-Za-z]{2,60})"(?: action="\w{0,60}")? (?:message|note)="|Event\(v1\.ObjectReference\{[^}]{1,900}\}\): type: '(?:Normal|Warning)' reason: '([A-Z][A-Za-z]{2,60})' )(?=\S)/;

/** Reason and message of one row; null when the text does not begin like one. Offsets count in `text`. */
export function readEventRow(text: string): PastedEvent | null {
  const row = describeRow.exec(text) ?? getEventsRow.exec(text) ?? oldRow.exec(text) ?? loggedEvent.exec(text);
  const reason = row?.[1] ?? row?.[2];
  if (row === null || reason === undefined) return null;
  return { reason, message: text.slice(row[0].length), offset: row[0].length };
}

const maxPaste = 262_144;
const maxEvents = 200;

/**
 * Events out of a paste of `kubectl describe pod` or `kubectl get events`, in their order, repeated rows once. Lines
 * between two rows continue the first of them; without any row the whole text is one message.
 */
export function splitPaste(paste: string): PastedEvent[] {
  const text = paste.slice(0, maxPaste);
  const events: PastedEvent[] = [];
  let offset = 0;
  for (const line of text.split('\n')) {
    const row = readEventRow(line);
    const last = events.at(-1);
    if (row !== null) events.push({ ...row, offset: offset + row.offset });
    else if (last !== undefined && line.trim() !== '') last.message += `\n${line}`;
    offset += line.length + 1;
  }
  if (events.length === 0) return text.trim() === '' ? [] : [{ message: text, offset: 0 }];
  const seen = new Set<string>();
  const fresh = events.filter(({ reason, message }) => {
    const key = `${reason} ${message.trimEnd()}`;
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
  return fresh.slice(0, maxEvents);
}

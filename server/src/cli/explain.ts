import { createInterface } from 'node:readline';
import { buildRuleDocs, type Explanation, explainMessage } from '@busbar/shared/inspect/rule-doc';
import { rules } from '@busbar/shared/rules/registry';
import { type Command, type Io, UsageError } from './command.ts';
import { nearest } from './nearest.ts';
import { harmless, oneLine, paintWith, wrap } from './text.ts';

const MAX_LINE = 1 << 20;

export const explain: Command = {
  name: 'explain',
  summary: 'Explain a finding code, or the message of an event',
  usage: ['explain CODE [-o text|json]', 'explain MESSAGE [-o text|json]', 'explain - [-o text|json]'],
  details: [
    '  CODE      such as MN101: what is looked for, why, and what mends it',
    '  MESSAGE   the text of a FailedCreatePodSandBox event, or a line of a log',
    '  -         one message a line from stdin, plain or as JSON {"reason", "message"};',
    '            with -o json one {"code", "slug", "confidence", "captures"} a line, in order',
  ].join('\n'),
  options: [
    {
      name: 'output',
      short: 'o',
      type: 'string',
      choices: ['text', 'json'],
      fallback: 'text',
      summary: 'Form of the answer',
    },
    { name: 'reason', type: 'string', value: 'REASON', summary: 'The reason of the event, where it is known' },
  ],
  positionals: Number.POSITIVE_INFINITY,
  run: async (input, io) => {
    const json = input.text('output') === 'json';
    const what = input.positionals.join(' ').trim();
    if (what === '')
      throw new UsageError('explain what?', 'give a code, a message in quotes, or - to read messages from stdin');
    if (what === '-') return explainLines(io, json);
    if (/^[a-z]{2}\d{1,4}$/i.test(what)) return explainCode(what.toUpperCase(), io, json);
    const explanation = explainMessage({ reason: input.text('reason') ?? '', message: what }, rules);
    await io.out(json ? `${JSON.stringify(explanation.doc, null, 2)}\n` : messageText(explanation, io));
    return 0;
  },
};

async function explainCode(code: string, io: Io, json: boolean): Promise<number> {
  const docs = buildRuleDocs(rules);
  const doc = docs.find((each) => each.code === code);
  if (!doc) {
    const codes = docs.map((each) => each.code);
    const close = nearest(code, codes);
    throw new UsageError(
      `there is no rule ${code}`,
      close ? `did you mean ${close}?` : `there are ${codes.join(', ')}`,
    );
  }
  const paint = paintWith(io.colour);
  const text = [
    `${paint.bold(`${doc.code} ${doc.title}`)}`,
    paint.dim(`${doc.family}, ${doc.severity}`),
    '',
    wrap(doc.why, Math.min(io.width, 100)),
    '',
    `${paint.bold('Fix')}`,
    wrap(doc.fix, Math.min(io.width, 100)),
    ...(doc.example ? ['', paint.bold('What you may see'), wrap(doc.example, Math.min(io.width, 100), '  ')] : []),
    ...(doc.slugs.length > 0 ? ['', paint.dim(`Causes: ${doc.slugs.join(', ')}`)] : []),
    '',
  ].join('\n');
  await io.out(json ? `${JSON.stringify(doc, null, 2)}\n` : text);
  return 0;
}

function messageText({ doc, verdict }: Explanation, io: Io): string {
  const paint = paintWith(io.colour);
  const width = Math.min(io.width, 100);
  const captures = Object.entries(doc.captures).map(([name, value]) => `  ${name}: ${oneLine(value)}`);
  return [
    `${paint.bold([doc.code, harmless(doc.title)].filter(Boolean).join(' '))} ${paint.dim(`(${doc.slug}, ${doc.confidence})`)}`,
    '',
    wrap(doc.cause, width),
    '',
    paint.bold('Fix'),
    wrap(doc.fix, width),
    ...(captures.length > 0 ? ['', paint.bold('In this message'), ...captures] : []),
    ...(verdict.peeled ? ['', paint.bold('What the plugin said'), wrap(verdict.peeled, width, '  ')] : []),
    ...(doc.next.length > 0 ? ['', paint.bold('Next'), ...doc.next.map((step) => `  $ ${oneLine(step)}`)] : []),
    '',
  ].join('\n');
}

/** One answer for every line that is not blank, in order: the count of answers is the count of messages. */
async function explainLines(io: Io, json: boolean): Promise<number> {
  for await (const line of createInterface({ input: io.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const explanation = explainMessage(toMessage(line.slice(0, MAX_LINE)), rules);
    const { code, slug, confidence, captures, title } = explanation.doc;
    const plain = [code ?? '-', slug, `(${confidence})`, title].join(' ');
    await io.out(`${json ? JSON.stringify({ code, slug, confidence, captures }) : oneLine(plain)}\n`);
  }
  return 0;
}

function toMessage(line: string): { reason: string; message: string } {
  const plain = { reason: '', message: line };
  if (!line.trimStart().startsWith('{')) return plain;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('message' in value) || typeof value.message !== 'string')
      return plain;
    const reason = 'reason' in value && typeof value.reason === 'string' ? value.reason : '';
    return { reason, message: value.message };
  } catch {
    return plain;
  }
}

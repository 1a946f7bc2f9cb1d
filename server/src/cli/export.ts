import { writeFile } from 'node:fs/promises';
import type { ExportInput } from '@busbar/shared/exports/exporter';
import { exporters } from '@busbar/shared/exports/registry';
import { isPicture } from '@busbar/shared/graph/graph-doc';
import { createProjector } from '@busbar/shared/graph/lenses';
import { pictureView, viewFromQuery } from '@busbar/shared/view/url';
import { logOption } from '../config.ts';
import { snapshotOf } from '../http/api.ts';
import { createLog, type LogLevel } from '../log.ts';
import { type Command, UsageError } from './command.ts';
import { openSource, readOnce, sourceOptions } from './source.ts';

const formats = exporters.map(({ id }) => id);

export const exportCommand: Command = {
  name: 'export',
  summary: 'Write the topology to a file or stdout',
  usage: [`export [SOURCE] --format ${formats.join('|')} [--view URLQUERY] [-O FILE]`],
  details: [
    ...exporters.map(({ id, title }) => `  ${id.padEnd(10)}${title}`),
    '',
    '  --view takes what follows the ? in the page’s address.',
  ].join('\n'),
  options: [
    ...sourceOptions,
    { name: 'format', type: 'string', choices: formats, fallback: 'json', summary: 'Form of the file' },
    { name: 'view', type: 'string', value: 'URLQUERY', fallback: '', summary: 'What is shown, for pictures' },
    { name: 'theme', type: 'string', choices: ['light', 'dark'], fallback: 'light', summary: 'For pictures' },
    { name: 'output-file', short: 'O', type: 'string', value: 'FILE', summary: 'Where to write; else stdout' },
    { ...logOption, fallback: 'warn' },
  ],
  positionals: 1,
  run: async (input, io) => {
    const exporter = exporters.find(({ id }) => id === input.text('format'));
    if (!exporter) throw new UsageError(`--format is one of ${formats.join(', ')}`);
    const log = createLog((input.text('log-level') ?? 'warn') as LogLevel);
    const runtime = await readOnce(await openSource(input, io), io, log);
    const view = viewFromQuery((input.text('view') ?? '').replace(/^\?/, ''));
    const graph = createProjector(runtime.engine, pictureView(view)).doc();
    if (!isPicture(graph)) throw new TypeError(`a picture was drawn as ${graph.lens}`);
    const what: ExportInput = {
      topology: snapshotOf(runtime),
      graph,
      theme: input.text('theme') === 'dark' ? 'dark' : 'light',
    };
    const parts = exporter.parts?.(what) ?? [exporter.write(what)];
    const path = input.text('output-file');
    if (path === undefined || path === '-') for (const part of parts) await io.out(part);
    else await write(path, parts);
    return 0;
  },
};

async function write(path: string, parts: Iterable<string>): Promise<void> {
  try {
    await writeFile(path, parts);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

import { buildCheckReport, type CheckReport } from '@busbar/shared/inspect/check-report';
import { rules } from '@busbar/shared/rules/registry';
import { countCodes } from '@busbar/shared/rules/rule';
import { logOption } from '../config.ts';
import { createLog, type LogLevel } from '../log.ts';
import type { Command } from './command.ts';
import { reportFormats } from './reports/registry.ts';
import { openSource, readOnce, sourceOptions } from './source.ts';

const formats = reportFormats.map(({ id }) => id);
const failLevels = ['error', 'warning', 'never'] as const;

export const check: Command = {
  name: 'check',
  summary: 'Diagnose a cluster or a recording, print what is wrong, exit 1 when something is',
  usage: [`check [SOURCE] [--namespace NS] [--fail-on error|warning|never] [-o ${formats.join('|')}]`],
  details: [
    '  SOURCE is a file, a folder, a must-gather, an earlier snapshot, or - for stdin;',
    '  without one it is the cluster of the kubeconfig.',
    '',
    '  kubectl get pods,events,nodes,net-attach-def -A -o json | busbar check -',
    '',
    ...reportFormats.map(({ id, title }) => `  ${id.padEnd(10)}${title}`),
    '',
    '  Exit codes: 0 clean, 1 findings at or above the level, 2 could not read.',
  ].join('\n'),
  options: [
    ...sourceOptions,
    {
      name: 'fail-on',
      type: 'string',
      choices: failLevels,
      fallback: 'error',
      summary: 'The severity from which on the exit code is 1',
    },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      choices: formats,
      fallback: 'text',
      summary: 'Form of the report',
    },
    { ...logOption, fallback: 'warn' },
  ],
  positionals: 1,
  run: async (input, io) => {
    const log = createLog((input.text('log-level') ?? 'warn') as LogLevel);
    const runtime = await readOnce(await openSource(input, io), io, log);
    const format = reportFormats.find(({ id }) => id === input.text('output'));
    const report = buildCheckReport(runtime.engine, {
      source: runtime.describe().name,
      takenAt: new Date(runtime.now() || Date.now()).toISOString(),
      rules: countCodes(rules),
      namespaces: input.texts('namespace'),
      attachments: format?.attachments ?? 'found',
    });
    const written = format?.write(report, io) ?? '';
    for (const part of typeof written === 'string' ? [written] : written) await io.out(part);
    return exitCode(report, input.text('fail-on') ?? 'error');
  },
};

function exitCode({ summary }: CheckReport, level: string): number {
  if (level === 'never') return 0;
  const count = summary.errors + (level === 'warning' ? summary.warnings : 0);
  return count > 0 ? 1 : 0;
}

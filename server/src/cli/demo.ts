import { readServerConfig, serverOptions } from '../config.ts';
import { SCENARIOS } from '../demo/world/cluster.ts';
import { type Command, UsageError } from './command.ts';
import { runServer } from './run-server.ts';
import { openSource } from './source.ts';
import { startDemo } from './start-demo.ts';
import { wrap } from './text.ts';

const MAX_PODS = 200_000;

export const demo: Command = {
  name: 'demo',
  summary: 'Serve the demo cluster: a living multi-network cluster inside this process',
  usage: ['demo [--scenario NAME] [--pods N]'],
  details: [
    '  Its API answers kubectl too; the address is printed at the start. Scenarios:',
    '',
    ...Object.entries(SCENARIOS).map(([name, { summary }]) => wrap(`${name}: ${summary}`, 100, '  ')),
  ].join('\n'),
  options: [
    {
      name: 'scenario',
      type: 'string',
      choices: Object.keys(SCENARIOS),
      fallback: 'default',
      env: 'BUSBAR_DEMO_SCENARIO',
      summary: 'Which world to start with',
    },
    { name: 'pods', type: 'string', value: 'N', env: 'BUSBAR_DEMO_PODS', summary: 'About how many pods it has' },
    ...serverOptions,
  ],
  positionals: 0,
  run: async (input, io) => {
    const config = readServerConfig(input, io.env);
    const scenario = input.text('scenario');
    const pods = input.text('pods');
    const options = {
      ...(scenario === undefined ? {} : { scenario }),
      ...(pods === undefined ? {} : { pods: readCount(pods) }),
    };
    const opened = await openSource(input, io, { demo: true, startDemo: () => startDemo(options) });
    return runServer(opened, config, io);
  },
};

function readCount(text: string): number {
  const count = Number(text);
  if (!/^\d{1,6}$/.test(text) || count > MAX_PODS)
    throw new UsageError(`--pods is a number up to ${MAX_PODS}, not '${text}'`);
  return count;
}

import { readServerConfig, serverOptions } from '../config.ts';
import type { Command } from './command.ts';
import { runServer } from './run-server.ts';
import { openSource, sourceOptions } from './source.ts';
import { startDemo } from './start-demo.ts';

export const serveCommand: Command = {
  name: 'serve',
  summary: 'Serve the topology to a browser (this is what busbar does without a command)',
  usage: ['[serve] [--from FILE|DIR|- | --kubeconfig FILE --context NAME] [--namespace NS,...]'],
  details: [
    '  What is shown: --from, else --kubeconfig, KUBECONFIG or ~/.kube/config, else the cluster around this pod,',
    '  else the demo cluster.',
  ].join('\n'),
  options: [...sourceOptions, ...serverOptions],
  positionals: 0,
  run: async (input, io) => {
    const config = readServerConfig(input, io.env);
    const opened = await openSource(input, io, { startDemo: () => startDemo({}) });
    return runServer(opened, config, io);
  },
};

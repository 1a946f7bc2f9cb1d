/** `npm start [-- ARGS]`: installs, builds, serves. */
import { cli, ensureBuilt, ensureInstalled, node24 } from './bootstrap.mjs';
import { main } from './main.mjs';
import { run } from './run.mjs';

await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const cwd = process.env.INIT_CWD ?? process.cwd();
  return run([node24, '--max-semi-space-size=16', cli, 'serve', ...process.argv.slice(2)], { cwd, stdio: 'inherit' });
});

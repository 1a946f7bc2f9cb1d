/** `npm run -s busbar -- ARGS`: the command line of this checkout. stdout belongs to the command alone. */
import { cli, ensureBuilt, ensureInstalled, node24 } from './bootstrap.mjs';
import { main } from './main.mjs';
import { run } from './run.mjs';

await main(async () => {
  await ensureInstalled({ log: 2 });
  await ensureBuilt({ log: 2 });
  // npm runs scripts in the package root; relative paths are meant from where the user stands.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  return run([node24, cli, ...process.argv.slice(2)], { cwd, stdio: 'inherit' });
});

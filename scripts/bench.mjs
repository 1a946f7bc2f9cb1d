/** `npm run bench -- ARGS`: the budget table, measured on the built program. */
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, node24, root } from './bootstrap.mjs';
import { main } from './main.mjs';
import { run } from './run.mjs';

await main(async () => {
  await ensureInstalled({ log: 2 });
  await ensureBuilt({ log: 2 });
  return run([node24, join(root, 'e2e/bench/main.ts'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
});

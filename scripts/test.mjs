/** `npm test [-- LANE...]`: installs, then runs the lanes on Node 24. */
import { ensureInstalled, node24, root, workspaceEnv } from './bootstrap.mjs';
import { main } from './main.mjs';
import { run } from './run.mjs';

await main(async () => {
  await ensureInstalled();
  const lanes = `${root}/scripts/test/main.ts`;
  return run([node24, lanes, ...process.argv.slice(2)], { cwd: root, env: workspaceEnv(), stdio: 'inherit' });
});

/** `npm run setup`: installs and builds, no more. */
import { ensureBuilt, ensureInstalled, missingBundles } from './bootstrap.mjs';
import { main } from './main.mjs';

await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
  for (const name of missingBundles()) console.log(`${name}: nothing to build`);
  console.log('busbar is set up: npm start serves it, npm run -s busbar -- --help lists its commands');
  return 0;
});

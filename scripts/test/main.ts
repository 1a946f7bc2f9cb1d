/** Runs the lanes named as arguments, or all; ends in `N passed, N failed, N skipped` and a matching exit code. */
import { failed, type Lane, type Result, skipped, sum } from './lane.ts';
import { lanes } from './lanes.ts';

type Outcome = { name: string; result: Result; seconds: number };

async function runAll(chosen: Lane[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let built = true;
  for (const lane of chosen) {
    console.log(`\n== ${lane.name}`);
    const started = performance.now();
    const result: Result = lane.needsBuild && !built ? skipped(`${lane.name}: the build failed`) : await attempt(lane);
    if (lane.name === 'build') built = result.failed === 0;
    outcomes.push({ name: lane.name, result, seconds: (performance.now() - started) / 1000 });
  }
  return outcomes;
}

async function attempt(lane: Lane): Promise<Result> {
  try {
    return await lane.run();
  } catch (error) {
    return failed(`${lane.name}: ${error instanceof Error ? error.stack : error}`);
  }
}

function report(outcomes: Outcome[]): Result {
  console.log('\n== summary');
  for (const { name, result, seconds } of outcomes) {
    const counts = `${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`;
    console.log(`${result.failed > 0 ? 'FAIL' : 'ok  '} ${name.padEnd(10)} ${counts} (${seconds.toFixed(1)} s)`);
    for (const note of result.notes) console.log(`       ${note}`);
  }
  const total = sum(outcomes.map(({ result }) => result));
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !lanes.some((lane) => lane.name === name));
if (unknown.length > 0) {
  console.error(`no such lane: ${unknown.join(', ')} (there are: ${lanes.map(({ name }) => name).join(', ')})`);
  process.exitCode = 2;
} else {
  const chosen = wanted.length === 0 ? lanes : lanes.filter(({ name }) => wanted.includes(name));
  process.exitCode = report(await runAll(chosen)).failed > 0 ? 1 : 0;
}

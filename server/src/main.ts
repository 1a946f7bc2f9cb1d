#!/usr/bin/env node
import { processIo } from './cli/io.ts';
import { EXIT_TROUBLE, runCli } from './cli/main.ts';

try {
  process.exitCode = await runCli(process.argv.slice(2), processIo());
} catch (error) {
  process.stderr.write(
    `busbar: this should not have happened: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = EXIT_TROUBLE;
}

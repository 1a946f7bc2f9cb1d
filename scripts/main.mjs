/** Ends the process with the code `work` returns; an expected failure is one line on stderr and code 2. */
export async function main(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    console.error(`busbar: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 2;
  }
}

import { spawnSync } from 'node:child_process';

const LIMIT_MS = 60_000;

/** Why kubectl cannot be used, in words for the test report; undefined when it can. */
export const kubectlMissing = (): string | undefined =>
  spawnSync('kubectl', ['version', '--client']).status === 0 ? undefined : 'kubectl is not on the PATH';

/** Runs kubectl as a person would, `access` being `--kubeconfig=...` or `--server=...`; anything but exit 0 is an error. */
export function kubectl(access: string, args: string[], input?: object): string {
  const options = {
    encoding: 'utf8',
    timeout: LIMIT_MS,
    maxBuffer: 64 * 1024 * 1024,
    ...(input && { input: JSON.stringify(input) }),
  } as const;
  const { status, stdout, stderr } = spawnSync('kubectl', [access, ...args], options);
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: exit ${status}: ${stderr}`);
  return stdout;
}

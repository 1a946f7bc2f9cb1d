import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A kubeconfig as a file (JSON is YAML) in a folder of its own, until `remove`. */
export function saveKubeconfig(kubeconfig: object): { path: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'busbar-kubeconfig-'));
  const path = join(folder, 'config');
  writeFileSync(path, JSON.stringify(kubeconfig), { mode: 0o600 });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

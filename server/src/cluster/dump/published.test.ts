import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createEngine } from '@busbar/shared/engine/engine';
import type { Change, KubeObject } from '@busbar/shared/kube/object';
import { providers, watchedKinds } from '@busbar/shared/providers/registry';
import { rules } from '@busbar/shared/rules/registry';
import { expect, test } from 'vitest';
import { SourceError } from '../errors.ts';
import { openDump } from './dump.ts';

/** Manifests and answers that the projects of the field publish, one folder a family. They are only read, never copied. */
const folder = fileURLToPath(new URL('../../../../../shared/fixtures/apis/', import.meta.url));
const families = existsSync(folder)
  ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []))
  : [];

const claimsSomething = (object: KubeObject): boolean =>
  providers.some((provider) => Object.keys(provider.claims(object)).length > 0);

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.name}`;

async function read(family: string) {
  const engine = createEngine({ providers, rules });
  const objects: KubeObject[] = [];
  const opened = await openDump(`${folder}${family}`, { kinds: watchedKinds });
  if (!('source' in opened)) throw new Error('a snapshot');
  const changes = (batch: Change[]) => {
    for (const change of batch) if (change.type === 'put') objects.push(structuredClone(change.object));
    engine.apply(batch, Date.parse('2026-11-24T12:00:00Z'));
  };
  const refusal = await opened.source.start({ changes, health: () => {} }).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof SourceError) return error;
      throw error;
    },
  );
  return { engine, objects, refusal, source: opened.source };
}

if (families.length === 0) console.warn(`SKIPPED: no published manifests at ${folder}`);
test.skipIf(families.length === 0).each(families)('%s', async (family) => {
  const { engine, objects, refusal, source } = await read(family);
  const silent = objects.filter((object) => !claimsSomething(object)).map(nameOf);
  console.log(
    family,
    JSON.stringify(
      {
        refusal: refusal?.message,
        objects: objects.map(nameOf),
        silent,
        skipped: source.skipped(),
        issues: source.issues(),
        counts: engine.counts(),
        errors: engine.findings().map((f) => f.severity + ' ' + f.code + ' ' + f.title + ': ' + f.message),
      },
      null,
      1,
    ),
  );
  expect(true).toBe(true);
});

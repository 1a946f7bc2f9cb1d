import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createEngine } from '../engine/engine.ts';
import type { Change, KubeObject } from '../kube/object.ts';
import { providers } from '../providers/registry.ts';
import { readRuleFixture } from './fixture.ts';
import { rules } from './registry.ts';

const folder = new URL('../../fixtures/rules/', import.meta.url);

/** Names as the API server would never take them, but a dump or an annotation may hold them. */
const poison = (object: KubeObject): KubeObject =>
  JSON.parse(JSON.stringify(object).replaceAll(/\b(lab|app|net|lan|worker-1|vendor)\b/g, '$1$$(id)'));

/** What a shell would expand: everything outside of single quotes. */
const bare = (command: string): string => command.replaceAll(/'[^']*'/g, '');

test.each(readdirSync(folder).filter((name) => name.endsWith('.yaml')))(
  '%s: no name reaches a shell unquoted',
  (name) => {
    for (const item of readRuleFixture(readFileSync(new URL(name, folder), 'utf8')).fires) {
      const engine = createEngine({ providers, rules });
      const changes: Change[] = [
        ...item.sources.map((source): Change => ({ type: 'source', source })),
        ...item.objects.map((object): Change => ({ type: 'put', object: poison(object) })),
      ];
      engine.apply(changes, item.now);
      for (const finding of engine.findings())
        for (const command of finding.fix.commands ?? []) expect(bare(command), finding.id).not.toContain('$(');
    }
  },
);

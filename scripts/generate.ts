/**
 * `npm run generate`: writes what follows from the registries of providers, rules and routes. `--check` writes nothing and fails
 * where the tree differs.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openApi } from '../server/src/http/openapi.ts';
import { routes } from '../server/src/http/routes.ts';
import { buildRuleDocs } from '../shared/src/inspect/rule-doc.ts';
import { buildRuleExample } from '../shared/src/inspect/rule-example.ts';
import { schemaDocument } from '../shared/src/inspect/schema.ts';
import { causes } from '../shared/src/messages/catalogue.ts';
import { providers, watchedKinds } from '../shared/src/providers/registry.ts';
import { rules } from '../shared/src/rules/registry.ts';
import { clusterRole } from './generate/cluster-role.ts';
import { providersPage } from './generate/providers-page.ts';
import { ruleIndex, rulePage } from './generate/rule-pages.ts';

const root = dirname(import.meta.dirname);
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Folders that hold nothing but generated files: what is in them and not made here is stale. */
const OWNED = ['docs/rules', 'docs/schema'];
const PUBLISHED = ['Topology', 'CheckReport'];

function read(file: string): string | undefined {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function exampleOf(code: string) {
  const fixture = read(`shared/fixtures/rules/${code}.yaml`);
  return fixture === undefined ? undefined : buildRuleExample(code, fixture);
}

function generated(): Map<string, string> {
  const docs = buildRuleDocs(rules);
  const files = new Map<string, string>();
  for (const doc of docs) files.set(`docs/rules/${doc.code}.md`, rulePage(doc, causes, exampleOf(doc.code)));
  files.set('docs/rules/README.md', ruleIndex(docs, causes));
  files.set('docs/providers.md', providersPage(providers));
  files.set('docs/openapi.json', json(openApi(routes)));
  for (const name of PUBLISHED) files.set(`docs/schema/${name}.json`, json(schemaDocument(name)));
  files.set('deploy/base/clusterrole.yaml', clusterRole(watchedKinds));
  return files;
}

function staleFiles(files: ReadonlyMap<string, string>): string[] {
  return OWNED.flatMap((folder) => {
    const path = join(root, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .map((name) => `${folder}/${name}`)
      .filter((file) => !files.has(file));
  });
}

const files = generated();
const changed = [...files].filter(([file, text]) => read(file) !== text);
const stale = staleFiles(files);

if (process.argv.includes('--check')) {
  for (const [file] of changed) console.error(`${file} does not follow from the registries any more`);
  for (const file of stale) console.error(`${file} is made by nothing any more`);
  if (changed.length + stale.length > 0) {
    console.error('run: npm run generate');
    process.exitCode = 1;
  } else console.log(`${files.size} generated files are as the registries have them`);
} else {
  for (const [file, text] of changed) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  for (const file of stale) rmSync(join(root, file));
  console.log(`${files.size} files: ${changed.length} written, ${stale.length} removed`);
}

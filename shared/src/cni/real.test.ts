import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { asArray, asRecords, getPath, getText, type JsonRecord } from '../kube/read.ts';
import { annotationKeyTypos } from './annotation-keys.ts';
import { effectiveInterfaces, interfaceCollisions } from './interface-names.ts';
import { parseNetworkConfig } from './network-config.ts';
import { readNetworkStatus } from './network-status.ts';
import { checkNetworkConfig, describeNetwork } from './plugins/registry.ts';
import { parseSelection } from './selection.ts';

const here = new URL('../../fixtures/real/', import.meta.url);
const lent = new URL('../../../../shared/fixtures/', import.meta.url);
const REAL = existsSync(here) ? here : new URL('real/', lent);
const NETWORKS = 'k8s.v1.cni.cncf.io/networks';

const readJson = (name: string): unknown => JSON.parse(readFileSync(new URL(name, REAL), 'utf8'));
const scenarios = existsSync(REAL)
  ? readdirSync(REAL, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  : [];
if (scenarios.length === 0) console.warn('SKIPPED: no captured scenarios at shared/fixtures/real');

const objectsOf = (scenario: string, kind: string): JsonRecord[] =>
  asRecords(getPath(readJson(`${scenario}/cluster.json`), 'items')).filter((item) => item.kind === kind);
const keyOf = (object: JsonRecord): string =>
  `${getText(object, 'metadata', 'namespace')}/${getText(object, 'metadata', 'name')}`;

/** Causes that can be told from the annotation alone. */
const READABLE = /^(?:annotation-(?!on-workload)|mac-|ip-invalid|interface-name-duplicate)/;

test.skipIf(scenarios.length === 0).each(scenarios)(
  '%s: annotations and configs say what really went wrong',
  (scenario) => {
    const verdicts = readJson('verdicts.json');
    const pods = new Map(objectsOf(scenario, 'Pod').map((pod) => [keyOf(pod), pod]));
    for (const truth of asRecords(getPath(readJson(`${scenario}/truth.json`), 'pods'))) {
      const pod = pods.get(`${truth.namespace}/${truth.pod}`);
      const attachments = asRecords(truth.attachments);
      if (!pod) continue;
      const annotations = getPath(pod, 'metadata', 'annotations');
      const { elements, issues } = parseSelection(getText(annotations, NETWORKS), String(truth.namespace));
      const slugs = [
        ...issues.map((issue) => issue.slug),
        ...annotationKeyTypos(annotations as JsonRecord | undefined).map(() => 'sel-wrong-key'),
        ...interfaceCollisions(effectiveInterfaces(elements)).map(() => 'ifname-exists'),
      ];
      for (const attachment of attachments) {
        const cause = String(attachment.cause ?? '');
        if (!READABLE.test(cause)) continue;
        const right = asArray(getPath(verdicts, 'slugs', cause)) ?? [];
        expect(
          right.some((slug) => slugs.includes(String(slug))),
          `${truth.pod}: ${cause} in ${slugs.join()}`,
        ).toBe(true);
      }
      if (attachments.every((attachment) => attachment.state === 'attached')) {
        expect(
          issues.filter((issue) => issue.severity === 'error'),
          String(truth.pod),
        ).toEqual([]);
        expect(elements.map((e) => `${e.namespace}/${e.name}`)).toEqual(
          attachments.map((attachment) => attachment.network),
        );
      }
      expect(readNetworkStatus(annotations).issues.filter((issue) => issue.severity !== 'info')).toEqual([]);
    }
  },
);

test.skipIf(scenarios.length === 0).each(scenarios)('%s: only broken definitions have errors', (scenario) => {
  for (const nad of objectsOf(scenario, 'NetworkAttachmentDefinition')) {
    const name = getText(nad, 'metadata', 'name') ?? '';
    const config = parseNetworkConfig(getText(nad, 'spec', 'config'), name);
    const errors = [
      ...config.issues,
      ...checkNetworkConfig(config, { nad: { namespace: getText(nad, 'metadata', 'namespace') ?? '', name } }),
    ]
      .filter((issue) => issue.severity === 'error')
      .map((issue) => issue.slug);
    expect(errors, name).toEqual(
      scenario === 'nad-config-invalid-json' && config.kind === 'invalid' ? ['nad-config-not-json'] : [],
    );
    if (config.kind !== 'invalid') expect(describeNetwork(config).ipam, name).toBeDefined();
  }
});

const APIS = new URL('apis/', lent);
const published = existsSync(APIS)
  ? readdirSync(APIS, { recursive: true })
      .map(String)
      .filter((name) => /\.ya?ml$/.test(name))
  : [];
if (published.length === 0) console.warn('SKIPPED: no published manifests at ../shared/fixtures/apis');

test.skipIf(published.length === 0)('manifests published by the projects themselves have no errors', () => {
  let seen = 0;
  for (const file of published) {
    for (const document of parseAllDocuments(readFileSync(new URL(file, APIS), 'utf8'))) {
      const object: unknown = document.toJS();
      const name = getText(object, 'metadata', 'name') ?? '';
      const namespace = getText(object, 'metadata', 'namespace') ?? 'default';
      const text =
        getText(object, 'metadata', 'annotations', NETWORKS) ??
        getText(object, 'spec', 'template', 'metadata', 'annotations', NETWORKS);
      if (text) {
        seen++;
        expect(
          parseSelection(text, namespace).issues.filter((issue) => issue.severity === 'error'),
          file,
        ).toEqual([]);
      }
      if (getText(object, 'kind') !== 'NetworkAttachmentDefinition') continue;
      seen++;
      const config = parseNetworkConfig(getText(object, 'spec', 'config'), name);
      const issues = [...config.issues, ...checkNetworkConfig(config, { nad: { namespace, name } })];
      expect(
        issues.filter((issue) => issue.severity === 'error'),
        file,
      ).toEqual([]);
    }
  }
  expect(seen).toBeGreaterThan(5);
});

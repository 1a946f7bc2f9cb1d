import { cleanCaptures } from './captures.ts';
import { specs } from './catalogue.ts';
import { readEventRow } from './paste.ts';
import { compactPattern } from './pattern.ts';
import { type Peeled, peel } from './peel.ts';
import { compileSymptoms, findPhrase } from './symptom.ts';
import { type CompactText, readable, spanOf } from './text.ts';
import type { CauseSpec, Confidence, Context, Domain, Layer, Match, Verdict, When } from './types.ts';

type Spec = CauseSpec & { secondary: boolean };
type Compiled = { spec: Spec; match: Match; pattern: RegExp };

const everyMatch: readonly Compiled[] = specs.flatMap((spec) =>
  [spec.match].flat().map((entry) => {
    const match: Match = entry instanceof RegExp ? { pattern: entry } : (entry as Match);
    return { spec, match, pattern: compactPattern(match.pattern) };
  }),
);
const isLate = ({ spec, match }: Compiled) => match.late ?? spec.late ?? false;
const special = everyMatch.filter((entry) => !isLate(entry));
const general = everyMatch.filter(isLate);
const symptoms = compileSymptoms(specs);

/**
 * Why an event or log line was written. Peels the envelopes first; a cause may answer only where the structure lets it
 * speak. Never throws; `unknown` rather than a guess.
 */
export function classifyMessage(input: { reason?: string; message: string }): Verdict {
  // A row as kubectl prints it brings its own reason.
  const row = readEventRow(input.message);
  if (row === null) return classify(input.reason ?? '', input.message);
  const verdict = classify(input.reason || (row.reason ?? ''), row.message);
  return verdict.span === undefined
    ? verdict
    : { ...verdict, span: { ...verdict.span, offset: verdict.span.offset + row.offset } };
}

function classify(reason: string, message: string): Verdict {
  const peeled = peel(message);
  const context = toContext(reason, peeled);
  const found =
    byPattern(special, peeled, context) ??
    bySymptom(peeled, context) ??
    byPattern(general, peeled, context) ??
    byWhole(peeled, context);
  return (
    found ?? {
      ...baseOf(peeled),
      slug: 'unknown',
      domain: unknownDomain(context),
      confidence: 'possible',
      captures: {},
    }
  );
}

function byPattern(entries: readonly Compiled[], peeled: Peeled, context: Context): Verdict | undefined {
  for (const entry of entries) {
    const { spec, match, pattern } = entry;
    if (!allowed(spec.when, context) || !allowed(match.when, context)) continue;
    const text = match.scope === 'region' ? peeled.region : peeled.core;
    const hit = pattern.exec(text.text);
    if (hit === null) continue;
    const confidence = match.confidence ?? spec.confidence ?? (isLate(entry) ? 'possible' : 'certain');
    const verdict = {
      ...verdictOf(peeled, spec, context, confidence),
      captures: cleanCaptures(text, hit),
      ...nadOf(spec.slug, hit),
    };
    return withSpan(verdict, text, hit.index, hit.index + hit[0].length);
  }
  return undefined;
}

/** Outside of sandboxes the words before a gRPC error may be the cause: `Failed to pull image "x": rpc error: ...`. */
function byWhole(peeled: Peeled, context: Context): Verdict | undefined {
  if (context.layers.length === 0 || context.layers.some(({ speaker }) => speaker !== 'kubelet')) return undefined;
  const whole = { ...peeled, core: peeled.whole, peeled: readable(peeled.whole) };
  return byPattern(special, whole, context) ?? byPattern(general, whole, context);
}

function bySymptom(peeled: Peeled, context: Context): Verdict | undefined {
  if (context.layers.length > 0) return undefined;
  const text = peeled.core.text.toLowerCase();
  for (const { spec, parts } of symptoms) {
    if (!allowed(spec.when, context)) continue;
    const place = findPhrase(text, parts);
    if (place === null) continue;
    return withSpan({ ...verdictOf(peeled, spec, context, 'likely'), captures: {} }, peeled.core, place.from, place.to);
  }
  return undefined;
}

function withSpan(verdict: Verdict, text: CompactText, from: number, to: number): Verdict {
  const span = spanOf(text, from, to);
  return span === undefined ? verdict : { ...verdict, span };
}

function toContext(reason: string, peeled: Peeled): Context {
  const { layers, multus, plugins, configName, defaultNetwork, defaultNamed, phase, truncated, core, region } = peeled;
  const context = {
    reason,
    layers,
    multus,
    plugins,
    defaultNetwork,
    defaultNamed,
    phase,
    truncated,
    core: core.text,
    region: withoutPodNames(region.text, layers),
  };
  return configName === undefined ? context : { ...context, configName };
}

/** A pod may be called like a product and says nothing by it. */
function withoutPodNames(region: string, layers: readonly Layer[]): string {
  const names = new Set(layers.flatMap(({ podName = '', podNamespace = '' }) => [podName, podNamespace]));
  let text = region
    .replaceAll(/pod\\*"[^"]{1,507}"/gi, 'pod""')
    .replaceAll(/k8s_[^_]{1,253}_[^_]{1,63}_/g, '')
    .replaceAll(/\[[a-z0-9-]{1,63}\/[a-z0-9.-]{1,253}/g, '[');
  for (const name of names) if (name.length > 3) text = text.replaceAll(name, '');
  return text;
}

function allowed(when: When | undefined, context: Context): boolean {
  if (when === undefined) return true;
  if (when.multus !== undefined && when.multus !== context.multus) return false;
  if (when.defaultNetwork !== undefined && when.defaultNetwork !== context.defaultNetwork) return false;
  if (when.phase !== undefined && when.phase !== context.phase) return false;
  if (when.reasons !== undefined && !when.reasons.includes(context.reason)) return false;
  if (!pluginsAllowed(when, context.plugins)) return false;
  return when.test === undefined || when.test(context);
}

function pluginsAllowed(when: When, plugins: readonly string[]): boolean {
  const { plugins: any, namedPlugins, notPlugins } = when;
  if (any !== undefined && plugins.length > 0 && !plugins.some((name) => any.includes(name))) return false;
  if (namedPlugins !== undefined && !plugins.some((name) => namedPlugins.includes(name))) return false;
  return notPlugins === undefined || !plugins.some((name) => notPlugins.includes(name));
}

function baseOf(peeled: Peeled) {
  const { phase, aggregated, truncated, layers, configName, sandbox } = peeled;
  return {
    phase,
    aggregated,
    truncated,
    layers,
    peeled: peeled.peeled,
    core: peeled.core.text,
    ...(configName !== undefined && { configName }),
    ...(sandbox !== undefined && { sandbox }),
  };
}

function verdictOf(peeled: Peeled, spec: Spec, context: Context, confidence: Confidence): Omit<Verdict, 'captures'> {
  return { ...baseOf(peeled), slug: spec.slug, domain: domainOf(spec, context), confidence };
}

function domainOf(spec: Spec, context: Context): Domain {
  if (typeof spec.domain === 'function') return spec.domain(context);
  if (spec.domain !== undefined) return spec.domain;
  return (spec.secondary ? context.defaultNamed : context.defaultNetwork) ? 'default' : 'secondary';
}

function unknownDomain(context: Context): Domain {
  if (context.defaultNetwork) return 'default';
  return context.multus && context.configName !== undefined ? 'secondary' : 'unknown';
}

/** Slugs whose captures `network` and `namespace` are the name and namespace of a NAD, not of a CNI config. */
const namesNad = /^(?:nad|sel|injector|hotplug|default-net)-/;

function nadOf(slug: string, hit: RegExpExecArray): Pick<Verdict, 'nad'> {
  const { nad, network, namespace, nsInName } = hit.groups ?? {};
  const written = nad ?? (namesNad.test(slug) ? network : undefined);
  if (!written) return {};
  // Multus looks a JSON name up as it stands, slash included.
  if (nsInName) return { nad: { ...(namespace && { namespace }), name: `${nsInName}/${written}` } };
  const slash = written.indexOf('/');
  if (slash > 0) return { nad: { namespace: written.slice(0, slash), name: written.slice(slash + 1) } };
  return { nad: { ...(namespace && { namespace }), name: written } };
}

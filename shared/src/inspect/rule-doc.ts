import { causes } from '../messages/catalogue.ts';
import { classifyMessage } from '../messages/classify.ts';
import type { Verdict } from '../messages/types.ts';
import type { Severity } from '../model/topology.ts';
import { familyOf } from '../rules/registry.ts';
import type { Rule } from '../rules/rule.ts';
import type { ExplainDoc, RuleDoc } from './documents.ts';

const severities: readonly Severity[] = ['error', 'warning', 'info'];

/**
 * A code's page: one code may be judged on an attachment and on its network by two rules. The example is what a person would see: the
 * words of its first cause that leaves words.
 */
function buildRuleDoc(code: string, rules: readonly Rule[]): RuleDoc {
  const [first] = rules;
  const slugs = [...new Set(rules.flatMap((rule) => rule.slugs))];
  const example = slugs.map((slug) => causes.get(slug)?.symptom).find((symptom) => symptom) ?? '';
  const severity = severities.find((one) => rules.some((rule) => rule.severity === one)) ?? 'info';
  const { title = '', why = '', fix = '' } = first ?? {};
  return { code, title, severity, family: familyOf(code), why, fix, slugs, example };
}

/** One page a code, in the order of the codes. */
export const buildRuleDocs = (rules: readonly Rule[]): RuleDoc[] =>
  [...Map.groupBy(rules, ({ code }) => code)]
    .map(([code, members]) => buildRuleDoc(code, members))
    .sort((a, b) => (a.code < b.code ? -1 : 1));

export type Explanation = { doc: ExplainDoc; verdict: Verdict };

/** What the message of an event (or a line of a log) says. Never fails: what nobody knows has the slug `unknown`. */
export function explainMessage(input: { reason?: string; message: string }, rules: readonly Rule[]): Explanation {
  const verdict = classifyMessage(input);
  const cause = causes.get(verdict.slug);
  const rule = rules.find(({ slugs }) => slugs.includes(verdict.slug));
  const doc: ExplainDoc = {
    code: rule?.code ?? null,
    slug: verdict.slug,
    confidence: verdict.confidence,
    domain: verdict.domain,
    captures: verdict.captures,
    title: cause?.title ?? rule?.title ?? 'No known cause',
    cause: cause?.cause ?? 'Busbar does not know these words.',
    fix: cause?.fix ?? 'Read the last part of the message: it is what the plugin itself said.',
    next: nextSteps(verdict, rule),
  };
  return { doc, verdict };
}

function nextSteps(verdict: Verdict, rule: Rule | undefined): string[] {
  const steps: string[] = [];
  const { nad, layers } = verdict;
  const pod = layers.find((layer) => layer.podName !== undefined);
  if (nad && isName(nad.name)) {
    const namespace = nad.namespace ?? pod?.podNamespace;
    steps.push(`kubectl get net-attach-def ${nad.name}${inNamespace(namespace)} -o yaml`);
  }
  if (pod?.podName && isName(pod.podName))
    steps.push(`kubectl describe pod ${pod.podName}${inNamespace(pod.podNamespace)}`);
  if (rule) steps.push(`busbar explain ${rule.code}`);
  return steps;
}

/** Commands are made of names alone: a message is written by strangers, and people paste what they are shown. */
const isName = (text: string): boolean => /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(text);
const inNamespace = (namespace: string | undefined): string =>
  namespace !== undefined && isName(namespace) ? ` -n ${namespace}` : '';

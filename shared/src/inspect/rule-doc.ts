import { causes } from '../messages/catalogue.ts';
import { classifyMessage } from '../messages/classify.ts';
import type { Verdict } from '../messages/types.ts';
import { familyOf } from '../rules/registry.ts';
import type { Rule } from '../rules/rule.ts';
import type { ExplainDoc, RuleDoc } from './documents.ts';

/** A rule's page. The example is what a person would see: the words of its first cause that leaves words. */
export function buildRuleDoc(rule: Rule): RuleDoc {
  const { code, title, severity, why, fix, slugs } = rule;
  const example = slugs.map((slug) => causes.get(slug)?.symptom).find((symptom) => symptom) ?? '';
  return { code, title, severity, family: familyOf(code), why, fix, slugs: [...slugs], example };
}

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

import type { Subject } from '../model/topology.ts';
import type { Draft, Rule, World } from '../rules/rule.ts';
import type { createAnswers } from './answers.ts';
import { type RuleSet, toList } from './diagnose.ts';
import type { Judged } from './findings.ts';
import type { createNetworks } from './networks.ts';
import type { createPolicies } from './policies.ts';
import type { createPools } from './pools.ts';

type Parts = {
  rules: RuleSet;
  networks: ReturnType<typeof createNetworks>;
  pools: ReturnType<typeof createPools>;
  policies: ReturnType<typeof createPolicies>;
  answers: ReturnType<typeof createAnswers>;
};

/** Runs the rules of one scope over the facts of one subject that is not a workload; null: the subject is gone. */
export function createSubjectJudge({ rules, networks, pools, policies, answers }: Parts) {
  const judged = <R extends Rule>(
    scoped: readonly R[],
    on: readonly Subject[],
    check: (rule: R) => Draft | readonly Draft[] | undefined,
  ): Judged[] =>
    scoped.flatMap((rule) =>
      toList(check(rule)).map((draft) => ({ rule, draft, on: [...on, ...(draft.subjects ?? [])] })),
    );

  const over = <R extends Rule, F>(
    scoped: readonly R[],
    facts: F | null | undefined,
    on: (facts: F) => Subject[],
    check: (rule: R, facts: F) => Draft | readonly Draft[] | undefined,
  ): Judged[] | null => (facts ? judged(scoped, on(facts), (rule) => check(rule, facts)) : null);

  /** Within `tracker.run`. */
  return (phase: string, id: string, world: World): Judged[] | null => {
    switch (phase) {
      case 'network':
        return over(
          rules.network,
          networks.byId.get(id),
          () => [{ type: 'network', id }],
          (rule, facts) => rule.check(facts, world),
        );
      case 'node':
        return over(
          rules.node,
          world.node(id),
          () => [{ type: 'node', id }],
          (rule, facts) => rule.check(facts, world),
        );
      case 'allocation':
        return over(
          rules.allocation,
          pools.allocation(id),
          ({ pool }) => [{ type: 'pool', id: pool.id }],
          (rule, facts) => rule.check(facts, world),
        );
      case 'reservation':
        return over(
          rules.reservation,
          pools.reservation(id),
          ({ reservation }) => [{ type: 'object', ref: reservation.ref }],
          (rule, facts) => rule.check(facts, world),
        );
      case 'answer': {
        const object = answers.object(id);
        if (object)
          return over(
            rules.object,
            object,
            ({ ref }) => [{ type: 'object', ref }],
            (rule, facts) => rule.check(facts, world),
          );
        return over(
          rules.answer,
          answers.facts(id, world.workload),
          ({ answer }) => [{ type: 'object', ref: answer.ref }],
          (rule, facts) => rule.check(facts, world),
        );
      }
      case 'pool-rules':
        return over(
          rules.pool,
          pools.find(id),
          () => [{ type: 'pool', id }],
          (rule, facts) => rule.check(facts, world),
        );
      case 'policy':
        return over(
          rules.policy,
          policies(id),
          () => [{ type: 'policy', id }],
          (rule, facts) => rule.check(facts, world),
        );
      default:
        return judged(rules.cluster, [], (rule) => rule.check(world));
    }
  };
}

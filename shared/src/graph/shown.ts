import type { Engine, Plug } from '../engine/engine-api.ts';
import { brokenStates, matchesQuery, parseQuery } from '../view/query.ts';
import type { View } from '../view/view.ts';

/** Whether a view shows a workload, by its id. The picture and the ledger agree because both ask here. */
export function createIsShown(engine: Engine, view: View): (id: string) => boolean {
  const hide = parseQuery(view.hide);
  const inState = (plug: Plug): boolean =>
    view.states.some((state) => state === plug.state || (state === 'broken' && brokenStates.has(plug.state)));
  return (id) => {
    const workload = engine.workload(id);
    if (!workload) return false;
    if (view.namespaces.length > 0 && !view.namespaces.includes(workload.namespace)) return false;
    if (view.states.length === 0 && view.hide === '') return true;
    const plugs = engine.plugsOf(id);
    if (view.states.length > 0 && !plugs.some(inState)) return false;
    return matchesQuery(hide, {
      workload,
      attachments: plugs,
      network: engine.network,
      codes: () => engine.findingsOf(id).map((finding) => finding.code),
    });
  };
}

/** The plugs of a workload that a view draws. */
export const shownPlugs = (plugs: readonly Plug[], view: View): readonly Plug[] =>
  view.defaultNetwork ? plugs : plugs.filter((item) => item.slot > 0);

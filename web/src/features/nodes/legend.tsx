import { linkLook } from '@busbar/shared/graph/layout/node-look';
import { linkStates, type NodesDoc } from '@busbar/shared/graph/nodes-doc';
import { attachmentStates } from '@busbar/shared/model/topology';
import { count } from '../../ui/format.ts';
import { StateMark } from '../../ui/state-mark.tsx';
import { LinkMark } from './marks.tsx';
import classes from './nodes.module.css';

/** How often each state is drawn, which is also the key to the shapes: links first, then plugs. */
export const Legend = ({ doc }: { doc: NodesDoc }) => (
  <div className={classes['legend']} data-testid="legend">
    {linkStates
      .filter((state) => doc.lanes.some((lane) => lane.state === state))
      .map((state) => {
        const look = linkLook(state);
        return (
          <span key={state} className={classes['linkState']} data-tone={look.tone}>
            <LinkMark mark={look.mark} /> link {look.word || 'up'}
          </span>
        );
      })}
    <span className={classes['divide']} />
    {attachmentStates
      .filter((state) => doc.totals.states[state])
      .map((state) => (
        <span key={state}>
          <StateMark state={state} /> {count(doc.totals.states[state] ?? 0)}
        </span>
      ))}
  </div>
);

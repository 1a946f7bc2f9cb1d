import { dropLook } from '@busbar/shared/graph/layout/look';
import type { LinkMark as Mark } from '@busbar/shared/graph/layout/node-look';
import type { NodeUse } from '@busbar/shared/graph/nodes-doc';
import { attachmentStates } from '@busbar/shared/model/topology';
import { count } from '../../ui/format.ts';
import { StateShape } from '../../ui/state-mark.tsx';
import classes from './nodes.module.css';

const shape = (mark: Mark) => {
  switch (mark) {
    case 'square':
      return <rect x="2" y="2" width="8" height="8" rx="1.5" fill="currentColor" />;
    case 'half':
      return (
        <>
          <rect x="2" y="2" width="8" height="8" rx="1.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
          <rect x="2" y="6" width="8" height="4" fill="currentColor" />
        </>
      );
    case 'hollow':
      return (
        <rect
          x="2"
          y="2"
          width="8"
          height="8"
          rx="1.5"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.6"
          strokeDasharray="2 1.5"
        />
      );
    case 'cross':
      return <path d="m2 2 8 8m0-8-8 8" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />;
    case 'question':
      return (
        <text x="6" y="10" fontSize="11" fontWeight="700" textAnchor="middle" fill="currentColor">
          ?
        </text>
      );
    default:
      return mark satisfies never;
  }
};

export const LinkMark = ({ mark }: { mark: Mark }) => (
  <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
    {shape(mark)}
  </svg>
);

/** How many plugs are in which state, worst first. */
export const Tallies = ({ states }: Pick<NodeUse, 'states'>) => (
  <>
    {attachmentStates.flatMap((state) =>
      states[state] ? (
        <span key={state} className={classes['tally']} data-tone={dropLook(state).tone} title={state}>
          <StateShape state={state} />
          {count(states[state])}
          <span className="visually-hidden"> {state}</span>
        </span>
      ) : (
        []
      ),
    )}
  </>
);

import { type DropEnd, dropLook } from '@busbar/shared/graph/layout/look';
import type { AttachmentState } from '@busbar/shared/model/topology';
import classes from './ui.module.css';

const shape = (end: DropEnd) => {
  switch (end) {
    case 'dot':
      return <circle cx="6" cy="6" r="4" fill="currentColor" />;
    case 'diamond':
      return <path d="M6 .8 11.2 6 6 11.2.8 6Z" fill="currentColor" />;
    case 'square':
      return <rect x="2" y="2" width="8" height="8" fill="currentColor" />;
    case 'ring':
      return <circle cx="6" cy="6" r="3.8" fill="none" stroke="currentColor" strokeWidth="1.6" />;
    case 'half':
      return (
        <>
          <circle cx="6" cy="6" r="3.8" fill="none" stroke="currentColor" strokeWidth="1.4" />
          <path d="M6 2.2a3.8 3.8 0 0 0 0 7.6Z" fill="currentColor" />
        </>
      );
    case 'slash':
      return (
        <>
          <circle cx="6" cy="6" r="3.8" fill="none" stroke="currentColor" strokeWidth="1.4" />
          <path d="m2.5 9.5 7-7" stroke="currentColor" strokeWidth="1.4" />
        </>
      );
    case 'question':
      return (
        <text x="6" y="10" fontSize="10.5" fontWeight="700" textAnchor="middle" fill="currentColor">
          ?
        </text>
      );
    default:
      return end satisfies never;
  }
};

/** The shape of a state alone. `ground` covers what runs behind a hollow one. */
export const StateShape = ({ state, ground }: { state: AttachmentState; ground?: string }) => {
  const look = dropLook(state);
  return (
    <svg width="11" height="11" viewBox="0 0 12 12" aria-hidden="true">
      {ground && <circle cx="6" cy="6" r="5" fill={ground} />}
      {look.broken ? (
        <path d="m2 2 8 8m0-8-8 8" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      ) : (
        shape(look.end)
      )}
    </svg>
  );
};

/** The shape of a state in the picture, beside its word. */
export const StateMark = ({ state }: { state: AttachmentState }) => (
  <span className={classes['state']} data-tone={dropLook(state).tone}>
    <StateShape state={state} />
    {state}
  </span>
);

import type { Planned } from './by-workload.ts';
import classes from './preflight.module.css';

const shape = (verdict: Planned['verdict']) => {
  switch (verdict) {
    case 'attaches':
      return <path d="m2 6.5 2.8 2.8L10 3.2" />;
    case 'fails':
      return <path d="m2.2 2.2 7.6 7.6m0-7.6-7.6 7.6" />;
    case 'unsure':
      return <path d="M6 1.2 11.2 10.6H.8ZM6 4.6v2.6m0 1.5v.1" strokeWidth="1.4" />;
    default:
      return verdict satisfies never;
  }
};

/** Shape and colour, beside the word. */
export const VerdictMark = ({ verdict }: { verdict: Planned['verdict'] }) => (
  <span className={classes['verdict']} data-verdict={verdict}>
    <svg
      width="12"
      height="12"
      viewBox="0 0 12 12"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {shape(verdict)}
    </svg>
    {verdict}
  </span>
);

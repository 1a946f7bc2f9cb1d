import type { Severity } from '@busbar/shared/model/topology';
import classes from './ui.module.css';

export const SeverityIcon = ({ severity }: { severity: Severity }) => (
  <svg
    className={classes['severity']}
    data-severity={severity}
    width="11"
    height="11"
    viewBox="0 0 12 12"
    role="img"
    aria-label={severity}
  >
    {severity === 'error' && <circle cx="6" cy="6" r="5" fill="currentColor" />}
    {severity === 'warning' && <path d="M6 .8 11.7 11H.3Z" fill="currentColor" />}
    {severity === 'info' && (
      <rect x="1.5" y="1.5" width="9" height="9" rx="2" fill="none" stroke="currentColor" strokeWidth="1.8" />
    )}
  </svg>
);

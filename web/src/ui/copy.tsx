import { CopyButton } from '@mantine/core';
import classes from './ui.module.css';

/** An address or name in a mono face; a click copies it. */
export const Copy = ({ value, label }: { value: string; label?: string }) => (
  <CopyButton value={value} timeout={1200}>
    {({ copied, copy }) => (
      <button
        type="button"
        className={`${classes['copy']} ${copied ? classes['copied'] : ''}`}
        onClick={copy}
        title={copied ? 'copied' : 'click to copy'}
        aria-label={`${label ?? value}, copy`}
      >
        {value}
        <span className="visually-hidden" aria-live="polite">
          {copied ? ' copied' : ''}
        </span>
      </button>
    )}
  </CopyButton>
);

export const CopyText = ({ value, label = 'copy' }: { value: string; label?: string }) => (
  <CopyButton value={value} timeout={1200}>
    {({ copied, copy }) => (
      <button type="button" className={classes['link']} onClick={copy}>
        {copied ? 'copied' : label}
      </button>
    )}
  </CopyButton>
);

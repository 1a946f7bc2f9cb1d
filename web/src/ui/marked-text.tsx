import { useState } from 'react';
import classes from './ui.module.css';

type Props = { text: string; mark?: { offset: number; length: number } | undefined };

/** Text of the cluster as it is, with the decisive words marked. Always text, never markup. */
export const MarkedText = ({ text, mark }: Props) => {
  const valid = mark && mark.offset >= 0 && mark.length > 0 && mark.offset < text.length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <pre className={classes['code']} tabIndex={0}>
      {valid ? (
        <>
          {text.slice(0, mark.offset)}
          <mark>{text.slice(mark.offset, mark.offset + mark.length)}</mark>
          {text.slice(mark.offset + mark.length)}
        </>
      ) : (
        text
      )}
    </pre>
  );
};

const LONG = 260;
const BEFORE = 110;
const AFTER = 90;

/** A long message around its decisive words; the whole is one click away. */
export const Excerpt = ({ text, mark }: Props) => {
  const [whole, setWhole] = useState(false);
  if (whole || !mark || text.length <= LONG) return <MarkedText text={text} mark={mark} />;
  const start = Math.max(0, Math.min(mark.offset, text.length) - BEFORE);
  const end = Math.min(text.length, mark.offset + Math.min(mark.length, LONG) + AFTER);
  const lead = start > 0 ? '… ' : '';
  const shown = `${lead}${text.slice(start, end)}${end < text.length ? ' …' : ''}`;
  return (
    <>
      <MarkedText text={shown} mark={{ offset: mark.offset - start + lead.length, length: mark.length }} />
      <button type="button" className={classes['link']} onClick={() => setWhole(true)} style={{ fontSize: 11.5 }}>
        show the whole text
      </button>
    </>
  );
};

export const prettyJson = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

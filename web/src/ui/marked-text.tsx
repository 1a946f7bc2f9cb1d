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

export const prettyJson = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

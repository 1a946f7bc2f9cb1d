import type { AnsweredAttachment, AnsweredField, AnsweredPod, AnswersDoc } from '@busbar/shared/inspect/answers';
import { FindingBlock } from '../../ui/finding-block.tsx';
import { count, plural } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import classes from './answers.module.css';
import { summaryOf } from './summary.ts';

const MOST_PODS = 60;
const MOST_LINES = 50;

const More = ({ of, shown }: { of: number; shown: number }) =>
  of > shown ? <p className={classes['note']}>and {count(of - shown)} more</p> : null;

const words: Record<AnsweredField['verdict'], string> = {
  same: 'same',
  differs: '≠ differs',
  adds: 'only the node',
};

const differs = ({ attachments }: AnsweredPod): boolean =>
  attachments.some(({ fields }) => fields.some(({ verdict }) => verdict === 'differs'));

const Plug = ({ plug }: { plug: AnsweredAttachment }) => (
  <>
    <div className={classes['plug']}>
      <b className="mono">{plug.interface ?? `slot ${plug.slot}`}</b>
      <span>{plug.network ?? 'asked for by nobody'}</span>
      <StateMark state={plug.state} />
      <span className={classes['file']}>{plug.file}</span>
    </div>
    <table className={classes['table']}>
      <thead>
        <tr>
          <th scope="col">field</th>
          <th scope="col">reported</th>
          <th scope="col">answered</th>
          <th scope="col">verdict</th>
        </tr>
      </thead>
      <tbody>
        {plug.fields.map(({ field, reported, answered, verdict }) => (
          <tr key={field}>
            <th scope="row">{field}</th>
            <td className="mono">{reported ?? '–'}</td>
            <td className="mono">{answered}</td>
            <td>
              <span className={classes['verdict']} data-verdict={verdict}>
                {words[verdict]}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </>
);

const Pod = ({ pod, onSelect }: { pod: AnsweredPod; onSelect(id: string): void }) => (
  <section className={classes['block']} data-differs={differs(pod) || undefined} data-testid="answered">
    <h3>
      <Link onClick={() => onSelect(pod.id)} title="Show it in the picture">
        {pod.namespace}/{pod.name}
      </Link>
    </h3>
    {pod.attachments.map((plug) => (
      <Plug key={`${plug.id} ${plug.file}`} plug={plug} />
    ))}
  </section>
);

const reasonOf = ({ about, reason }: AnswersDoc['strangers'][number]): string => {
  switch (reason) {
    case 'no-pod':
      return `There is no pod ${about}.`;
    case 'other-pod':
      return `${about} is another pod by now: it has another uid.`;
    case 'unnamed':
      return 'It names no pod. A file of the same sandbox that does would tell, or a name as namespace_pod.json.';
    default:
      return reason satisfies never;
  }
};

const Strangers = ({ strangers }: Pick<AnswersDoc, 'strangers'>) => (
  <section className={classes['block']} aria-label="About no pod that is here">
    <h3>About no pod that is here</h3>
    <ul className={classes['list']}>
      {strangers.slice(0, MOST_LINES).map((one) => (
        <li key={one.file}>
          <span className={classes['file']}>{one.file}</span> {reasonOf(one)}
        </li>
      ))}
    </ul>
    <More of={strangers.length} shown={MOST_LINES} />
  </section>
);

type Note = { file: string; line?: number; message: string };

const Notes = ({ notes }: { notes: readonly Note[] }) => (
  <section className={classes['block']} aria-label="What could not be read">
    <h3>Not read</h3>
    <ul className={classes['list']}>
      {notes.slice(0, MOST_LINES).map(({ file, line, message }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two notes may read the same and their order is fixed
        <li key={index}>
          <span className={classes['file']}>
            {file}
            {line !== undefined && `:${line}`}
          </span>{' '}
          {message}
        </li>
      ))}
    </ul>
    <More of={notes.length} shown={MOST_LINES} />
  </section>
);

type Props = { doc: AnswersDoc | null; onRule(code: string): void; onSelect(id: string): void };

const Body = ({ doc, onRule, onSelect }: Props & { doc: AnswersDoc }) => {
  const notes = doc.files.flatMap((file) => file.notes.map((note): Note => ({ ...note, file: file.name })));
  // What differs comes first; the order among equals stays.
  const pods = [...doc.pods].sort((a, b) => Number(differs(b)) - Number(differs(a)));
  return (
    <>
      {pods.slice(0, MOST_PODS).map((pod) => (
        <Pod key={pod.id} pod={pod} onSelect={onSelect} />
      ))}
      <More of={doc.total} shown={Math.min(MOST_PODS, doc.pods.length)} />
      {doc.findings.length > 0 && (
        <section className={classes['block']} aria-label="What they bring up">
          <h3>{plural(doc.findings.length, 'finding')} that the answers bring up</h3>
          {doc.findings.slice(0, 20).map((finding) => (
            <FindingBlock key={finding.id} finding={finding} go={{ rule: onRule }} />
          ))}
          <More of={doc.findings.length} shown={20} />
        </section>
      )}
      {doc.strangers.length > 0 && <Strangers strangers={doc.strangers} />}
      {notes.length > 0 && <Notes notes={notes} />}
    </>
  );
};

/** The region stands before its first answer, or no screen reader would announce it. */
export const Answers = ({ doc, onRule, onSelect }: Props) => (
  <div className={classes['answer']} data-testid="answers">
    <p className={classes['summary']} role="status">
      {doc && summaryOf(doc)}
    </p>
    {doc && <Body doc={doc} onRule={onRule} onSelect={onSelect} />}
  </div>
);

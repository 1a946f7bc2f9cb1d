import type { FindingsDoc } from '@busbar/shared/inspect/documents';
import { workloadOfAttachment } from '@busbar/shared/model/ids';
import { FindingBlock } from '../../ui/finding-block.tsx';
import { count } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import classes from './inspector.module.css';
import type { Go } from './inspector.tsx';

const MOST = 60;

type Subject = Exclude<FindingsDoc['findings'][number]['subjects'][number], { type: 'object' }>;

/** A pod is named once: by its interface that is meant, where the finding says which. */
const touchedBy = ({ subjects }: FindingsDoc['findings'][number]): Subject[] => {
  const named = subjects.filter((subject): subject is Subject => subject.type !== 'object');
  const pods = new Set(named.filter(({ type }) => type === 'attachment').map(({ id }) => workloadOfAttachment(id)));
  return named.filter(({ type, id }) => type !== 'workload' || !pods.has(id));
};

const nameOf = ({ type, id }: Subject): string =>
  (type === 'attachment' ? workloadOfAttachment(id) : id).replace(/^(pod|vmi|node|nad):/, '');

export const FindingView = ({ finding, go }: { finding: FindingsDoc['findings'][number]; go: Go }) => {
  const subjects = touchedBy(finding);
  return (
    <div className={classes['content']}>
      <section className={classes['block']} data-tone={finding.severity === 'info' ? 'muted' : finding.severity}>
        <FindingBlock finding={finding} go={go} heading={false} />
      </section>
      {subjects.length > 0 && <h3 className={classes['heading']}>What it touches · {count(subjects.length)}</h3>}
      <ul className={classes['list']}>
        {subjects.slice(0, MOST).map((subject) => (
          <li key={`${subject.type} ${subject.id}`}>
            <Link
              onClick={() =>
                go.select(
                  subject.type === 'node' && !subject.id.startsWith('node:') ? `node:${subject.id}` : subject.id,
                )
              }
            >
              {nameOf(subject)}
            </Link>
            <span>
              {subject.type === 'workload'
                ? 'pod'
                : subject.type === 'attachment'
                  ? `interface ${subject.id.slice(subject.id.lastIndexOf('#') + 1)}`
                  : subject.type}
            </span>
          </li>
        ))}
      </ul>
      {subjects.length > MOST && <p className={classes['none']}>and {count(subjects.length - MOST)} more</p>}
    </div>
  );
};

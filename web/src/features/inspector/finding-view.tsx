import type { FindingsDoc } from '@busbar/shared/inspect/documents';
import { FindingBlock } from '../../ui/finding-block.tsx';
import { count } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import classes from './inspector.module.css';
import type { Go } from './inspector.tsx';

const MOST = 60;

export const FindingView = ({ finding, go }: { finding: FindingsDoc['findings'][number]; go: Go }) => {
  const subjects = finding.subjects.filter((subject) => subject.type !== 'object');
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
              {subject.id.replace(/^(pod|vmi|node|nad):/, '')}
            </Link>
            <span>
              {subject.type === 'workload' ? 'pod' : subject.type === 'attachment' ? 'interface' : subject.type}
            </span>
          </li>
        ))}
      </ul>
      {subjects.length > MOST && <p className={classes['none']}>and {count(subjects.length - MOST)} more</p>}
    </div>
  );
};

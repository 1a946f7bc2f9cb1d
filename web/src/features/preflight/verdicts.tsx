import type { CheckAttachment } from '@busbar/shared/inspect/check-report';
import type { PreflightDoc } from '@busbar/shared/inspect/preflight';
import type { Finding } from '@busbar/shared/model/topology';
import { useMemo } from 'react';
import { FindingBlock } from '../../ui/finding-block.tsx';
import { count } from '../../ui/format.ts';
import { SeverityIcon } from '../../ui/severity-icon.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { byWorkload, type Judged, summaryOf } from './by-workload.ts';
import classes from './preflight.module.css';
import { VerdictMark } from './verdict-mark.tsx';

const MOST_WORKLOADS = 60;
const MOST_FINDINGS = 20;
const MOST_ISSUES = 50;

type Go = { rule(code: string): void };

const More = ({ of, shown }: { of: number; shown: number }) =>
  of > shown ? <p className={classes['note']}>and {count(of - shown)} more</p> : null;

/** A pod that was never made is pending at best. */
const reasonOf = ({ reason, state, findings }: CheckAttachment): string =>
  reason ?? (state === 'pending' && findings.length === 0 ? 'nothing speaks against it' : '');

const Attachments = ({ attachments }: { attachments: readonly CheckAttachment[] }) => (
  <table className={classes['table']}>
    <thead>
      <tr>
        <th>interface</th>
        <th>network</th>
        <th>state</th>
        <th>reason</th>
      </tr>
    </thead>
    <tbody>
      {attachments.map((attachment) => (
        <tr key={attachment.id}>
          <td className="mono">{attachment.interface ?? (attachment.slot === 0 ? 'eth0' : `net${attachment.slot}`)}</td>
          <td>{attachment.network ?? 'unreadable request'}</td>
          <td>
            <StateMark state={attachment.state} />
          </td>
          <td>{reasonOf(attachment)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Findings = ({ findings, go }: { findings: readonly Finding[]; go: Go }) => (
  <>
    {findings.slice(0, MOST_FINDINGS).map((finding) => (
      <FindingBlock key={finding.id} finding={finding} go={go} />
    ))}
    <More of={findings.length} shown={MOST_FINDINGS} />
  </>
);

const WorkloadBlock = ({ judged: { workload, findings, again }, go }: { judged: Judged; go: Go }) => (
  <section className={classes['block']} data-verdict={workload.verdict} data-testid="planned">
    <div className={classes['head']}>
      <h3>
        {workload.namespace}/{workload.name}
      </h3>
      <VerdictMark verdict={workload.verdict} />
    </div>
    {workload.attachments.length > 0 ? (
      <Attachments attachments={workload.attachments} />
    ) : (
      <p className={classes['note']}>It asks for no network.</p>
    )}
    <Findings findings={findings} go={go} />
    {again.slice(0, MOST_FINDINGS).map((finding) => (
      <p key={finding.id} className={classes['again']}>
        <SeverityIcon severity={finding.severity} /> {finding.title} <span>· {finding.code}, as above</span>
      </p>
    ))}
  </section>
);

const Issues = ({ issues }: { issues: PreflightDoc['issues'] }) => (
  <section className={classes['issues']} aria-label="What could not be read">
    <h3>Not judged</h3>
    <ul>
      {issues.slice(0, MOST_ISSUES).map((issue, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two issues may read the same and their order is fixed
        <li key={index}>
          {issue.line !== undefined && <b>Line {count(issue.line)}</b>} {issue.message}
        </li>
      ))}
    </ul>
    <More of={issues.length} shown={MOST_ISSUES} />
  </section>
);

const Answer = ({ doc, go }: { doc: PreflightDoc; go: Go }) => {
  const { judged, rest } = useMemo(() => byWorkload(doc), [doc]);
  return (
    <>
      {doc.issues.length > 0 && <Issues issues={doc.issues} />}
      {judged.slice(0, MOST_WORKLOADS).map((one) => (
        <WorkloadBlock key={one.workload.id} judged={one} go={go} />
      ))}
      <More of={judged.length} shown={MOST_WORKLOADS} />
      {rest.length > 0 && (
        <section className={classes['block']}>
          <div className={classes['head']}>
            <h3>What else they would bring</h3>
          </div>
          <Findings findings={rest} go={go} />
        </section>
      )}
    </>
  );
};

type Props = { doc: PreflightDoc | null; stale: boolean; onRule(code: string): void };

/** The region stands before its first answer, or no screen reader would announce it. */
export const Verdicts = ({ doc, stale, onRule }: Props) => (
  <div className={classes['answer']} data-testid="verdicts">
    <p className={classes['summary']} role="status">
      {doc && summaryOf(doc)}
      {doc && stale && <span> This is about the text before your last change.</span>}
    </p>
    {doc && <Answer doc={doc} go={{ rule: onRule }} />}
  </div>
);

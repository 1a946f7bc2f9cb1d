import type { ClusterDoc, FindingsDoc } from '@busbar/shared/inspect/documents';
import type { Severity } from '@busbar/shared/model/topology';
import { ScrollArea } from '@mantine/core';
import { useState } from 'react';
import { count, plural } from '../../ui/format.ts';
import { SeverityIcon } from '../../ui/severity-icon.tsx';
import { byCause, type Cause, whatWasChecked } from './by-cause.ts';
import classes from './findings.module.css';

type Props = {
  findings: FindingsDoc | null;
  cluster: ClusterDoc | null;
  selected: string | null;
  onSelect(id: string | null): void;
};

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

const severityText = (severity: Severity, n: number): string =>
  severity === 'info' ? plural(n, 'note') : plural(n, severity);

const Row = ({ cause, selected, onSelect }: { cause: Cause; selected: boolean; onSelect(id: string | null): void }) => {
  const { finding, follows } = cause;
  return (
    <li>
      <button
        type="button"
        className={classes['row']}
        data-testid="finding"
        data-severity={finding.severity}
        data-selected={selected || undefined}
        aria-pressed={selected}
        onClick={() => onSelect(selected ? null : finding.id)}
      >
        <SeverityIcon severity={finding.severity} />
        <span className={classes['body']}>
          <span className={classes['title']}>{finding.title}</span>
          <span className={classes['where']}>
            <span className={classes['text']}>{cause.where}</span>
            <span className={classes['count']}>
              {finding.workloads > 0 ? plural(finding.workloads, 'pod') : finding.code}
            </span>
          </span>
          {follows.length > 0 && (
            <span className={classes['follows']}>
              {plural(follows.length, 'more finding follows', 'more findings follow')} from this
            </span>
          )}
        </span>
      </button>
    </li>
  );
};

const Headline = ({ findings, cluster }: { findings: FindingsDoc; cluster: ClusterDoc | null }) => {
  const causes = byCause(findings.findings).filter((cause) => cause.finding.severity === 'error').length;
  const total = cluster?.counts.workloads ?? findings.checked.workloads;
  const broken = cluster?.brokenWorkloads ?? 0;
  return (
    <h2 className={classes['headline']}>
      {causes > 0 ? (
        <>
          {plural(causes, 'cause')}{' '}
          <span>
            {broken === 1 ? 'stops' : causes === 1 ? 'stops' : 'stop'} {count(broken)} of {plural(total, 'pod')}
          </span>
        </>
      ) : (
        <>
          Nothing broken <span>{plural(total, 'pod')} checked</span>
        </>
      )}
    </h2>
  );
};

/** What is wrong, by root cause and not by pod. */
export const FindingsPanel = ({ findings, cluster, selected, onSelect }: Props) => {
  const [hidden, setHidden] = useState<ReadonlySet<Severity>>(new Set());
  if (!findings) return <aside className={classes['panel']} aria-label="Findings" aria-busy="true" />;
  const causes = byCause(findings.findings);
  const shown = causes.filter((cause) => !hidden.has(cause.finding.severity));
  const toggle = (severity: Severity) => {
    const next = new Set(hidden);
    if (!next.delete(severity)) next.add(severity);
    setHidden(next);
  };
  return (
    <aside className={classes['panel']} aria-label="Findings">
      <Headline findings={findings} cluster={cluster} />
      <div className={classes['severities']}>
        {SEVERITIES.map((severity) => {
          const n = causes.filter((cause) => cause.finding.severity === severity).length;
          return n === 0 ? null : (
            <button
              key={severity}
              type="button"
              aria-label={severityText(severity, n)}
              title={`${hidden.has(severity) ? 'Show' : 'Hide'} ${severityText(severity, n)}`}
              aria-pressed={!hidden.has(severity)}
              onClick={() => toggle(severity)}
            >
              <SeverityIcon severity={severity} /> {count(n)}
            </button>
          );
        })}
      </div>
      <ScrollArea
        className={classes['scroll']}
        type="auto"
        scrollbarSize={8}
        viewportProps={{ tabIndex: 0, 'aria-label': 'Findings by cause', role: 'region' }}
      >
        <ul className={classes['list']}>
          {shown.map((cause) => (
            <Row key={cause.finding.id} cause={cause} selected={selected === cause.finding.id} onSelect={onSelect} />
          ))}
        </ul>
        <div className={classes['checked']}>
          {whatWasChecked(findings, cluster).map((line) => (
            <p key={line}>{line}</p>
          ))}
        </div>
      </ScrollArea>
    </aside>
  );
};

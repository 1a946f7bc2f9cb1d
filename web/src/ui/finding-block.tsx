import type { Evidence, Finding } from '@busbar/shared/model/topology';
import type { ReactNode } from 'react';
import { CopyText } from './copy.tsx';
import classes from './finding-block.module.css';
import { pointerLabel, refName } from './format.ts';
import { Link } from './link.tsx';
import { Excerpt, MarkedText } from './marked-text.tsx';

const MOST_EVIDENCE = 3;

type Props = { finding: Finding; go: { rule(code: string): void }; heading?: boolean };

/** The line over an excerpt: where it stands, and at its end what else there is to it. */
export const ExcerptHead = ({ children }: { children: ReactNode }) => (
  <div className={classes['evidenceHead']}>{children}</div>
);

const EvidenceBlock = ({ evidence }: { evidence: Evidence }) => (
  <div>
    <ExcerptHead>
      <span>
        {refName(evidence.ref)}
        {evidence.path && <> · {pointerLabel(evidence.path)}</>}
      </span>
      {evidence.count !== undefined && evidence.count > 1 && <span>{evidence.count}×</span>}
    </ExcerptHead>
    {evidence.value !== undefined && <Excerpt text={evidence.value} mark={evidence.mark} />}
  </div>
);

const FixBlock = ({ finding }: { finding: Finding }) => (
  <div className={classes['fix']}>
    <div className={classes['line']}>
      <span>
        <b>Fix</b>
        {finding.fix.text}
      </span>
      {!finding.fix.commands?.length && !finding.fix.patch && <CopyText value={finding.fix.text} />}
    </div>
    {finding.fix.commands && finding.fix.commands.length > 0 && (
      <Copyable text={finding.fix.commands.join('\n')} what="command" />
    )}
    {finding.fix.patch && <Copyable text={finding.fix.patch} what="patch" />}
  </div>
);

const Copyable = ({ text, what }: { text: string; what: string }) => (
  <div>
    <MarkedText text={text} />
    <div style={{ textAlign: 'right' }}>
      <CopyText value={text} label={`copy ${what}`} />
    </div>
  </div>
);

/** One finding: the sentence, the evidence with the decisive words marked, the fix, and its code. */
export const FindingBlock = ({ finding, go, heading = true }: Props) => (
  <div className={classes['finding']}>
    {heading && <h3>{finding.title}</h3>}
    {finding.message !== finding.title && <p>{finding.message}</p>}
    {finding.evidence.slice(0, MOST_EVIDENCE).map((evidence, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: evidence has no id and its order is fixed
      <EvidenceBlock key={index} evidence={evidence} />
    ))}
    {finding.cause && <p>{finding.cause}</p>}
    <FixBlock finding={finding} />
    <div className={classes['foot']}>
      <Link onClick={() => go.rule(finding.code)} title="Why, how to fix it, and an example">
        {finding.code}
      </Link>
      <span>
        {finding.confidence} · {finding.slug}
      </span>
    </div>
  </div>
);

import type { Evidence, Finding } from '@busbar/shared/model/topology';
import { CopyText } from '../../ui/copy.tsx';
import { pointerLabel, refName } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import { Excerpt, MarkedText } from '../../ui/marked-text.tsx';
import classes from './inspector.module.css';
import type { Go } from './inspector.tsx';

const MOST_EVIDENCE = 3;

const EvidenceBlock = ({ evidence }: { evidence: Evidence }) => (
  <div>
    <div className={classes['evidenceHead']}>
      <span>
        {refName(evidence.ref)}
        {evidence.path && <> · {pointerLabel(evidence.path)}</>}
      </span>
      {evidence.count !== undefined && evidence.count > 1 && <span>{evidence.count}×</span>}
    </div>
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
export const FindingBlock = ({ finding, go, heading = true }: { finding: Finding; go: Go; heading?: boolean }) => (
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

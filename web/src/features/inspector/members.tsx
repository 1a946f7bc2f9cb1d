import type { Member } from '@busbar/shared/inspect/documents';
import { Copy } from '../../ui/copy.tsx';
import { count } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import classes from './inspector.module.css';
import type { Go } from './inspector.tsx';

type Props = { title: string; onTitle?: () => void; members: readonly Member[]; total: number; go: Go };

export const MemberList = ({ title, onTitle, members, total, go }: Props) => (
  <section>
    <h3 className={classes['heading']}>
      {onTitle ? <Link onClick={onTitle}>{title}</Link> : title} · {count(total)}
    </h3>
    <table className={classes['table']}>
      <tbody>
        {members.map((member) => (
          <tr key={member.attachment}>
            <td>
              <Link onClick={() => go.select(member.attachment)}>
                {member.namespace}/{member.name}
              </Link>
            </td>
            <td className="mono">{member.interface ?? ''}</td>
            <td>
              {member.state === 'attached' ? (
                member.addresses.map((address) => (
                  <Copy
                    key={address.ip}
                    value={address.prefixLength === undefined ? address.ip : `${address.ip}/${address.prefixLength}`}
                  />
                ))
              ) : (
                <StateMark state={member.state} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    {total > members.length && <p className={classes['none']}>and {count(total - members.length)} more</p>}
  </section>
);

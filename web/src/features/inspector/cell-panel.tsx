import type { MatrixCellDoc } from '@busbar/shared/inspect/matrix';
import { attachmentStates } from '@busbar/shared/model/topology';
import { count, plural } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import classes from './inspector.module.css';
import type { Go } from './inspector.tsx';

/** What stands behind one cell of the matrix. */
export const CellView = ({ doc, go }: { doc: MatrixCellDoc; go: Go }) => (
  <div className={classes['content']}>
    <p>
      <Link onClick={() => go.select(doc.network.id)}>{doc.network.name}</Link>
      {doc.network.ghost && ' does not exist'}
    </p>
    <table className={classes['table']}>
      <tbody>
        {attachmentStates
          .filter((state) => doc.states[state])
          .map((state) => (
            <tr key={state}>
              <th>
                <StateMark state={state} />
              </th>
              <td>{count(doc.states[state] ?? 0)}</td>
            </tr>
          ))}
      </tbody>
    </table>
    <h3 className={classes['heading']}>{plural(doc.count, 'attachment')}</h3>
    <table className={classes['table']}>
      <tbody>
        {doc.attachments.map((item) => (
          <tr key={item.id}>
            <td>
              <Link onClick={() => go.select(item.id)}>
                {item.namespace === (doc.row.namespace ?? doc.row.label) ? item.name : `${item.namespace}/${item.name}`}
              </Link>
            </td>
            <td className="mono">{item.interface}</td>
            <td>
              <StateMark state={item.state} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    {doc.count > doc.attachments.length && (
      <p className={classes['none']}>and {count(doc.count - doc.attachments.length)} more</p>
    )}
  </div>
);

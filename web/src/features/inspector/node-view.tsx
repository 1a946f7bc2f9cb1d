import type { NodeDoc } from '@busbar/shared/inspect/documents';
import { FindingBlock } from '../../ui/finding-block.tsx';
import { count } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { DeviceBlock, DeviceTable } from './device-table.tsx';
import classes from './inspector.module.css';
import type { Go } from './inspector.tsx';

/** `device`: id of the one that was asked for. */
export const NodeView = ({ doc, device, go }: { doc: NodeDoc; device: string | null; go: Go }) => (
  <div className={classes['content']}>
    {device !== null && <DeviceBlock id={device} doc={doc} go={go} />}
    {doc.findings.map((finding) => (
      <section
        key={finding.id}
        className={classes['block']}
        data-tone={finding.severity === 'info' ? 'muted' : finding.severity}
      >
        <FindingBlock finding={finding} go={go} />
      </section>
    ))}
    <table className={classes['table']}>
      <tbody>
        <tr>
          <th>ready</th>
          <td>{doc.node.ready ? 'yes' : 'no'}</td>
        </tr>
        <tr>
          <th>Multus</th>
          <td>{doc.node.multus === 'unknown' ? 'cannot be told' : doc.node.multus}</td>
        </tr>
        <tr>
          <th>addresses</th>
          <td className="mono">{doc.node.addresses.join(' ') || '–'}</td>
        </tr>
        <tr>
          <th>pod CIDRs</th>
          <td className="mono">{doc.node.podCidrs.join(' ') || '–'}</td>
        </tr>
        {Object.entries(doc.node.allocatable)
          .filter(([name]) => name.includes('/'))
          .map(([name, value]) => (
            <tr key={name}>
              <th>{name}</th>
              <td className="mono">{value}</td>
            </tr>
          ))}
      </tbody>
    </table>
    {doc.devices.length > 0 ? (
      <DeviceTable devices={doc.devices} marked={device} />
    ) : (
      <p className={classes['none']}>
        Nothing reports the devices of this node: neither NMState nor the SR-IOV operator. Links that are not reported
        are unknown, not absent.
      </p>
    )}
    <h3 className={classes['heading']}>Pods · {count(doc.total)}</h3>
    <ul className={classes['list']}>
      {doc.workloads.map((one) => (
        <li key={one.id}>
          <Link onClick={() => go.select(one.id)}>
            {one.namespace}/{one.name}
          </Link>
          <StateMark state={one.worst} />
        </li>
      ))}
    </ul>
    {doc.total > doc.workloads.length && (
      <p className={classes['none']}>and {count(doc.total - doc.workloads.length)} more</p>
    )}
  </div>
);

import { dropLook } from '@busbar/shared/graph/layout/look';
import type { AttachmentDoc, WorkloadDoc } from '@busbar/shared/inspect/documents';
import { Tabs } from '@mantine/core';
import { Copy } from '../../ui/copy.tsx';
import { FindingBlock } from '../../ui/finding-block.tsx';
import { Link } from '../../ui/link.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Events } from './events.tsx';
import classes from './inspector.module.css';
import type { Go } from './inspector.tsx';
import { MemberList } from './members.tsx';
import { NetworkConfig } from './network-config.tsx';

const Addresses = ({ attachment }: { attachment: AttachmentDoc }) => {
  const face = attachment.interface;
  if (!face) return null;
  const device = face.device?.id ?? face.device?.resourceName;
  return (
    <div className={classes['addresses']}>
      {face.addresses.map((address) => {
        const text = address.prefixLength === undefined ? address.ip : `${address.ip}/${address.prefixLength}`;
        return <Copy key={text} value={text} />;
      })}
      {face.mac && <Copy value={face.mac} label={`MAC ${face.mac}`} />}
      {face.mtu !== undefined && <span>MTU {face.mtu}</span>}
      {attachment.networkSummary?.vlan !== undefined && <span>VLAN {attachment.networkSummary.vlan}</span>}
      {face.isDefault && <span>default route</span>}
      {device && <Copy value={device} />}
    </div>
  );
};

const Compared = ({ attachment }: { attachment: AttachmentDoc }) => {
  const rows = attachment.comparison.filter((row) => (row.asked !== null && !attachment.implicit) || row.differs);
  if (rows.length === 0 || (attachment.state === 'attached' && !rows.some((row) => row.differs))) return null;
  return (
    <table className={classes['table']}>
      <thead>
        <tr>
          <th>
            <span className="visually-hidden">field</span>
          </th>
          <th>asked for</th>
          <th>reported</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.field} data-differs={row.differs || undefined}>
            <th>{row.field}</th>
            <td className="mono">{row.asked ?? 'any'}</td>
            <td className="mono">{row.reported ?? '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const AttachmentBlock = ({ attachment, marked, go }: { attachment: AttachmentDoc; marked: boolean; go: Go }) => {
  const network = attachment.networkSummary;
  const asked = attachment.requested?.network || 'unreadable request';
  const named = attachment.network ?? (attachment.requested?.network ? `nad:${attachment.requested.network}` : null);
  return (
    <section
      className={classes['block']}
      data-tone={dropLook(attachment.state).tone}
      data-marked={marked || undefined}
      data-testid="attachment"
    >
      <div className={classes['row']}>
        <span className={classes['iface']}>
          {attachment.interface?.name ??
            attachment.requested?.interface ??
            (attachment.slot === 0 ? 'eth0' : `net${attachment.slot}`)}
        </span>
        <span>{named ? <Link onClick={() => go.select(named)}>{network?.name ?? asked}</Link> : asked}</span>
        <StateMark state={attachment.state} />
      </div>
      <Addresses attachment={attachment} />
      {attachment.reason && attachment.findings.length === 0 && attachment.state !== 'attached' && (
        <p className={classes['reason']}>{attachment.reason}</p>
      )}
      {attachment.findings.map((finding) => (
        <FindingBlock key={finding.id} finding={finding} go={go} />
      ))}
      <Compared attachment={attachment} />
    </section>
  );
};

const worthATab = (doc: WorkloadDoc) =>
  [...new Set(doc.attachments.filter((one) => !one.implicit && one.network).map((one) => one.network ?? ''))].slice(
    0,
    12,
  );

export const WorkloadView = ({
  doc,
  attachment,
  go,
  now,
}: {
  doc: WorkloadDoc;
  attachment: string | null;
  go: Go;
  now: number;
}) => {
  const networks = worthATab(doc);
  return (
    <Tabs defaultValue="interfaces" keepMounted={false} classNames={{ tab: classes['tab'] ?? '' }}>
      <Tabs.List px={8}>
        <Tabs.Tab value="interfaces">Interfaces</Tabs.Tab>
        <Tabs.Tab value="events">Events {doc.events.length > 0 && <small>{doc.events.length}</small>}</Tabs.Tab>
        {networks.length > 0 && <Tabs.Tab value="config">Config</Tabs.Tab>}
        {doc.neighbours.length > 0 && <Tabs.Tab value="neighbours">Neighbours</Tabs.Tab>}
      </Tabs.List>
      <Tabs.Panel value="interfaces" className={classes['content'] ?? ''}>
        {doc.findings.map((finding) => (
          <section
            key={finding.id}
            className={classes['block']}
            data-tone={finding.severity === 'info' ? 'muted' : finding.severity}
          >
            <FindingBlock finding={finding} go={go} />
          </section>
        ))}
        {doc.behind.map((one) => (
          <p key={one.id} className={classes['none']}>
            {one.kind === 'Pod' ? 'Runs in the pod ' : 'Runs the virtual machine '}
            <Link onClick={() => go.select(one.id)}>{one.name}</Link>
          </p>
        ))}
        {doc.attachments.map((one) => (
          <AttachmentBlock key={one.id} attachment={one} marked={one.id === attachment} go={go} />
        ))}
        {doc.attachments.length === 0 && (
          <p className={classes['none']}>
            This pod asks for no network{doc.workload.hostNetwork ? '; it uses the network of its node' : ''}.
          </p>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="events" className={classes['content'] ?? ''}>
        <Events events={doc.events} now={now} />
      </Tabs.Panel>
      <Tabs.Panel value="config" className={classes['content'] ?? ''}>
        {networks.map((id) => (
          <NetworkConfig key={id} id={id} go={go} />
        ))}
      </Tabs.Panel>
      <Tabs.Panel value="neighbours" className={classes['content'] ?? ''}>
        {doc.neighbours.map((group) => (
          <MemberList
            key={group.network}
            title={group.name}
            onTitle={() => go.select(group.network)}
            members={group.members}
            total={group.total}
            go={go}
          />
        ))}
      </Tabs.Panel>
    </Tabs>
  );
};

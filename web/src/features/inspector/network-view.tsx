import type { NetworkDoc } from '@busbar/shared/inspect/documents';
import { Copy } from '../../ui/copy.tsx';
import { FindingBlock } from '../../ui/finding-block.tsx';
import { refName } from '../../ui/format.ts';
import classes from './inspector.module.css';
import type { Go } from './inspector.tsx';
import { MemberList } from './members.tsx';
import { ConfigText } from './network-config.tsx';

const Row = ({ name, values }: { name: string; values: readonly (string | number | undefined)[] }) => {
  const known = values.filter((value) => value !== undefined && value !== '');
  return known.length === 0 ? null : (
    <tr>
      <th>{name}</th>
      <td>
        {known.map((value) => (
          <div key={String(value)}>
            <Copy value={String(value)} />
          </div>
        ))}
      </td>
    </tr>
  );
};

export const NetworkView = ({ doc, go }: { doc: NetworkDoc; go: Go }) => {
  const { network } = doc;
  return (
    <div className={classes['content']}>
      {!network && <p className={classes['none']}>Nothing of this name exists, though pods ask for it.</p>}
      {doc.findings.map((finding) => (
        <section
          key={finding.id}
          className={classes['block']}
          data-tone={finding.severity === 'info' ? 'muted' : finding.severity}
        >
          <FindingBlock finding={finding} go={go} />
        </section>
      ))}
      {network && (
        <table className={classes['table']}>
          <tbody>
            <Row name="technology" values={[network.technology]} />
            <Row name="role" values={[network.role]} />
            <Row name="subnet" values={network.subnets} />
            <Row name="gateway" values={network.gateways} />
            <Row name="VLAN" values={[network.vlan]} />
            <Row name="MTU" values={[network.mtu]} />
            <Row
              name="uplink"
              values={network.uplinks.map((uplink) =>
                [uplink.node, uplink.device ?? uplink.physicalNetwork ?? uplink.resourceName].filter(Boolean).join(' '),
              )}
            />
            <Row name="objects" values={network.objects.map(refName)} />
            <Row name="also known as" values={network.aliases.map((alias) => `${alias.scheme}:${alias.value}`)} />
            {network.conditions.map((condition) => (
              <tr key={condition.type}>
                <th>{condition.type}</th>
                <td>
                  {condition.status}
                  {condition.reason ? ` · ${condition.reason}` : ''} {condition.message}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {doc.pools.map((pool) => (
        <table key={pool.id} className={classes['table']}>
          <tbody>
            <Row name="range" values={[pool.range]} />
            <tr>
              <th>used</th>
              <td className="mono">{pool.total === '0' ? 'not told' : `${pool.used} of ${pool.total}`}</td>
            </tr>
          </tbody>
        </table>
      ))}
      <MemberList title="Members" members={doc.members} total={doc.total} go={go} />
      {doc.configs.map((config) => (
        <ConfigText key={refName(config.ref)} title={`Config of ${refName(config.ref)}`} text={config.text} />
      ))}
    </div>
  );
};

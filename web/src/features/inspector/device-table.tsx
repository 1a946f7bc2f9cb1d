import type { NodeDoc } from '@busbar/shared/inspect/documents';
import type { NodeDevice } from '@busbar/shared/model/topology';
import { count } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import classes from './inspector.module.css';
import type { Go } from './inspector.tsx';

/** What a line says of a device beside its name, in the order of interest. */
const shown = ['state', 'mtu', 'vlan', 'mode', 'ports', 'controller', 'bridge', 'switch port', 'addresses'];

const describe = (device: NodeDevice, vfs: number, parent: NodeDevice | undefined): string =>
  [
    ...(parent ? [`on ${parent.name}`] : []),
    ...shown.flatMap((key) => (device.details[key] ? [`${key} ${device.details[key]}`] : [])),
    ...(vfs > 0 ? [`${count(vfs)} VFs`] : []),
  ].join(' · ');

/** NICs, bonds, VLANs and bridges of a node; VFs are counted on their NIC. */
export const DeviceTable = ({ devices, marked }: { devices: readonly NodeDevice[]; marked: string | null }) => {
  const byId = new Map(devices.map((device) => [device.id, device]));
  const links = devices.filter(({ kind }) => kind !== 'vf' && kind !== 'loopback');
  const vfsOf = (id: string) => devices.filter(({ kind, parent }) => kind === 'vf' && parent === id).length;
  return (
    <>
      <h3 className={classes['heading']}>Devices · {count(links.length)}</h3>
      <table className={classes['table']}>
        <tbody>
          {links.map((device) => (
            <tr key={device.id} data-marked={device.id === marked || undefined}>
              <th className="mono">{device.name}</th>
              <td>
                {device.kind}
                {' · '}
                {describe(device, vfsOf(device.id), byId.get(device.parent ?? ''))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
};

/** One device with all that is reported of it, or that nothing reports it. */
export const DeviceBlock = ({ id, doc, go }: { id: string; doc: NodeDoc; go: Go }) => {
  const device = doc.devices.find((one) => one.id === id);
  const name = device?.name ?? id.slice(id.lastIndexOf('/') + 1);
  const parent = doc.devices.find((one) => one.id === device?.parent);
  return (
    <section className={classes['block']} data-marked data-testid="device">
      <div className={classes['row']}>
        <span className={classes['iface']}>{name}</span>
        <span>{device?.kind ?? 'not reported'}</span>
      </div>
      {device ? (
        <table className={classes['table']}>
          <tbody>
            {parent && (
              <tr>
                <th>on</th>
                <td>
                  <Link onClick={() => go.select(parent.id)}>{parent.name}</Link>
                </td>
              </tr>
            )}
            {Object.entries(device.details).map(([key, value]) => (
              <tr key={key}>
                <th>{key}</th>
                <td className="mono">{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className={classes['reason']}>
          Networks of pods on this node name it, and nothing reports a device of this name here.
        </p>
      )}
    </section>
  );
};

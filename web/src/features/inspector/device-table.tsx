import type { NodeDevice } from '@busbar/shared/model/topology';
import { count } from '../../ui/format.ts';
import classes from './inspector.module.css';

/** What a line says of a device beside its name, in the order of interest. */
const shown = ['state', 'mtu', 'vlan', 'mode', 'ports', 'controller', 'bridge', 'switch port', 'addresses'];

const describe = (device: NodeDevice, vfs: number, parent: NodeDevice | undefined): string =>
  [
    ...(parent ? [`on ${parent.name}`] : []),
    ...shown.flatMap((key) => (device.details[key] ? [`${key} ${device.details[key]}`] : [])),
    ...(vfs > 0 ? [`${count(vfs)} VFs`] : []),
  ].join(' · ');

/** NICs, bonds, VLANs and bridges of a node; VFs are counted on their NIC. */
export const DeviceTable = ({ devices }: { devices: readonly NodeDevice[] }) => {
  const byId = new Map(devices.map((device) => [device.id, device]));
  const links = devices.filter(({ kind }) => kind !== 'vf' && kind !== 'loopback');
  const vfsOf = (id: string) => devices.filter(({ kind, parent }) => kind === 'vf' && parent === id).length;
  return (
    <>
      <h3 className={classes['heading']}>Devices · {count(links.length)}</h3>
      <table className={classes['table']}>
        <tbody>
          {links.map((device) => (
            <tr key={device.id}>
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

import type { LedgerRow } from '@busbar/shared/inspect/ledger';
import type { Address } from '@busbar/shared/model/topology';
import { createColumnHelper, rowSortingFeature, tableFeatures } from '@tanstack/react-table';
import { Copy } from '../../ui/copy.tsx';
import { Link } from '../../ui/link.tsx';
import { SeverityIcon } from '../../ui/severity-icon.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import classes from './table.module.css';

/** A row in sight; `row` is undefined while it is on its way. */
export type Line = { index: number; row: LedgerRow | undefined };

export const features = tableFeatures({ rowSortingFeature });
const column = createColumnHelper<typeof features, Line>();

const addressText = ({ ip, prefixLength }: Address): string =>
  prefixLength === undefined ? ip : `${ip}/${prefixLength}`;

const Why = ({ row, onSelect }: { row: LedgerRow; onSelect(id: string): void }) => {
  const { finding, reason } = row;
  const text = reason ?? finding?.title ?? '';
  return (
    <span className={classes['why']} title={text}>
      {finding && (
        <>
          <SeverityIcon severity={finding.severity} />
          <Link onClick={() => onSelect(finding.id)} title={finding.title}>
            {finding.code}
          </Link>
        </>
      )}
      <span className={classes['text']}>{text}</span>
    </span>
  );
};

/** Ids are the sort keys of the API; what it cannot sort by has none of them. */
export const columnsFor = (onSelect: (id: string) => void) =>
  column.columns([
    column.accessor((line) => line.row?.state, {
      id: 'state',
      header: 'State',
      cell: ({ row: { original } }) => original.row && <StateMark state={original.row.state} />,
    }),
    column.accessor((line) => line.row?.namespace, { id: 'namespace', header: 'Namespace' }),
    column.accessor((line) => line.row?.name, {
      id: 'pod',
      header: 'Pod',
      cell: ({ row: { original } }) => {
        const { row } = original;
        return row && <Link onClick={() => onSelect(row.id)}>{row.name}</Link>;
      },
    }),
    column.accessor((line) => line.row?.interface, {
      id: 'interface',
      header: 'Interface',
      cell: (info) => <span className="mono">{info.getValue()}</span>,
    }),
    column.accessor((line) => line.row?.networkName, {
      id: 'network',
      header: 'Network',
      cell: ({ row: { original } }) => {
        const { network, networkName } = original.row ?? { network: null, networkName: '' };
        return network === null ? networkName : <Link onClick={() => onSelect(network)}>{networkName}</Link>;
      },
    }),
    column.display({
      id: 'why',
      header: 'Why',
      cell: ({ row: { original } }) => original.row && <Why row={original.row} onSelect={onSelect} />,
    }),
    column.accessor((line) => line.row?.addresses, {
      id: 'address',
      header: 'Addresses',
      cell: ({ row: { original } }) =>
        original.row?.addresses.map((address) => (
          <span key={address.ip} className={classes['address']}>
            <Copy value={addressText(address)} />
          </span>
        )),
    }),
    column.accessor((line) => line.row?.mac, {
      id: 'mac',
      header: 'MAC',
      cell: ({ row: { original } }) => original.row?.mac && <Copy value={original.row.mac} />,
    }),
    column.accessor((line) => line.row?.node, {
      id: 'node',
      header: 'Node',
      cell: ({ row: { original } }) => {
        const node = original.row?.node;
        return node && <Link onClick={() => onSelect(`node:${node}`)}>{node}</Link>;
      },
    }),
  ]);

/** What a cell's text is cut off from, said in full by its title. */
export const titleOf = (id: string, row: LedgerRow | undefined): string | undefined => {
  switch (id) {
    case 'namespace':
      return row?.namespace;
    case 'pod':
      return row && `${row.namespace}/${row.name}`;
    case 'network':
      return row?.network ?? undefined;
    case 'address':
      return row?.addresses.map(addressText).join('\n') || undefined;
    case 'node':
      return row?.node;
    default:
      return undefined;
  }
};

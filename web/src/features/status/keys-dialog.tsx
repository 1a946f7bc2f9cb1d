import { lenses } from '@busbar/shared/view/view';
import { Kbd, Table } from '@mantine/core';
import { Fragment } from 'react';
import { Dialog } from '../../ui/dialog.tsx';
import { lensNames } from '../../ui/lens.ts';

const KEYS: readonly [keys: readonly string[], does: string][] = [
  [['/', 'Ctrl K'], 'find a pod, network, address or code'],
  [['Shift Enter'], 'light in the picture what the text, or a query such as ns:lab state:failed, finds'],
  [['←', '→', '↑', '↓'], 'walk from card to card (with the picture in focus)'],
  [['↑', '↓', 'Home', 'End'], 'walk from row to row (with the table in focus)'],
  [['Enter'], 'open the card or row in the inspector'],
  [['Space'], 'show a group in its parts, or put pods together again'],
  [['Backspace'], 'put a part of a group together with the others'],
  [['Esc'], 'back: leave the search, close the inspector'],
  [['+', '-', '0'], 'zoom in, out, fit everything'],
  [lenses.map((lens) => lensNames[lens].key), lenses.map((lens) => lensNames[lens].label.toLowerCase()).join(', ')],
  [['p'], 'pause or go on'],
  [['?'], 'this list'],
];

export const KeysDialog = ({ onClose }: { onClose(): void }) => (
  <Dialog title="Keys" onClose={onClose}>
    <Table verticalSpacing={5} fz="sm">
      <Table.Tbody>
        {KEYS.map(([keys, does]) => (
          <Table.Tr key={does}>
            <Table.Td w={130}>
              {keys.map((key) => (
                <Fragment key={key}>
                  <Kbd size="xs">{key}</Kbd>{' '}
                </Fragment>
              ))}
            </Table.Td>
            <Table.Td>{does}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Dialog>
);

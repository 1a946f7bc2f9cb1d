import type { ClusterDoc } from '@busbar/shared/inspect/documents';
import type { Availability } from '@busbar/shared/kube/object';
import { Table, Text } from '@mantine/core';
import { Dialog } from '../../ui/dialog.tsx';
import { count, plural } from '../../ui/format.ts';
import classes from './status.module.css';

const ORDER: readonly Availability[] = ['forbidden', 'error', 'unread', 'present', 'absent'];
const WORDS: Record<Availability, string> = {
  present: 'read',
  absent: 'not in this cluster',
  forbidden: 'forbidden',
  error: 'failed',
  unread: 'not read',
};

/** What could be read, what is absent, and what is forbidden. */
export const RightsDialog = ({ cluster, onClose }: { cluster: ClusterDoc | null; onClose(): void }) => {
  const sources = [...(cluster?.sources ?? [])].sort(
    (a, b) => ORDER.indexOf(a.availability) - ORDER.indexOf(b.availability) || a.kind.localeCompare(b.kind),
  );
  const closed = sources.filter(
    (source) => source.availability === 'forbidden' || source.availability === 'error',
  ).length;
  return (
    <Dialog title="What Busbar may read" size="xl" onClose={onClose}>
      <Text size="sm" c="dimmed" mb="sm">
        {closed > 0
          ? `${plural(closed, 'kind')} could not be read. What depends on them is drawn as unknown, never as fine.`
          : 'Everything that this cluster serves could be read.'}
        {cluster?.source.server ? ` API server: ${cluster.source.server}` : ''}
        {cluster?.source.version ? `, Kubernetes ${cluster.source.version}.` : ''}
      </Text>
      <Table className={classes['rights']} verticalSpacing={4} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Kind</Table.Th>
            <Table.Th>API</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th ta="right">Objects</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sources.map((source) => (
            <Table.Tr key={`${source.group}/${source.kind}`}>
              <Table.Td>{source.kind}</Table.Td>
              <Table.Td className="mono">{[source.group || 'core', source.version].filter(Boolean).join('/')}</Table.Td>
              <Table.Td>
                <span className={classes['availability']} data-state={source.availability}>
                  {WORDS[source.availability]}
                  {source.namespaces ? ` in ${plural(source.namespaces.length, 'namespace')}` : ''}
                </span>
                {source.detail && (
                  <Text size="xs" c="dimmed">
                    {source.detail}
                  </Text>
                )}
              </Table.Td>
              <Table.Td ta="right" className="mono">
                {source.availability === 'present' ? count(source.count) : '–'}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Dialog>
  );
};

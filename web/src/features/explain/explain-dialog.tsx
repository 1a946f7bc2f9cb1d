import { Button, List, Stack, Table, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { problemOf } from '../../backend/backend.ts';
import { useBackend } from '../../backend/context.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Link } from '../../ui/link.tsx';

/** Of what to do next, what a terminal takes. */
const COMMAND = /^(kubectl|busbar) /;

/** Paste what an event says, get the cause. */
export const ExplainDialog = ({ onClose, onRule }: { onClose(): void; onRule(code: string): void }) => {
  const backend = useBackend();
  const [message, setMessage] = useState('');
  const { data, error, mutate, isPending } = useMutation({ mutationFn: (text: string) => backend.explain(text) });
  const captures = Object.entries(data?.captures ?? {});
  return (
    <Dialog title="Explain a message" size="lg" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (message.trim()) mutate(message.slice(0, 8000));
        }}
      >
        <Stack gap="sm">
          <Textarea
            label="Message of an event or a log line"
            placeholder="Failed to create pod sandbox: rpc error: …"
            autosize
            minRows={3}
            maxRows={10}
            value={message}
            onChange={(event) => setMessage(event.currentTarget.value)}
            data-autofocus
          />
          <div>
            <Button type="submit" size="xs" loading={isPending} disabled={!message.trim()}>
              Explain
            </Button>
          </div>
          {error && (
            <Text c="var(--bb-error)" role="alert">
              {problemOf(error).message} {problemOf(error).detail}
            </Text>
          )}
          {data && (
            <Stack gap={6} role="status">
              <Text fw={650}>{data.title}</Text>
              <Text>{data.cause}</Text>
              <Text>
                <Text span fw={600} c="var(--bb-ok)">
                  Fix{' '}
                </Text>
                {data.fix}
              </Text>
              {data.next.length > 0 && (
                <List size="sm">
                  {data.next.map((step) => (
                    <List.Item key={step}>{COMMAND.test(step) ? <Copy value={step} /> : step}</List.Item>
                  ))}
                </List>
              )}
              {captures.length > 0 && (
                <Table fz="sm" verticalSpacing={2}>
                  <Table.Tbody>
                    {captures.map(([name, value]) => (
                      <Table.Tr key={name}>
                        <Table.Td c="dimmed">{name}</Table.Td>
                        <Table.Td className="mono">{value}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              )}
              <Text size="sm" c="dimmed">
                {data.code && <Link onClick={() => onRule(data.code ?? '')}>{data.code}</Link>} {data.confidence} ·{' '}
                {data.slug}
              </Text>
            </Stack>
          )}
        </Stack>
      </form>
    </Dialog>
  );
};

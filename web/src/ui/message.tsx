import { Button, Code, EmptyState, Stack } from '@mantine/core';
import { CopyText } from './copy.tsx';

type Props = {
  title: string;
  text?: string | undefined;
  command?: string | undefined;
  action?: { label: string; run(): void } | undefined;
};

/** An empty or error state: what happened, what to do next, and the command to run. */
export const Message = ({ title, text, command, action }: Props) => (
  <Stack align="center" justify="center" h="100%" p="xl" role="status">
    <EmptyState title={title} description={text} maw={520}>
      {command && (
        <Stack gap={4} align="center">
          <Code block>{command}</Code>
          <CopyText value={command} label="copy the command" />
        </Stack>
      )}
      {action && (
        <Button size="compact-sm" variant="default" onClick={action.run}>
          {action.label}
        </Button>
      )}
    </EmptyState>
  </Stack>
);

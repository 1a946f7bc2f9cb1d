import { Badge, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { problemOf } from '../../backend/backend.ts';
import { useBackend } from '../../backend/context.tsx';
import { SideSheet } from '../../ui/dialog.tsx';
import { MarkedText } from '../../ui/marked-text.tsx';

/** The page of one rule: why it matters, how to mend it, an example. */
export const RuleDrawer = ({ code, onClose }: { code: string; onClose(): void }) => {
  const backend = useBackend();
  const { data, error } = useQuery({
    queryKey: ['rule', code],
    queryFn: () => backend.rule(code),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <SideSheet title={code} onClose={onClose}>
      {error && <Text>{problemOf(error).message}</Text>}
      {!data && !error && <Skeleton height={120} />}
      {data && (
        <Stack gap="sm">
          <Text fw={650} size="lg">
            {data.title}
          </Text>
          <div>
            <Badge
              variant="light"
              color={data.severity === 'error' ? 'red' : data.severity === 'warning' ? 'yellow' : 'blue'}
            >
              {data.severity}
            </Badge>{' '}
            <Text span size="sm" c="dimmed">
              {data.family}
            </Text>
          </div>
          <Text fw={600}>Why</Text>
          <Text>{data.why}</Text>
          <Text fw={600}>Fix</Text>
          <Text>{data.fix}</Text>
          {data.example && (
            <>
              <Text fw={600}>Example</Text>
              <MarkedText text={data.example} />
            </>
          )}
          {data.slugs.length > 0 && (
            <Text size="sm" c="dimmed">
              Causes it tells apart: {data.slugs.join(', ')}
            </Text>
          )}
        </Stack>
      )}
    </SideSheet>
  );
};

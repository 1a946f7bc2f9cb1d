import type { View } from '@busbar/shared/view/view';
import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { problemOf } from '../../backend/backend.ts';
import { useBackend } from '../../backend/context.tsx';
import { saveAs, svgToPng } from './save.ts';

type Props = { view: View; theme: 'light' | 'dark'; name: string };
type Format = { id: 'json' | 'svg' | 'png'; title: string; note: string };

const FORMATS: readonly Format[] = [
  { id: 'png', title: 'PNG picture', note: 'what is seen' },
  { id: 'svg', title: 'SVG picture', note: 'vector, with text' },
  { id: 'json', title: 'JSON snapshot', note: 'opens in Busbar' },
];

export const ExportMenu = ({ view, theme, name }: Props) => {
  const backend = useBackend();
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async (format: Format['id']) => {
    setBusy(true);
    setError(null);
    try {
      const blob = await backend.download(format === 'png' ? 'svg' : format, view, theme);
      saveAs(
        format === 'png' ? await svgToPng(blob) : blob,
        `busbar-${name.replace(/[^\w.-]+/g, '-').slice(0, 80) || 'cluster'}.${format}`,
      );
    } catch (caught) {
      const problem = problemOf(caught);
      setError([problem.message, problem.detail].filter(Boolean).join(': '));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Menu position="bottom-end" withinPortal={false} onClose={() => setError(null)} closeOnItemClick={false}>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} loading={busy}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map((format) => (
          <Menu.Item
            key={format.id}
            onClick={() => void run(format.id)}
            rightSection={<span style={{ fontSize: 11.5, color: 'var(--bb-muted)' }}>{format.note}</span>}
          >
            {format.title}
          </Menu.Item>
        ))}
        {error && (
          <Menu.Label c="var(--bb-error)" role="alert" maw={320}>
            {error}
          </Menu.Label>
        )}
      </Menu.Dropdown>
    </Menu>
  );
};

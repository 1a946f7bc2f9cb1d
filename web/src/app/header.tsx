import type { ClusterDoc, LitDoc, SearchHit } from '@busbar/shared/inspect/documents';
import { lenses, type View } from '@busbar/shared/view/view';
import { ActionIcon, Menu, SegmentedControl, Tooltip, useMantineColorScheme } from '@mantine/core';
import { IconDots, IconMoon, IconSun } from '@tabler/icons-react';
import { useLive, useLiveStore } from '../backend/context.tsx';
import { ExportMenu } from '../features/export-menu/export-menu.tsx';
import { SearchBox } from '../features/search/search-box.tsx';
import { LiveBadge } from '../features/status/live-badge.tsx';
import { lensNames } from '../ui/lens.ts';
import classes from './app.module.css';
import type { ChangeView } from './use-view.ts';

export type Dialog = 'keys' | 'rights' | 'explain' | 'preflight' | 'answers';
type Props = {
  view: View;
  theme: 'light' | 'dark';
  cluster: ClusterDoc | null;
  sought: LitDoc | null;
  change: ChangeView;
  onDialog(dialog: Dialog): void;
  onPick(hit: SearchHit): void;
};

const LENSES = lenses.map((value) => ({ value, label: lensNames[value].label }));

const sourceLabel = (cluster: ClusterDoc): string => {
  const { kind, name } = cluster.source;
  return kind === 'demo' ? 'demo cluster' : name;
};

const Brand = () => (
  <h1 className={classes['brand']}>
    <svg
      width="26"
      height="20"
      viewBox="0 0 26 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M2 17h22M7 17V4M13 17V9M19 17V7" />
    </svg>
    Busbar
  </h1>
);

export const Header = ({ view, theme, cluster, sought, change, onDialog, onPick }: Props) => {
  const store = useLiveStore();
  const connection = useLive((state) => state.connection);
  const paused = useLive((state) => state.paused);
  const waiting = useLive((state) => state.waiting);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <header className={classes['header']}>
      <Brand />
      {cluster && (
        <span className={classes['source']} title={cluster.source.server ?? cluster.source.name}>
          {sourceLabel(cluster)}
        </span>
      )}
      <LiveBadge
        connection={connection}
        cluster={cluster}
        paused={paused}
        waiting={waiting}
        onPause={(next) => store.setPaused(next)}
      />
      <span className={classes['space']} />
      <SearchBox find={view.find} found={sought} onPick={onPick} onFind={(find) => change({ find })} />
      <span className={classes['space']} />
      <SegmentedControl
        size="xs"
        aria-label="Lens"
        data={LENSES}
        value={view.lens}
        onChange={(lens) => change({ lens })}
      />
      <ExportMenu view={view} theme={theme} name={cluster?.source.name ?? 'cluster'} />
      <Tooltip label={theme === 'dark' ? 'Light' : 'Dark'}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={theme === 'dark' ? 'Use the light theme' : 'Use the dark theme'}
          onClick={() => setColorScheme(theme === 'dark' ? 'light' : 'dark')}
        >
          {theme === 'dark' ? <IconSun size={17} /> : <IconMoon size={17} />}
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end" withinPortal={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label="More">
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => onDialog('preflight')}>Try manifests</Menu.Item>
          <Menu.Item onClick={() => onDialog('answers')}>Answers of nodes</Menu.Item>
          <Menu.Item onClick={() => onDialog('rights')}>What may be read</Menu.Item>
          <Menu.Item onClick={() => onDialog('explain')}>Explain a message</Menu.Item>
          <Menu.Item onClick={() => onDialog('keys')} rightSection="?">
            Keys
          </Menu.Item>
          <Menu.Item disabled={colorScheme === 'auto'} onClick={() => setColorScheme('auto')}>
            Theme of the system
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </header>
  );
};

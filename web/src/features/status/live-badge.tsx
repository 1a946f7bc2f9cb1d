import type { ClusterDoc } from '@busbar/shared/inspect/documents';
import { Button, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { Connection } from '../../backend/live-store.ts';
import { age, clock, count } from '../../ui/format.ts';
import classes from './status.module.css';

type Props = {
  connection: Connection;
  cluster: ClusterDoc | null;
  paused: boolean;
  waiting: number;
  onPause(paused: boolean): void;
};
type Badge = { tone: 'live' | 'wait' | 'lost' | 'still'; text: string; detail?: string };

const badgeOf = ({ connection, cluster, paused, waiting }: Omit<Props, 'onPause'>, now: number): Badge => {
  if (connection.state === 'refused') return { tone: 'lost', text: 'no access', detail: connection.problem.message };
  if (connection.state === 'lost')
    return {
      tone: 'lost',
      text: `reconnecting, lost ${age(now - connection.since)} ago`,
      detail: 'The server does not answer. The picture is the last that was seen.',
    };
  if (paused) return { tone: 'still', text: waiting > 0 ? `paused, ${count(waiting)} waiting` : 'paused' };
  if (!cluster) return { tone: 'wait', text: 'connecting' };
  const { health, source } = cluster;
  const detail = health.detail ? { detail: health.detail } : {};
  switch (health.state) {
    case 'connecting':
      return { tone: 'wait', text: 'connecting to the cluster', ...detail };
    case 'loading':
      return {
        tone: 'wait',
        text:
          health.loaded === undefined
            ? 'loading'
            : `loading ${count(health.loaded)}${health.expected ? ` of ${count(health.expected)}` : ''}`,
        ...detail,
      };
    case 'reconnecting':
      return { tone: 'lost', text: `cluster lost ${age(cluster.now - health.since)} ago`, ...detail };
    case 'failed':
      return { tone: 'lost', text: 'failed', ...detail };
    case 'stopped':
      return { tone: 'still', text: 'stopped', ...detail };
    case 'live':
      if (source.kind === 'dump' || source.kind === 'snapshot')
        return {
          tone: 'still',
          text: source.takenAt ? `${source.kind} of ${clock(Date.parse(source.takenAt))}` : source.kind,
        };
      return { tone: 'live', text: 'live', ...detail };
    default:
      return health.state satisfies never;
  }
};

/** How fresh the picture is. A lost connection counts up here and changes nothing else. */
export const LiveBadge = (props: Props) => {
  const [now, setNow] = useState(() => Date.now());
  const ticking = props.connection.state === 'lost' || props.cluster?.health.state === 'reconnecting';
  useEffect(() => {
    if (!ticking) return;
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, [ticking]);
  const badge = badgeOf(props, now);
  const canPause = badge.tone === 'live' || props.paused;
  return (
    <div className={classes['status']}>
      <Tooltip label={badge.detail} disabled={!badge.detail} multiline maw={360}>
        <span className={classes['badge']} data-testid="live-badge" data-tone={badge.tone} role="status">
          <i aria-hidden="true" />
          {badge.text}
        </span>
      </Tooltip>
      {canPause && (
        <Tooltip label={props.paused ? 'Go on with the newest state' : 'Freeze the picture; changes are counted'}>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            px={5}
            aria-label={props.paused ? 'Resume' : 'Pause'}
            onClick={() => props.onPause(!props.paused)}
          >
            {props.paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
          </Button>
        </Tooltip>
      )}
    </div>
  );
};

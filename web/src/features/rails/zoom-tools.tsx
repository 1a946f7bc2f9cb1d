import type { GraphTotals } from '@busbar/shared/graph/lens-doc';
import { attachmentStates } from '@busbar/shared/model/topology';
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconMaximize, IconMinus, IconPlus } from '@tabler/icons-react';
import { useCallback, useSyncExternalStore } from 'react';
import { count } from '../../ui/format.ts';
import { StateMark } from '../../ui/state-mark.tsx';
import type { RailsController } from './controller.ts';
import classes from './rails.module.css';

type Props = {
  controller: RailsController | null;
  states: GraphTotals['states'];
  moved: number;
  onArrange(): void;
  onReset(): void;
};

/** How often each state is drawn, which is also the key to the shapes. */
const Legend = ({ states }: Pick<Props, 'states'>) => (
  <div className={classes['legend']} data-testid="legend">
    {attachmentStates
      .filter((state) => states[state])
      .map((state) => (
        <span key={state}>
          <StateMark state={state} /> {count(states[state] ?? 0)}
        </span>
      ))}
  </div>
);

const NOTHING = () => {};

/** How large the picture is; a click draws it in its own size. */
const Zoom = ({ controller }: Pick<Props, 'controller'>) => {
  const zoom = useSyncExternalStore(
    useCallback((listener: () => void) => controller?.onZoom(listener) ?? NOTHING, [controller]),
    () => Math.round((controller?.zoom ?? 1) * 100),
  );
  return (
    <Tooltip label="Draw it in its own size (100 %)">
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        className={classes['zoom'] ?? ''}
        aria-label={`Zoom ${zoom} %, set to 100 %`}
        onClick={() => controller?.zoomTo(1)}
      >
        {zoom} %
      </Button>
    </Tooltip>
  );
};

export const ZoomTools = ({ controller, states, moved, onArrange, onReset }: Props) => (
  <div className={classes['tools']}>
    <Legend states={states} />
    {moved > 0 && (
      <Tooltip label="Put everything back where the layout had it">
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconArrowBackUp size={14} />}
          onClick={onReset}
        >
          Reset positions
        </Button>
      </Tooltip>
    )}
    <ActionIcon size="sm" variant="subtle" color="gray" aria-label="Zoom out" onClick={() => controller?.zoomBy(0.8)}>
      <IconMinus size={14} />
    </ActionIcon>
    <ActionIcon size="sm" variant="subtle" color="gray" aria-label="Zoom in" onClick={() => controller?.zoomBy(1.25)}>
      <IconPlus size={14} />
    </ActionIcon>
    <Zoom controller={controller} />
    <Tooltip label="Arrange for this window and fit (0 fits only)">
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        leftSection={<IconMaximize size={13} />}
        onClick={onArrange}
      >
        Fit
      </Button>
    </Tooltip>
  </div>
);

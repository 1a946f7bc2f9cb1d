import { CloseButton, ScrollArea } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyMenu, type Takeaway } from './copy-menu.tsx';
import classes from './inspector.module.css';

type FrameProps = {
  title: string;
  note?: string | undefined;
  line?: ReactNode;
  take?: Takeaway | undefined;
  onClose(): void;
  children: ReactNode;
};

/** The panel at the right, with its heading. */
export const Frame = ({ title, note, line, take, onClose, children }: FrameProps) => (
  <aside className={classes['panel']} aria-label="Inspector" data-testid="inspector">
    <div className={classes['head']}>
      <div>
        <h2>
          {title} {note && <small>{note}</small>}
        </h2>
        {line && <p>{line}</p>}
      </div>
      {take && <CopyMenu {...take} />}
      <CloseButton size="sm" aria-label="Close the inspector" onClick={onClose} />
    </div>
    <ScrollArea
      className={classes['scroll']}
      type="auto"
      scrollbarSize={8}
      viewportProps={{ tabIndex: 0, 'aria-label': `Details of ${title}`, role: 'region' }}
    >
      {children}
    </ScrollArea>
  </aside>
);

import { CloseButton, Drawer, type MantineSize, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './ui.module.css';
import { useFocusBack } from './use-focus-back.ts';

type Props = { title: string; size?: MantineSize; onClose(): void; children: ReactNode };

/** The heading is not a `<header>`: inside a dialog that would count as a second banner of the page. */
export const Dialog = ({ title, size = 'md', onClose, children }: Props) => {
  useFocusBack();
  return (
    <Modal.Root opened onClose={onClose} size={size}>
      <Modal.Overlay />
      <Modal.Content>
        <div className={classes['dialogHead']}>
          <Modal.Title>{title}</Modal.Title>
          <CloseButton aria-label="Close" onClick={onClose} />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
};

export const SideSheet = ({ title, onClose, children }: Props) => {
  useFocusBack();
  return (
    <Drawer.Root opened onClose={onClose} position="right" size={460}>
      <Drawer.Overlay />
      <Drawer.Content>
        <div className={classes['dialogHead']}>
          <Drawer.Title>{title}</Drawer.Title>
          <CloseButton aria-label="Close" onClick={onClose} />
        </div>
        <Drawer.Body>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
};

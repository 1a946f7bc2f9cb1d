import type { ReactNode } from 'react';
import classes from './ui.module.css';

/** Something that names another thing of the picture: a click selects it. */
export const Link = ({ onClick, children, title }: { onClick(): void; children: ReactNode; title?: string }) => (
  <button type="button" className={classes['link']} onClick={onClick} {...(title ? { title } : {})}>
    {children}
  </button>
);

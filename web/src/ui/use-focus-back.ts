import { useEffect, useState } from 'react';

/** What had the focus; for an item of a menu, which is gone once it is chosen, the button that opened the menu. */
const focused = (): Element | null => {
  const active = document.activeElement;
  const opener = active?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  return opener ? document.getElementById(opener) : active;
};

/** Gives the focus back when a layer goes. Layers here are mounted open, and Mantine gives it back only to those that stay. */
export const useFocusBack = (): void => {
  const [before] = useState(focused);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    },
    [before],
  );
};

import { defaultView } from '@busbar/shared/view/view';
import { expect, test } from 'vitest';
import { titleOf } from './title.ts';

test.each([
  [{}, 'Busbar'],
  [{ lens: 'table' }, 'Table · Busbar'],
  [{ select: 'pod:media/pod1#1' }, 'media/pod1#1 · Busbar'],
  [{ select: 'card:ns:tenant-1~failing' }, 'tenant-1 · Busbar'],
  [{ select: 'MN130:nad:networks/gone-2' }, 'MN130 networks/gone-2 · Busbar'],
  [{ select: 'pod:media/pod1', rule: 'MN104' }, 'MN104 · Busbar'],
] as const)('%o is called %s', (view, title) => {
  expect(titleOf({ ...defaultView, ...view }, null)).toBe(title);
});

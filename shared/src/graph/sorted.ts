/** Where an item belongs in an ordered list: the index of the first that is not before it. */
export function placeOf<T>(list: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(list[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const addSorted = (list: string[], text: string): void => {
  const at = placeOf(list, (item) => item < text);
  if (list[at] !== text) list.splice(at, 0, text);
};

export const removeSorted = (list: string[], text: string): void => {
  const at = placeOf(list, (item) => item < text);
  if (list[at] === text) list.splice(at, 1);
};

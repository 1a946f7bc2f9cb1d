/** 12345 as 12,345. `toLocaleString` costs more than all else that is done for a card. */
export const thousands = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

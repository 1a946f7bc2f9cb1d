import { parseQuery } from '@busbar/shared/view/query';

/** Why a query cannot be read, in words for the box it was typed into; null when it can. */
export const queryError = (text: string): string | null => parseQuery(text).error?.message ?? null;

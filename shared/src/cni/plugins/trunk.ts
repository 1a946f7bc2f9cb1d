import { asRecord, excerpt } from '../../kube/read.ts';
import type { Check } from './schema.ts';

/** VLAN trunk items of bridge and ovs: `{id}` or `{minID, maxID}`, 1 to 4094, minID not above maxID. */
export function checkTrunk(c: Check, key: string, slug: string): void {
  const list = c.get(key);
  if (!Array.isArray(list)) return;
  for (const [i, item] of list.slice(0, 100).entries()) {
    const problem = trunkProblem(item);
    if (problem) c.error(slug, `Item ${i + 1} of "${key}" ${problem}.`, key, i);
  }
}

function trunkProblem(item: unknown): string | undefined {
  const record = asRecord(item);
  if (!record) return `is ${excerpt(item)} where an object is wanted`;
  for (const key of ['id', 'minID', 'maxID']) {
    const value = record[key];
    if (value === undefined || value === null) continue;
    if (!Number.isInteger(value) || Number(value) < 1 || Number(value) > 4094)
      return `has the ${key} ${excerpt(value)}; it must be from 1 to 4094`;
  }
  const { minID, maxID } = record;
  if ((minID === undefined) !== (maxID === undefined)) return 'has only one of minID and maxID';
  return Number(minID) > Number(maxID) ? `has a minID ${excerpt(minID)} above its maxID ${excerpt(maxID)}` : undefined;
}

import type { KubeObject } from '@busbar/shared/kube/object';
import { reportedPods } from '../cluster.ts';
import { serveBusbar } from '../follow.ts';
import { type Line, median, ms, type Row } from '../row.ts';

const ROUNDS = 5;
/** Each pod that is looked for is another one: nothing must come from what was just asked. */
const LOOKED_AT = 2000;

type Status = { interface: string; ips: string[]; mac: string }[];
const statusOf = ({ metadata }: KubeObject): Status =>
  JSON.parse(metadata.annotations?.['k8s.v1.cni.cncf.io/network-status'] ?? '[]') as Status;

/** How long a person waits for an answer: over HTTP, the whole body read, each query one that was not asked before. */
export const answers: Row = {
  id: 'answers',
  measure: async (bench, size) => {
    const pods = reportedPods(size, LOOKED_AT).filter((each) => statusOf(each).length > 1);
    const { origin, stop } = await serveBusbar(await bench.api(size));
    try {
      const get = async (path: string): Promise<unknown> => {
        const response = await fetch(`${origin}/api/v1/${path}`);
        if (!response.ok) throw new Error(`GET ${path}: HTTP ${response.status}`);
        return response.json();
      };
      const timed = async (pathOf: (round: number) => string): Promise<number[]> => {
        const took: number[] = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          const start = performance.now();
          await get(pathOf(round));
          took.push(performance.now() - start);
        }
        return took;
      };
      const line = (what: string, limit: number, took: readonly number[]): Line => ({
        size,
        what,
        budget: `<= ${limit} ms`,
        figure: `${ms(median(took))}, slowest ${ms(Math.max(...took))}`,
        met: median(took) <= limit,
      });
      const pick = (round: number): KubeObject | undefined => pods[Math.floor((round * pods.length) / ROUNDS)];
      const search = (text: string | undefined): string => `search?q=${encodeURIComponent(text ?? '')}`;
      const searches = [
        ...(await timed((round) => search(pick(round)?.metadata.name))),
        ...(await timed((round) => search(statusOf(pick(round) as KubeObject)[1]?.ips[0]))),
        ...(await timed((round) => search(statusOf(pick(round) as KubeObject)[1]?.mac))),
      ];
      const view = (query: string): string => `graph?view=${encodeURIComponent(query)}`;
      const filters = [
        ...(await timed((round) => view(`ns=tenant-${round + 1}`))),
        ...(await timed((round) => view(`state=failed&hide=app-${round}`))),
      ];
      const whole = (await get('graph')) as { cards: { expandable: boolean; group?: string }[] };
      const groups = whole.cards.filter(({ expandable, group }) => expandable && group !== undefined);
      const opened = await timed((round) => view(`open=${encodeURIComponent(groups[round]?.group ?? '')}`));
      return [
        line('search for a pod, an address, a MAC', 300, searches),
        line('filter', 500, filters),
        line('open a group', 500, opened),
      ];
    } finally {
      await stop();
    }
  },
};

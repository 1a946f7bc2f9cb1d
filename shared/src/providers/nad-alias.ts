import type { Alias } from '../model/topology.ts';

export const nadAlias = (namespace: string, name: string): Alias => ({ scheme: 'nad', value: `${namespace}/${name}` });

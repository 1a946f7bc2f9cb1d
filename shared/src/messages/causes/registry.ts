import type { CauseGroup } from '../types.ts'
import { reference } from './reference.ts'
import { selection } from './selection.ts'

/** Tried in this order; within a group from special to general. */
export const groups: readonly CauseGroup[] = [selection, reference]

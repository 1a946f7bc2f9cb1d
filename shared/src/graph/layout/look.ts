import type { AttachmentState } from '../../model/topology.ts';
import type { Health } from '../lens-doc.ts';

/** How a state is drawn: always a shape and a colour, never a colour alone. */
export type Tone = 'network' | 'error' | 'warning' | 'muted' | 'faint';
export type DropEnd = 'dot' | 'ring' | 'diamond' | 'square' | 'slash' | 'question' | 'half';
export type DropLook = {
  line: 'solid' | 'dashed' | 'dotted';
  /** The line from the port to the break is solid, from there on dotted, with a cross between. */
  broken: boolean;
  tone: Tone;
  width: number;
  end: DropEnd;
};

const LOOKS: Record<AttachmentState, DropLook> = {
  attached: { line: 'solid', broken: false, tone: 'network', width: 2, end: 'dot' },
  mismatch: { line: 'solid', broken: false, tone: 'warning', width: 2, end: 'diamond' },
  failed: { line: 'dotted', broken: true, tone: 'error', width: 2, end: 'ring' },
  blocked: { line: 'dotted', broken: false, tone: 'muted', width: 1.5, end: 'ring' },
  pending: { line: 'dashed', broken: false, tone: 'network', width: 2, end: 'half' },
  missing: { line: 'solid', broken: false, tone: 'error', width: 1.5, end: 'ring' },
  unexpected: { line: 'solid', broken: false, tone: 'warning', width: 1.5, end: 'square' },
  ended: { line: 'solid', broken: false, tone: 'faint', width: 1.5, end: 'dot' },
  ignored: { line: 'dashed', broken: false, tone: 'warning', width: 1.5, end: 'slash' },
  unknown: { line: 'dotted', broken: false, tone: 'muted', width: 1.5, end: 'question' },
};

export const dropLook = (state: AttachmentState): DropLook => LOOKS[state];

export const healthTone = (health: Health): Tone => {
  switch (health) {
    case 'failing':
      return 'error';
    case 'warning':
      return 'warning';
    case 'ended':
      return 'faint';
    case 'ok':
    case 'pending':
    case 'unknown':
      return 'muted';
    default:
      return health satisfies never;
  }
};

import type { Tone } from './look.ts';

/** The colours of the picture, the same in the page, on the canvas and in an exported file. */
export type Palette = {
  name: 'light' | 'dark';
  page: string;
  panel: string;
  sunken: string;
  line: string;
  strong: string;
  text: string;
  muted: string;
  faint: string;
  accent: string;
  accentSoft: string;
  error: string;
  errorSoft: string;
  warning: string;
  warningSoft: string;
  ok: string;
  okSoft: string;
  band: string;
  card: string;
  cardLine: string;
  quiet: string;
  /** Categorical, without red, which is kept for failures. */
  hues: readonly string[];
};

export const lightPalette: Palette = {
  name: 'light',
  page: '#f6f8fb',
  panel: '#ffffff',
  sunken: '#f1f4f8',
  line: '#e1e6ed',
  strong: '#c5cdd9',
  text: '#17202e',
  muted: '#566274',
  faint: '#9aa5b5',
  accent: '#2160d4',
  accentSoft: '#e7effc',
  error: '#cf222e',
  errorSoft: '#fdebec',
  warning: '#9a5b00',
  warningSoft: '#fdf3e0',
  ok: '#1a7f4b',
  okSoft: '#e4f5ec',
  band: '#ebeff5',
  card: '#ffffff',
  cardLine: '#cfd7e2',
  quiet: '#a6b1c1',
  hues: ['#2a8c96', '#7a5af0', '#2f74d8', '#b8651b', '#2c8f58', '#a8479f', '#6f7f1e', '#4a5fc1', '#8a6d3b', '#3f7f9f'],
};

export const darkPalette: Palette = {
  name: 'dark',
  page: '#0d1219',
  panel: '#151c26',
  sunken: '#0f151d',
  line: '#263040',
  strong: '#3a4657',
  text: '#e6ebf2',
  muted: '#9aa7b8',
  faint: '#5f6c7e',
  accent: '#74a6ff',
  accentSoft: '#18283f',
  error: '#ff6b72',
  errorSoft: '#3a181d',
  warning: '#eab04e',
  warningSoft: '#33270f',
  ok: '#4cc38a',
  okSoft: '#12301f',
  band: '#151c26',
  card: '#1d2632',
  cardLine: '#364254',
  quiet: '#56637a',
  hues: ['#2f97a3', '#7f63ee', '#3a7fe0', '#bf6f26', '#2f9a62', '#b556ac', '#85962f', '#6377dd', '#a08149', '#4b91b3'],
};

export const paletteOf = (theme: 'light' | 'dark'): Palette => (theme === 'dark' ? darkPalette : lightPalette);

export const hueOf = (palette: Palette, hue: number): string =>
  palette.hues[((hue % palette.hues.length) + palette.hues.length) % palette.hues.length] ?? palette.muted;

/** A rail that stands for many networks has the colour of none. */
export const railColor = (palette: Palette, rail: { hue: number; networks?: number } | undefined): string =>
  rail?.networks === undefined ? hueOf(palette, rail?.hue ?? 0) : palette.quiet;

export const toneColor = (palette: Palette, tone: Tone, network: string): string => {
  switch (tone) {
    case 'network':
      return network;
    case 'error':
      return palette.error;
    case 'warning':
      return palette.warning;
    case 'muted':
      return palette.quiet;
    case 'faint':
      return palette.strong;
    default:
      return tone satisfies never;
  }
};

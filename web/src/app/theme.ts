import { darkPalette, lightPalette, type Palette } from '@busbar/shared/graph/layout/palette';
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const blue: MantineColorsTuple = [
  '#eaf1fd',
  '#d3e1fa',
  '#a5c2f4',
  '#74a6ff',
  '#4c86ea',
  '#2f74d8',
  '#2160d4',
  '#1a4fb3',
  '#164293',
  '#113473',
];

/** Mantine's surfaces in the dark theme, from text (0) to the deepest (9). */
const dark: MantineColorsTuple = [
  '#e6ebf2',
  '#c3ccd8',
  '#9aa7b8',
  '#5f6c7e',
  '#263040',
  '#1d2632',
  '#151c26',
  '#151c26',
  '#0d1219',
  '#0a0e14',
];

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: 6,
  autoContrast: true,
  colors: { blue, dark },
  defaultRadius: 6,
  respectReducedMotion: true,
  cursorType: 'pointer',
  // The placeholder that Mantine puts first in a menu is no menu item: assistive technology would stumble over it.
  components: { Menu: { defaultProps: { withInitialFocusPlaceholder: false } } },
  fontFamily: 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
});

const own = (palette: Palette): Record<string, string> => ({
  '--bb-page': palette.page,
  '--bb-panel': palette.panel,
  '--bb-sunken': palette.sunken,
  '--bb-line': palette.line,
  '--bb-strong': palette.strong,
  '--bb-text': palette.text,
  '--bb-muted': palette.muted,
  '--bb-faint': palette.faint,
  '--bb-accent': palette.accent,
  '--bb-accent-soft': palette.accentSoft,
  '--bb-error': palette.error,
  '--bb-error-soft': palette.errorSoft,
  '--bb-warning': palette.warning,
  '--bb-warning-soft': palette.warningSoft,
  '--bb-ok': palette.ok,
  '--bb-ok-soft': palette.okSoft,
  '--bb-card': palette.card,
  '--bb-card-line': palette.cardLine,
  '--mantine-color-body': palette.panel,
  '--mantine-color-text': palette.text,
  '--mantine-color-dimmed': palette.muted,
  '--mantine-color-placeholder': palette.muted,
  '--mantine-color-default': palette.panel,
  '--mantine-color-default-border': palette.line,
  '--mantine-color-default-color': palette.text,
  '--mantine-color-error': palette.error,
  '--mantine-color-anchor': palette.accent,
});

/** The picture and the page around it take their colours from one palette. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: own(lightPalette),
  dark: own(darkPalette),
});

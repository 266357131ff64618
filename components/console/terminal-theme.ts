import type { ITheme } from '@xterm/xterm';

import type { PageTheme } from '@/components/charts/use-page-theme';

/** The sixteen ANSI colours, each readable on its background (WCAG AA, `black`/`white` apart). */
const DARK: ITheme = {
  background: '#0d1017',
  foreground: '#d8dce6',
  cursor: '#8ea6ff',
  cursorAccent: '#0d1017',
  selectionBackground: '#33467c',
  selectionInactiveBackground: '#2a3350',
  black: '#3a4152',
  red: '#ff7b85',
  green: '#7fd88f',
  yellow: '#e9c46a',
  blue: '#82aaff',
  magenta: '#d59bf6',
  cyan: '#6fd3e0',
  white: '#cfd5e3',
  brightBlack: '#7d879c',
  brightRed: '#ff9aa2',
  brightGreen: '#a3e8ae',
  brightYellow: '#f5d98f',
  brightBlue: '#a9c4ff',
  brightMagenta: '#e4bdfa',
  brightCyan: '#9be5ee',
  brightWhite: '#ffffff',
  scrollbarSliderBackground: '#ffffff29',
  scrollbarSliderHoverBackground: '#ffffff47',
  scrollbarSliderActiveBackground: '#ffffff5c',
};

const LIGHT: ITheme = {
  background: '#fdfdfe',
  foreground: '#23262f',
  cursor: '#3355dd',
  cursorAccent: '#ffffff',
  selectionBackground: '#c3d1ff',
  selectionInactiveBackground: '#dde4fb',
  black: '#23262f',
  red: '#b3212f',
  green: '#1f7038',
  yellow: '#855800',
  blue: '#2450c8',
  magenta: '#8b2fae',
  cyan: '#0e6a7c',
  white: '#6a7080',
  brightBlack: '#5d6474',
  brightRed: '#c42a3a',
  brightGreen: '#24783e',
  brightYellow: '#8f6000',
  brightBlue: '#3560dd',
  brightMagenta: '#9c3cc0',
  brightCyan: '#137386',
  brightWhite: '#4b5160',
  scrollbarSliderBackground: '#0000002b',
  scrollbarSliderHoverBackground: '#00000047',
  scrollbarSliderActiveBackground: '#0000005c',
};

export function terminalTheme(theme: PageTheme): ITheme {
  return theme === 'dark' ? DARK : LIGHT;
}

import type { Style } from './ansi-text.ts';

export interface Theme {
  background: string;
  border: string;
  text: string;
  colours: Record<NonNullable<Style['colour']>, string>;
}

/** How much of dim text is seen. */
export const DIM_OPACITY = 0.72;

/** The two that pages are read in. Black and white, too, can be read on their background. */
export const themes: Record<'light' | 'dark', Theme> = {
  light: {
    background: '#ffffff',
    border: '#d1d9e0',
    text: '#1f2328',
    colours: {
      black: '#1f2328',
      red: '#cf222e',
      green: '#116329',
      yellow: '#7d4e00',
      blue: '#0969da',
      magenta: '#8250df',
      cyan: '#1b6c73',
      white: '#59636e',
    },
  },
  dark: {
    background: '#0d1117',
    border: '#3d444d',
    text: '#e6edf3',
    colours: {
      black: '#9198a1',
      red: '#ff7b72',
      green: '#3fb950',
      yellow: '#d29922',
      blue: '#58a6ff',
      magenta: '#bc8cff',
      cyan: '#39c5cf',
      white: '#e6edf3',
    },
  },
};

import { COLOURS, type Piece, type Style } from './ansi-text.ts';
import { DIM_OPACITY, type Theme } from './themes.ts';

export interface Screen {
  /** What a person sees who can't see the picture. */
  title: string;
  lines: Piece[][];
}

/**
 * A screen as an SVG: the same bytes for the same screen. Each word stands in a column of its own width, whatever font
 * there is, so that what stands in columns goes on doing so.
 * @throws for letters that take two columns of a terminal
 */
export function drawScreen({ title, lines }: Screen, theme: Theme): string {
  const columns = Math.max(COLUMNS_MIN, ...lines.map(columnsOf));
  const width = columns * CELL_WIDTH + 2 * MARGIN;
  const height = lines.length * CELL_HEIGHT + 2 * MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>`,
    `text { font: ${FONT_SIZE}px ${FONTS}; fill: ${theme.text}; white-space: pre }`,
    `.bold { font-weight: 700 }`,
    `.dim { opacity: ${DIM_OPACITY} }`,
    ...COLOURS.map((colour) => `.${colour} { fill: ${theme.colours[colour]} }`),
    `</style>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6" fill="${theme.background}" stroke="${theme.border}"/>`,
    ...lines.flatMap(drawLine),
    `</svg>`,
    '',
  ].join('\n');
}

/** Pixels. A letter of a monospaced font is 0.6 of its size wide, or nearly. */
const FONT_SIZE = 15;

const CELL_WIDTH = 9;

const CELL_HEIGHT = 20;

/** From a cell's upper end to the line on which letters stand. */
const BASE_LINE = 15;

const MARGIN = 18;

const COLUMNS_MIN = 80;

const FONTS =
  'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';

/**
 * What is placed by itself: words with single spaces between them, and each letter that a monospaced font may lack, since
 * it then comes from another font, with another width.
 */
const UNIT = /[!-~]+(?: [!-~]+)*|[^ -~]/g;

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\p{M}/u;

function columnsOf(pieces: Piece[]): number {
  const text = pieces.map((piece) => piece.text).join('');
  const [wide] = WIDE.exec(text) ?? [];
  if (wide !== undefined)
    throw new Error(`the picture of a screen has no place for ${wide}, which is not one column wide`);
  return [...text].length;
}

function drawLine(pieces: Piece[], row: number): string[] {
  const y = MARGIN + row * CELL_HEIGHT + BASE_LINE;
  let column = 0;
  return pieces.flatMap((piece) => {
    const first = column;
    column += [...piece.text].length;
    return [...piece.text.matchAll(UNIT)].map(([unit], index, all) => {
      const x = MARGIN + (first + (all[index]?.index ?? 0)) * CELL_WIDTH;
      const length = [...unit].length * CELL_WIDTH;
      return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${classOf(piece)}>${escaped(unit)}</text>`;
    });
  });
}

function classOf({ colour, isBold, isDim }: Style): string {
  const names = [...(isBold ? ['bold'] : []), ...(isDim ? ['dim'] : []), ...(colour === null ? [] : [colour])];
  return names.length === 0 ? '' : ` class="${names.join(' ')}"`;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const escaped = (text: string): string => text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);

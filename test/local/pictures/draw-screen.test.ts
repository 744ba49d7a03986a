import { readAnsi } from '../../../local/pictures/ansi-text.ts';
import { drawScreen } from '../../../local/pictures/draw-screen.ts';
import { DIM_OPACITY, themes } from '../../../local/pictures/themes.ts';

const ESC = String.fromCharCode(27);
const draw = (text: string, theme = themes.light): string =>
  drawScreen({ title: 'A screen', lines: readAnsi(text) }, theme);

interface Placed {
  column: number;
  columns: number;
  text: string;
}

/** What was drawn in a line, in columns of a terminal. */
const placed = (svg: string): Placed[] =>
  [...svg.matchAll(/<text x="(\d+)" y="\d+" textLength="(\d+)"[^>]*>([^<]*)</g)].map(([, x, length, text = '']) => ({
    column: (Number(x) - 18) / 9,
    columns: Number(length) / 9,
    text,
  }));

describe('the picture of a screen', () => {
  it('has each word in its own column, and as wide as in a terminal', () => {
    expect(placed(draw('  dev   all 8 asleep'))).toEqual([
      { column: 2, columns: 3, text: 'dev' },
      { column: 8, columns: 12, text: 'all 8 asleep' },
    ]);
  });

  it('places a sign by itself, since a font may lack it, and what follows where it belongs', () => {
    expect(placed(draw(`${ESC}[32m✓${ESC}[39m 11 of 11 … and more`))).toEqual([
      { column: 0, columns: 1, text: '✓' },
      { column: 2, columns: 8, text: '11 of 11' },
      { column: 11, columns: 1, text: '…' },
      { column: 13, columns: 8, text: 'and more' },
    ]);
  });

  it('says <, > and & as they are', () => {
    expect(placed(draw('<b> & </b>'))[0]).toEqual({ column: 0, columns: 10, text: '&lt;b&gt; &amp; &lt;/b&gt;' });
  });

  it('is as wide as its longest line, and 80 columns at least', () => {
    expect(draw('short')).toContain('<svg xmlns="http://www.w3.org/2000/svg" width="756" height="56"');
    expect(draw(`one\n${'x'.repeat(100)}`)).toContain(' width="936" height="76"');
  });

  it.each(['日本', '⏰', 'e\u0301'])('is refused for %s, which is not as wide as a letter', (text) => {
    expect(() => draw(`at ${text}`)).toThrow('which is not one column wide');
  });
});

/** As WCAG has it: 1 is none, and from 4.5 on small text can be read. */
function contrast(colour: string, background: string): number {
  const [light = 0, dark = 0] = [luminance(colour), luminance(background)].sort((one, other) => other - one);
  return (light + 0.05) / (dark + 0.05);
}

const channels = (colour: string): number[] => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** A colour as it looks if its background shines through. */
const mixed = (colour: string, background: string, opacity: number): string =>
  `#${channels(colour)
    .map((channel, index) => Math.round(channel * opacity + (channels(background)[index] ?? 0) * (1 - opacity)))
    .map((channel) => channel.toString(16).padStart(2, '0'))
    .join('')}`;

describe.each(Object.entries(themes))('in %s', (_, { background, text, colours }) => {
  it.each(Object.entries(colours))('%s can be read', (__, colour) => {
    expect(contrast(colour, background)).toBeGreaterThan(4.5);
  });

  it('text can be read, even if it is dim', () => {
    expect(contrast(mixed(text, background, DIM_OPACITY), background)).toBeGreaterThan(4.5);
  });
});

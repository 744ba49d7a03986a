import { SCRIPT, STYLE } from '../../../../../../functions/domain/report/page/markup/assets.ts';

/** The colours of a scheme, by name: those of the dark one stand after it. */
const coloursOf = (text: string): Map<string, string> =>
  new Map([...text.matchAll(/--([\w-]+): ?(#[0-9a-f]{3,6})/g)].map(([, name = '', colour = '']) => [name, colour]));

const [light = '', dark = ''] = STYLE.split('prefers-color-scheme:dark');
const SCHEMES = [
  ['light', coloursOf(light)],
  ['dark', coloursOf(dark.split('*{box-sizing')[0] ?? '')],
] as const;

const channels = (colour: string): number[] => {
  const digits = colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour;
  return [1, 3, 5].map((from) => Number.parseInt(digits.slice(from, from + 2), 16) / 255);
};

/** As WCAG 2 defines it. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one: string, other: string): number => {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (bright + 0.05) / (dim + 0.05);
};

describe.each(SCHEMES)('the colours, %s', (_, colours) => {
  const against = (ground: string, name: string) => contrast(colours.get(name) ?? '', colours.get(ground) ?? '');

  it.each(['ink', 'ink-2', 'ink-3', 'bad', 'good', 'out', 'link'])('%s can be read as a text', (name) => {
    expect(against('paper', name)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['boot', 'good', 'back', 'hair', 'bad', 'out', 'prove-slope'])('%s can be seen as a shape', (name) => {
    const ground = name === 'prove-slope' ? 'prove' : 'paper';
    expect(against(ground, name)).toBeGreaterThanOrEqual(3);
  });

  it('letters on bars can be read', () => {
    expect(against('boot', 'on-boot')).toBeGreaterThanOrEqual(4.5);
    expect(against('good', 'on-dark')).toBeGreaterThanOrEqual(4.5);
    expect(against('back', 'on-dark')).toBeGreaterThanOrEqual(4.5);
  });
});

describe('what the page loads', () => {
  it('is nothing: no address stands in its styles, and none but a namespace in its script', () => {
    expect(STYLE.match(/https?:|@import|url\((?!#)/g)).toBeNull();
    expect(SCRIPT.match(/https?:\/\/[\w./]*/g)).toEqual(['http://www.w3.org/2000/svg']);
    expect(SCRIPT).not.toMatch(/fetch\(|XMLHttpRequest|import\(|eval\(|innerHTML|<\/script/);
  });
});

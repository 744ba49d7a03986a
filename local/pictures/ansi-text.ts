/** The eight colours of a terminal, in the order of their codes 30 to 37. */
export const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

export interface Style {
  /** null: the terminal's own. */
  colour: (typeof COLOURS)[number] | null;
  isBold: boolean;
  isDim: boolean;
}

/** A piece of one line that looks the same from its beginning to its end. */
export interface Piece extends Style {
  text: string;
}

/**
 * Reads what a command prints: the eight colours, bold and dim. A style goes on over the ends of lines, as in a terminal.
 * @returns the pieces of each line
 * @throws for any other order to a terminal, and any other control character: a picture would leave it out in silence
 */
export function readAnsi(text: string): Piece[][] {
  let style = PLAIN;
  return text.split('\n').map((line) =>
    line.split(ORDER).flatMap((part, index): Piece[] => {
      if (index % 2 === 0) return part === '' ? [] : [{ text: printed(part), ...style }];
      style = part.split(';').reduce(restyle, style);
      return [];
    }),
  );
}

const PLAIN: Style = { colour: null, isBold: false, isDim: false };

/** An order about style; what it catches is its codes. */
const ORDER = new RegExp(`${String.fromCharCode(27)}\\[([\\d;]*)m`);

const ORDERS: Record<string, Partial<Style>> = {
  '': PLAIN,
  '0': PLAIN,
  '1': { isBold: true },
  '2': { isDim: true },
  '22': { isBold: false, isDim: false },
  '39': { colour: null },
  ...Object.fromEntries(COLOURS.map((colour, index) => [String(30 + index), { colour }])),
};

function restyle(style: Style, code: string): Style {
  const change = ORDERS[code];
  if (change === undefined) throw new Error(`the picture of a screen knows no style of the code ${code}`);
  return { ...style, ...change };
}

function printed(text: string): string {
  const [control] = /\p{Cc}/u.exec(text) ?? [];
  if (control === undefined) return text;
  throw new Error(`the picture of a screen knows no control character ${JSON.stringify(control)}`);
}

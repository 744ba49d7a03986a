import stringWidth from 'string-width';

/** How many columns of a terminal a text takes: Japanese letters take two, colours none. */
export const widthOf = (text: string): number => stringWidth(text);

/** A text with spaces after it, up to a width. One that is wider stays as it is. */
export const padTo = (text: string, columns: number): string =>
  `${text}${' '.repeat(Math.max(0, columns - widthOf(text)))}`;

/** As much of a text without colours as fits, with a mark at its end if something is missing. */
export function cutTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  for (const letter of text) {
    if (widthOf(`${kept}${letter}…`) > columns) break;
    kept += letter;
  }
  return `${kept}…`;
}

/** Puts parts behind each other, and begins a new line where the next part doesn't fit: a part is never divided. */
export function foldParts(parts: string[], columns: number, separator = ' '): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const longer = `${last}${separator}${part}`;
    if (last !== undefined && widthOf(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

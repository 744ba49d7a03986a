/** A piece of markup: only `html` and `trusted` make one, so whatever else is put into a page is a text, and is escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What can stand in a template: null and false stand for nothing. */
export type Piece = Markup | string | number | null | false | readonly Piece[];

/** Markup from a template. What is filled in is escaped, unless it is markup itself: in a text as in a quoted attribute. */
export const html = (parts: TemplateStringsArray, ...pieces: Piece[]): Markup =>
  new Markup(parts.map((part, index) => (index === 0 ? part : `${textOf(pieces[index - 1] ?? null)}${part}`)).join(''));

/** For what is ours and no template: style sheets, scripts, paths. */
export const trusted = (text: string): Markup => new Markup(text);

/** Pieces with something between them. */
export const joined = (pieces: readonly Piece[], between: Piece): Markup =>
  new Markup(pieces.map(textOf).join(textOf(between)));

/** A value as JSON that can stand in a script element: no letter in it ends the element. Names of its fields are ours. */
export const jsonOf = (value: unknown): Markup =>
  new Markup(
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? visibleText(part) : part))
      .replace(/</g, '\\u003c')
      .replace(/>/g, '\\u003e')
      .replace(/&/g, '\\u0026'),
  );

/**
 * A text of which each letter is seen: one that turns the direction of others, joins lines or hides could let a text look
 * like another one.
 */
const visibleText = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function textOf(piece: Piece): string {
  if (piece === null || piece === false) return '';
  if (piece instanceof Markup) return piece.text;
  if (Array.isArray(piece)) return piece.map(textOf).join('');
  return visibleText(String(piece)).replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '');
}

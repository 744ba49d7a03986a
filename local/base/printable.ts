/** What shows nothing of its own, but can move the cursor, change colours, hide or reverse what stands around it. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * One line of text that a terminal can't mistake for an order: control characters, those of direction, line breaks and
 * all else that is invisible become escapes that can be read, such as \x1b or \u202e. For every text that comes from
 * outside (names in a fleet file, paths, values of flags) before it is printed. Everything else stays as it is.
 */
export const printable = (text: string): string => text.replace(UNPRINTABLE, escapeOf);

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

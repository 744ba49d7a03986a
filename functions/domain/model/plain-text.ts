import { PLAIN_TEXT_LENGTH_MAX } from './limits.ts';

/** Texts of AWS and of instances are not ours: control characters go, and the length is bounded. */
export const plainText = (text: string): string =>
  boundedText(text.replace(/[\p{C}\s]+/gu, ' ').trim(), PLAIN_TEXT_LENGTH_MAX);

/** The same of a text of which the end tells most: what an updater has printed. */
export function plainEnd(text: string): string {
  const characters = [...text.replace(/[\p{C}\s]+/gu, ' ').trim()];
  return characters.length <= PLAIN_TEXT_LENGTH_MAX
    ? characters.join('')
    : `…${characters.slice(1 - PLAIN_TEXT_LENGTH_MAX).join('')}`;
}

/** At most `max` characters of a text. One that is longer is cut between two characters, and ends with the mark. */
export function boundedText(text: string, max: number, mark = '…'): string {
  if (text.length <= max) return text;
  // A character has one or two units, so this many units hold all that can stay; a whole text could be megabytes.
  const characters = [...text.slice(0, max * 2)];
  return `${characters.slice(0, max - mark.length).join('')}${mark}`;
}

import { PLAIN_TEXT_BYTES_MAX, PLAIN_TEXT_LENGTH_MAX } from './limits.ts';

/** Texts of AWS and of instances are not ours: control characters go, and the length is bounded. */
export const plainText = (text: string): string => withinBytes(boundedText(cleared(text), PLAIN_TEXT_LENGTH_MAX));

/** The same of a text of which the end tells most: what an updater has printed. */
export function plainEnd(text: string): string {
  const all = [...cleared(text)];
  const end = all.slice(-PLAIN_TEXT_LENGTH_MAX);
  if (end.length === all.length && bytesOf(end) <= PLAIN_TEXT_BYTES_MAX) return end.join('');
  const kept = ['…', ...end.slice(1)];
  while (bytesOf(kept) > PLAIN_TEXT_BYTES_MAX) kept.splice(1, 1);
  return kept.join('');
}

const cleared = (text: string): string => text.replace(/[\p{C}\s]+/gu, ' ').trim();

const bytesOf = (characters: string[]): number => Buffer.byteLength(characters.join(''));

/** Most texts are of one byte a letter, and far below. */
function withinBytes(text: string): string {
  if (Buffer.byteLength(text) <= PLAIN_TEXT_BYTES_MAX) return text;
  const kept = [...text.slice(0, PLAIN_TEXT_LENGTH_MAX * 2), '…'];
  while (bytesOf(kept) > PLAIN_TEXT_BYTES_MAX) kept.splice(-2, 1);
  return kept.join('');
}

/** At most `max` characters of a text. One that is longer is cut between two characters, and ends with the mark. */
export function boundedText(text: string, max: number, mark = '…'): string {
  if (text.length <= max) return text;
  // A character has one or two units, so this many units hold all that can stay; a whole text could be megabytes.
  const characters = [...text.slice(0, max * 2)];
  return `${characters.slice(0, max - mark.length).join('')}${mark}`;
}

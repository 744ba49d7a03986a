const TEXT_LENGTH_MAX = 300;

/** Texts of AWS and of instances are not ours: control characters go, and the length is bounded. */
export function plainText(text: string): string {
  const oneLine = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  if (oneLine.length <= TEXT_LENGTH_MAX) return oneLine;
  // By characters, not by halves of them.
  return `${[...oneLine].slice(0, TEXT_LENGTH_MAX - 1).join('')}…`;
}

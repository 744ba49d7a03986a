import * as z from 'zod';

const TEXT_LENGTH_MAX = 1000;

/**
 * What does not fit a schema, for people. Bounded, and without control characters: names of fields, and how many there
 * are, are whatever somebody sent, and a payload has its limit (docs/aws-behaviour.md 26).
 */
export function validationMessage(error: z.ZodError): string {
  const text = z.prettifyError(error).replace(/[^\P{C}\n]/gu, '?');
  if (text.length <= TEXT_LENGTH_MAX) return text;
  // By characters, not by halves of them.
  return `${[...text.slice(0, TEXT_LENGTH_MAX * 2)].slice(0, TEXT_LENGTH_MAX).join('')}…`;
}

import type * as z from 'zod';
import { VALIDATION_MESSAGE_LENGTH_MAX } from './limits.ts';
import { boundedText } from './plain-text.ts';
import { sentencesOf } from './plain-words.ts';

/**
 * What does not fit a schema, for people: a line for each field. Bounded, and without control characters: names of fields,
 * and how many there are, are whatever was sent, and a payload has its limit (docs/aws-behaviour.md 26).
 */
export const validationMessage = (error: z.ZodError): string =>
  boundedText(
    sentencesOf(error)
      .map((sentence) => sentence.replace(/\p{C}/gu, '?'))
      .join('\n'),
    VALIDATION_MESSAGE_LENGTH_MAX,
  );

import * as z from 'zod';
import { VALIDATION_MESSAGE_LENGTH_MAX } from './limits.ts';
import { boundedText } from './plain-text.ts';

/**
 * What does not fit a schema, for people. Bounded, and without control characters: names of fields, and how many there
 * are, are whatever was sent, and a payload has its limit (docs/aws-behaviour.md 26).
 */
export const validationMessage = (error: z.ZodError): string =>
  boundedText(z.prettifyError(error).replace(/[^\P{C}\n]/gu, '?'), VALIDATION_MESSAGE_LENGTH_MAX);

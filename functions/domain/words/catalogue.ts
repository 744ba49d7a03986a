// What people read of each reason code, in each language. The steps need the codes alone, and do not import this.
import type { ReasonCode } from '../model/reason-codes.ts';
import { exclusionWords } from './exclusion-words.ts';
import { leftToOthersWords } from './left-to-others-words.ts';
import { startFailureWords } from './start-failure-words.ts';
import { updateFailureWords } from './update-failure-words.ts';
import { waitWords } from './wait-words.ts';
import type { Language, ReportedWords, WaitWords, Words } from './words.ts';

/** The compiler refuses a code that has no words here, and a language that a code lacks. */
export const catalogue: Record<ReasonCode, ReportedWords | WaitWords> = {
  ...exclusionWords,
  ...leftToOthersWords,
  ...startFailureWords,
  ...updateFailureWords,
  ...waitWords,
};

/**
 * What people read of a code.
 * @param code of any report: one that is older or newer than this table stands for itself
 */
export function wordsOf(code: string, language: Language): Words {
  if (!Object.hasOwn(catalogue, code)) return { title: code, meaning: '', whatToDo: null };
  return { whatToDo: null, ...catalogue[code as ReasonCode][language] };
}

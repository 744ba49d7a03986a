import * as z from 'zod';

/** The languages of what people read. Pages, logs and what programs read are English. */
export const languageSchema = z.enum(['en', 'ja']);
export type Language = z.infer<typeof languageSchema>;

/** Texts are plain: no markup. A meaning and what to do are sentences about the instance, unless they name something else. */
export interface Words {
  /** A few words that stand for the code in a list. */
  title: string;
  meaning: string;
  /** What a person does about it; null for a code that is only waited for. */
  whatToDo: string | null;
}

/** Of a code that stands in a report. */
export type ReportedWords = Record<Language, Words & { whatToDo: string }>;

/** What is said of an error of AWS. */
export type ErrorWords = Pick<ReportedWords['en'], 'meaning' | 'whatToDo'>;

export type ErrorTexts = Record<Language, ErrorWords>;

/** Of a code that stands in logs and never in a report. */
export type WaitWords = Record<Language, Omit<Words, 'whatToDo'>>;

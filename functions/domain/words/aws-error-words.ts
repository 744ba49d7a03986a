// What people read of each error of AWS, in each language. The steps need the codes alone, and do not import this.
import { type AwsError, type ErrorName, errorNameOf } from '../model/aws-errors.ts';
import { instanceErrorWords } from './instance-error-words.ts';
import { laterErrorWords } from './later-error-words.ts';
import { limitErrorWords } from './limit-error-words.ts';
import { wholeAccountErrorWords } from './whole-account-error-words.ts';
import type { ErrorTexts, ErrorWords, Language } from './words.ts';

/** The compiler refuses an error that has no words here, and a language that one lacks. */
export const errorCatalogue: Record<ErrorName, ErrorTexts> = {
  ...laterErrorWords,
  ...limitErrorWords,
  ...instanceErrorWords,
  ...wholeAccountErrorWords,
};

/** Of a code that is in no row: AWS has more of them than any table, and new ones. */
export const unknownErrorWords: ErrorTexts = {
  en: {
    meaning: "This code is not in Reveille's table: what it means stands in the message of AWS.",
    whatToDo: "Read that message, and look the code up in AWS's documentation of the call.",
  },
  ja: {
    meaning: 'このコードは Reveille の表にありません。意味は AWS のメッセージを確認してください。',
    whatToDo: 'メッセージを読み、AWS のドキュメントでこの呼び出しのエラーコードを調べてください。',
  },
};

/** What people read of an error. Its name is AWS's own, in every language. */
export function wordsOfError(error: AwsError, language: Language): ErrorWords & { title: string } {
  const name = errorNameOf(error);
  const texts = name === null ? unknownErrorWords : errorCatalogue[name];
  return { title: `${error.call}: ${error.code}`, ...texts[language] };
}

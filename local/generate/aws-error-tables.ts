import { awsErrors, type ErrorKind, type ErrorName } from '../../functions/domain/model/aws-errors.ts';
import { errorCatalogue, unknownErrorWords } from '../../functions/domain/words/aws-error-words.ts';
import type { ErrorWords, Language } from '../../functions/domain/words/words.ts';

/** The first cell of each table's head says what its errors are; the others are the same everywhere. */
const HEADS: Record<Language, Record<ErrorKind | 'unknown', string> & { cells: string[] }> = {
  en: {
    'again-later': 'again later',
    capacity: 'no capacity',
    'account-limit': 'a limit of the account',
    'this-instance': 'this instance',
    'whole-account': 'the whole account',
    unknown: 'any other code',
    cells: ['what it means', 'what to do'],
  },
  ja: {
    'again-later': '再試行で解消',
    capacity: 'キャパシティ不足',
    'account-limit': 'アカウントのクォータ',
    'this-instance': 'このインスタンス',
    'whole-account': '全体に関わるもの',
    unknown: 'その他のコード',
    cells: ['意味', '対応'],
  },
};

/** The tables of docs/aws-errors.md in a language: the head of each, and its rows. */
export function awsErrorTables(language: Language): [string, () => string][] {
  const { cells, unknown, ...kinds } = HEADS[language];
  return [
    ...Object.entries(kinds).map(([kind, head]): [string, () => string] => [
      headOf([head, ...cells]),
      () => rowsOf(kind as ErrorKind, language),
    ]),
    [headOf([unknown, ...cells]), () => rowOf('', unknownErrorWords[language])],
  ];
}

const rowsOf = (kind: ErrorKind, language: Language): string =>
  (Object.keys(awsErrors) as ErrorName[])
    .filter((name) => awsErrors[name].kind === kind)
    .map((name) => rowOf(awsErrors[name].codes.map((code) => `\`${code}\``).join(', '), errorCatalogue[name][language]))
    .join('\n');

const rowOf = (first: string, { meaning, whatToDo }: ErrorWords): string => `| ${first} | ${meaning} | ${whatToDo} |`;

const headOf = (cells: string[]): string => `| ${cells.join(' | ')} |\n| ${cells.map(() => '---').join(' | ')} |\n`;

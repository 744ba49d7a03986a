import {
  exclusions,
  failures,
  handovers,
  refusals,
  remarks,
  waits,
} from '../../functions/domain/model/reason-codes.ts';
import { wordsOf } from '../../functions/domain/words/catalogue.ts';
import type { Language } from '../../functions/domain/words/words.ts';

/** The first cell of each table's head says what its codes do; the others are the same everywhere. */
const HEADS = {
  en: {
    failed: 'failed',
    excludedBadly: 'excluded, and the run fails',
    excluded: 'excluded, and the run may succeed',
    leftBadly: 'left to someone else, and the run fails',
    left: 'left to someone else',
    knownBadly: 'worth knowing, and the run fails',
    known: 'worth knowing',
    refused: 'refused',
    cells: ['in short', 'what it means', 'what to do'],
    waiting: ['waiting', 'in short', 'for what'],
  },
  ja: {
    failed: '失敗',
    excludedBadly: '対象外（実行は失敗）',
    excluded: '対象外（実行は成功しうる）',
    leftBadly: '停止せずに残した（実行は失敗）',
    left: '停止せずに残した',
    knownBadly: '補足（実行は失敗）',
    known: '補足',
    refused: '拒否',
    cells: ['要約', '意味', '対応'],
    waiting: ['待機', '要約', '待っているもの'],
  },
} as const;

/** The tables of docs/reasons.md in a language: the head of each, and its rows. */
export function reasonTables(language: Language): [string, () => string][] {
  const heads = HEADS[language];
  const reported: [string, readonly string[]][] = [
    [heads.failed, failures],
    [heads.excludedBadly, codesOf(exclusions, ({ benign }) => !benign)],
    [heads.excluded, codesOf(exclusions, ({ benign }) => benign)],
    [heads.leftBadly, codesOf(handovers, ({ failsRun }) => failsRun)],
    [heads.left, codesOf(handovers, ({ failsRun }) => !failsRun)],
    [heads.knownBadly, codesOf(remarks, ({ failsRun }) => failsRun)],
    [heads.known, codesOf(remarks, ({ failsRun }) => !failsRun)],
    [heads.refused, refusals],
  ];
  return [
    ...reported.map(([first, codes]): [string, () => string] => [
      headOf([first, ...heads.cells]),
      () => rows(codes, language),
    ]),
    [headOf(heads.waiting), () => rows(waits, language)],
  ];
}

const codesOf = <Row>(table: Record<string, Row>, isWanted: (row: Row) => boolean): string[] =>
  Object.entries(table)
    .filter(([, row]) => isWanted(row))
    .map(([code]) => code);

const headOf = (cells: readonly string[]): string => `${rowOf(cells)}\n${rowOf(cells.map(() => '---'))}\n`;

const rows = (codes: readonly string[], language: Language): string =>
  codes
    .map((code) => {
      const { title, meaning, whatToDo } = wordsOf(code, language);
      return rowOf([`\`${code}\``, title, meaning, ...(whatToDo === null ? [] : [whatToDo])]);
    })
    .join('\n');

const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

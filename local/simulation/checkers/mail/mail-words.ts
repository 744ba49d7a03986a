// What mails have to say in each language: a list of its own, so that a wrong phrase is noticed.
import type { Report, ReportInstance } from '../../../../functions/domain/report/report.ts';

/** The numbers of a headline. */
export interface ToldCounts {
  leftAwake: number;
  updated: number;
  intended: number;
  alreadyCurrent: number;
  failed: number;
  excluded: number;
}

/** A headline, taken apart. */
export interface ToldHeadline extends ToldCounts {
  /** Who is said to be awake, and who to have failed, with why: as they stand in brackets. */
  awake: string;
  failures: string;
  saysRunFailed: boolean;
  saysDied: boolean;
  back: string;
}

export interface MailWords {
  headline: RegExp;
  none: RegExp;
  allBack: string;
  notAllBack: string;
  backNotChecked: string;
  notAsBefore: RegExp;
  unknown: RegExp;
  /** Who is left awake by a tag of its owner: the one by name, or several by number. */
  byItsTag: RegExp;
  byTheirTags: RegExp;
  allExcluded: string;
  outcomes: Record<ReportInstance['outcome'], string>;
  stateUnknown: string;
  run(report: Report): string;
  intended(count: number): string;
  /** At the end of an instance's numbers; a moment follows the second one. */
  awakeFor(minutes: number): string;
  awakeSince: string;
  /** What stands between a name and what is said of it. */
  colon: string;
}

const en: MailWords = {
  headline:
    /^(?:LEFT AWAKE: (?<leftAwake>\d+)(?: \((?<awake>[^)]*)\))?\. )?(?:[^:()]+: )?(?<updated>\d+) of (?<intended>\d+) updated(?:, (?<alreadyCurrent>\d+) already current)?(?:, (?<failed>\d+) failed(?: \((?<failures>[^)]*)\))?)?(?:, (?<excluded>\d+) excluded)?(?<runFailed>, but the run failed(?: \([^)]*\))?)?(?<died>, the run died)?(?:\. (?<back>.+))?$/,
  none: /^no instance found(?<runFailed>, but the run failed)?(?<died>, the run died)?$/,
  allBack: 'All back as they were',
  notAllBack: 'Not all are back as they were',
  backNotChecked: 'Not checked whether all are back',
  notAsBefore: /(\d+) not as before/,
  unknown: /State of (\d+) unknown/,
  byItsTag: /^(.+), by its tag$/,
  byTheirTags: /^(?:(.+); )?(\d+) by (?:its tag|their tags)$/,
  allExcluded: 'No instance could be updated: all of them were excluded.',
  outcomes: { updated: 'updated', 'already-current': 'already-current', failed: 'failed', excluded: 'excluded' },
  stateUnknown: 'state unknown',
  run: ({ runId, region, account, status }) => `Run ${runId} in ${region} (${account}) ${status}.`,
  intended: (count) => `${count} intended = `,
  awakeFor: (minutes) => `, awake ${minutes} min`,
  awakeSince: ', awake since ',
  colon: ': ',
};

const ja: MailWords = {
  headline:
    /^(?:起動したまま：(?<leftAwake>\d+)台(?:（(?<awake>[^）]*)）)?。)?(?:[^：（）]+：)?(?<intended>\d+)台中(?<updated>\d+)台を更新(?:、(?<alreadyCurrent>\d+)台は更新不要)?(?:、(?<failed>\d+)台失敗(?:（(?<failures>.*?)）(?=、\d+台は対象外|、ただし|、実行は|。|$))?)?(?:、(?<excluded>\d+)台は対象外)?(?<runFailed>、ただし実行は失敗(?:（.*?）(?=、実行は途中|。|$))?)?(?<died>、実行は途中で終了)?(?:。(?<back>.+))?$/,
  none: /^インスタンスが見つかりません(?<runFailed>、ただし実行は失敗)?(?<died>、実行は途中で終了)?$/,
  allBack: 'すべて元の状態に戻っています',
  notAllBack: '元の状態に戻っていないものがあります',
  backNotChecked: '元の状態に戻ったかどうかは未確認です',
  notAsBefore: /(\d+)台は元の状態と異なります/,
  unknown: /(\d+)台の状態は不明です/,
  byItsTag: /^(?!うち\d)(.+)、除外タグによる$/,
  byTheirTags: /^(?:(.+)／)?うち(\d+)台は除外タグによる$/,
  allExcluded: 'すべて対象外のため、更新できたインスタンスはありません。',
  outcomes: { updated: '更新', 'already-current': '更新不要', failed: '失敗', excluded: '対象外' },
  stateUnknown: '状態不明',
  run: ({ runId, region, account, status }) =>
    `実行 ${runId}（${region}、アカウント ${account}）：${status === 'succeeded' ? '成功' : '失敗'}。`,
  intended: (count) => `全${count}台＝`,
  awakeFor: (minutes) => `、起動時間${minutes}分`,
  awakeSince: ' から起動中',
  colon: '：',
};

export const mailWords: Record<string, MailWords> = { en, ja };

/** @returns null: it is no headline */
export function readHeadline(text: string, { headline, none }: MailWords): ToldHeadline | null {
  const groups = (headline.exec(text) ?? none.exec(text))?.groups;
  if (groups === undefined) return null;
  const number = (name: string) => Number(groups[name] ?? 0);
  return {
    leftAwake: number('leftAwake'),
    updated: number('updated'),
    intended: number('intended'),
    alreadyCurrent: number('alreadyCurrent'),
    failed: number('failed'),
    excluded: number('excluded'),
    awake: groups['awake'] ?? '',
    failures: groups['failures'] ?? '',
    saysRunFailed: groups['runFailed'] !== undefined,
    saysDied: groups['died'] !== undefined,
    back: groups['back'] ?? '',
  };
}

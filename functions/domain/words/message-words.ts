import type { Language } from './words.ts';

/** How many instances a run was meant for, and how they ended. */
export interface CountsOfOutcomes {
  intended: number;
  updated: number;
  alreadyCurrent: number;
  failed: number;
  excluded: number;
}

/** The phrases of what people are sent, besides the catalogue's: a headline first, then sections. */
export interface MessageWords {
  /** A sentence of its own, where an instance was left awake. `who` is empty, or stands in brackets. */
  leftAwake(count: number, who: string): string;
  byItsTag(name: string): string;
  byTheirTags(count: number): string;
  updated(scope: string, updated: number, intended: number): string;
  alreadyCurrent(count: number): string;
  failed(count: number, who: string): string;
  excluded(count: number): string;
  /** Where no instance failed, and the run did. */
  butRunFailed(who: string): string;
  runDied: string;
  allBack: string;
  notAsBefore(count: number): string;
  stateUnknown(count: number): string;
  /** Only on a page that was written anew. */
  backLate(count: number): string;
  /** What a check did not find kept, and what was not looked at. */
  notAllBack: string;
  backNotChecked: string;
  brackets(text: string): string;
  /** Between sentences. */
  fullStop: string;
  /** Names of one cause, and several causes. */
  comma: string;
  semicolon: string;
  /** A name or a title, and what is said of it. */
  colon: string;
  more(count: number): string;
  groups(count: number): string;
  noneTookPart: string;
  leftAwakeHead: string;
  toStop: string;
  causesHead: string;
  page: string;
  report: string;
  instancesHead: string;
  run(runId: string, region: string, account: string, hasSucceeded: boolean): string;
  equation(counts: CountsOfOutcomes): string;
  times(began: string, ended: string): string;
  timesOfDead(began: string, reported: string): string;
  target(version: string): string;
  outcomes: Record<'updated' | 'already-current' | 'failed' | 'excluded', string>;
  unknownState: string;
  awakeFor(minutes: number): string;
  awakeSince(moment: string): string;
}

const en: MessageWords = {
  leftAwake: (count, who) => `LEFT AWAKE: ${count}${who}`,
  byItsTag: (name) => `${name}, by its tag`,
  byTheirTags: (count) => `${count} by ${count === 1 ? 'its tag' : 'their tags'}`,
  updated: (scope, updated, intended) =>
    intended === 0 ? 'no instance found' : `${scope}${updated} of ${intended} updated`,
  alreadyCurrent: (count) => `${count} already current`,
  failed: (count, who) => `${count} failed${who}`,
  excluded: (count) => `${count} excluded`,
  butRunFailed: (who) => `but the run failed${who}`,
  runDied: 'the run died',
  allBack: 'All back as they were',
  notAsBefore: (count) => `${count} not as before`,
  stateUnknown: (count) => `State of ${count} unknown`,
  backLate: (count) => `${count} put back only after the run`,
  notAllBack: 'Not all are back as they were',
  backNotChecked: 'Not checked whether all are back',
  brackets: (text) => ` (${text})`,
  fullStop: '. ',
  comma: ', ',
  semicolon: '; ',
  colon: ': ',
  more: (count) => ` and ${count} more`,
  groups: (count) => `${count} groups`,
  noneTookPart: 'No instance could be updated: all of them were excluded.',
  leftAwakeHead: 'LEFT AWAKE, though asleep before the run:',
  toStop: 'To stop them, once no one needs them:',
  causesHead: 'What to do:',
  page: 'The page: ',
  report: 'The whole report: ',
  instancesHead: 'Each instance:',
  run: (runId, region, account, hasSucceeded) =>
    `Run ${runId} in ${region} (${account}) ${hasSucceeded ? 'succeeded' : 'failed'}.`,
  equation: ({ intended, updated, alreadyCurrent, failed, excluded }) =>
    `${intended} intended = ${updated} updated + ${alreadyCurrent} already current + ${failed} failed + ${excluded} excluded`,
  times: (began, ended) => `From ${began} to ${ended}.`,
  timesOfDead: (began, reported) =>
    `It began at ${began}. Its execution ended before it made its report: ReconcileLeases made this one at ${reported}.`,
  target: (version) => `Target: SSM Agent ${version}.`,
  outcomes: { updated: 'updated', 'already-current': 'already-current', failed: 'failed', excluded: 'excluded' },
  unknownState: 'state unknown',
  awakeFor: (minutes) => `, awake ${minutes} min`,
  awakeSince: (moment) => `, awake since ${moment}`,
};

const ja: MessageWords = {
  leftAwake: (count, who) => `起動したまま：${count}台${who}`,
  byItsTag: (name) => `${name}、除外タグによる`,
  byTheirTags: (count) => `うち${count}台は除外タグによる`,
  updated: (scope, updated, intended) =>
    intended === 0 ? 'インスタンスが見つかりません' : `${scope}${intended}台中${updated}台を更新`,
  alreadyCurrent: (count) => `${count}台は更新不要`,
  failed: (count, who) => `${count}台失敗${who}`,
  excluded: (count) => `${count}台は対象外`,
  butRunFailed: (who) => `ただし実行は失敗${who}`,
  runDied: '実行は途中で終了',
  allBack: 'すべて元の状態に戻っています',
  notAsBefore: (count) => `${count}台は元の状態と異なります`,
  stateUnknown: (count) => `${count}台の状態は不明です`,
  backLate: (count) => `${count}台は実行後に元の状態へ戻しました`,
  notAllBack: '元の状態に戻っていないものがあります',
  backNotChecked: '元の状態に戻ったかどうかは未確認です',
  brackets: (text) => `（${text}）`,
  fullStop: '。',
  comma: '、',
  semicolon: '／',
  colon: '：',
  more: (count) => `、ほか${count}台`,
  groups: (count) => `${count}グループ`,
  noneTookPart: 'すべて対象外のため、更新できたインスタンスはありません。',
  leftAwakeHead: '実行前は停止していたのに、起動したままのインスタンス：',
  toStop: '不要になったら、次のコマンドで停止してください：',
  causesHead: '原因と対応：',
  page: '結果のページ：',
  report: 'レポート全体：',
  instancesHead: 'インスタンスごとの結果：',
  run: (runId, region, account, hasSucceeded) =>
    `実行 ${runId}（${region}、アカウント ${account}）：${hasSucceeded ? '成功' : '失敗'}。`,
  equation: ({ intended, updated, alreadyCurrent, failed, excluded }) =>
    `全${intended}台＝更新${updated}台＋更新不要${alreadyCurrent}台＋失敗${failed}台＋対象外${excluded}台`,
  times: (began, ended) => `開始 ${began}、終了 ${ended}。`,
  timesOfDead: (began, reported) =>
    `開始 ${began}。レポートを作成する前に実行が終了したため、${reported} に ReconcileLeases がこのレポートを作成しました。`,
  target: (version) => `目標バージョン：SSM Agent ${version}。`,
  outcomes: { updated: '更新', 'already-current': '更新不要', failed: '失敗', excluded: '対象外' },
  unknownState: '状態不明',
  awakeFor: (minutes) => `、起動時間${minutes}分`,
  awakeSince: (moment) => `、${moment} から起動中`,
};

export const messageWords: Record<Language, MessageWords> = { en, ja };

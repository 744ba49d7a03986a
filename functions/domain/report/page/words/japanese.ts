import { html } from '../markup/html.ts';
import type { PageWords } from './page-words.ts';

const n = (value: number): string => value.toLocaleString('en-US');

const duration = (seconds: number): string => {
  const minutes = Math.round(seconds / 60);
  if (seconds < 90) return `${Math.round(seconds)}秒`;
  if (minutes < 90) return `${minutes}分`;
  return `${Math.floor(minutes / 60)}時間${String(minutes % 60).padStart(2, '0')}分`;
};

/** Of so many that took part. */
const proved = (count: number, of: number, version: string): string => {
  if (of === 0) return '';
  if (count === 0) return `${version} を確認できたものはありません。`;
  return count === of
    ? `${n(count)}台すべてで ${version} を確認しました。`
    : `${n(count)}台で ${version} を確認しました。`;
};

export const japanese: PageWords = {
  language: 'ja',
  gap: '',
  comma: '、',
  fullStop: '。',
  number: n,
  duration,
  date: (moment, timeZone) =>
    new Intl.DateTimeFormat('ja-JP', {
      weekday: 'short',
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      timeZone,
    })
      .format(moment)
      .replace(/\((.)\)/, '（$1）'),
  masthead: {
    run: '実行',
    account: 'アカウント',
    skipToFailures: '失敗の一覧へ',
    skipToTable: 'インスタンス一覧へ',
    otherLanguage: 'English',
  },
  deck: ({
    report: { counts, targetVersion },
    woken,
    untimed,
    untold,
    unwoken,
    running,
    awakeSeconds,
    durationSeconds,
  }) => {
    const tookPart = counts.intended - counts.excluded;
    const timed = untimed.length === woken.length ? '' : `（延べ${duration(awakeSeconds)}）`;
    const parts = [
      ...(woken.length === 0
        ? untold.length === 0
          ? ['起動したものはありません']
          : []
        : [`${n(woken.length)}台を起動${timed}`]),
      ...(untimed.length > 0 ? [`うち${n(untimed.length)}台は停止を確認できず`] : []),
      ...(running.length > 0 ? [`稼働中の${n(running.length)}台はそのまま処理`] : []),
      ...(woken.length > 0 && unwoken.length > 0 ? [`起動しなかったものは${n(unwoken.length)}台`] : []),
      ...(untold.length > 0 ? [`${n(untold.length)}台は起動の有無が不明`] : []),
    ];
    return `${proved(counts.updated + counts.alreadyCurrent, tookPart, targetVersion)}${parts.join('、')}。所要時間は${duration(durationSeconds)}です。`;
  },
  promises: {
    heading: '2つの約束',
    noFalseSuccess: '見せかけの成功を出さない',
    backAsItWas: '元の状態に戻す',
    kept: '達成',
    notKept: (count) => (count === 0 ? '未達成' : `未達成 ${n(count)}台`),
    notChecked: '未検証',
    updated: (count) =>
      html`<b>${n(count)}</b>台が更新済み：コマンド終了より後の ping で SSM Agent 自身が報告したバージョンだけを数えます。コマンドの Success だけでは数えません。`,
    current: (count) => html`<b>${n(count)}</b>台は実行前から目標バージョンでした。`,
    accounted: (count, haveReasons) =>
      html`全<b>${n(count)}</b>台のそれぞれに、結果が1つずつ確定しています。${haveReasons && '失敗と対象外には必ず理由があります。'}`,
    versionsNotChecked: html`このレポートの作成時に、バージョンの再検証はしていません。`,
    woken: (count, stopped, hibernated) => {
      const how = [
        ...(stopped > 0 ? [`停止${n(stopped)}台`] : []),
        ...(hibernated > 0 ? [`休止${n(hibernated)}台`] : []),
      ].join('、');
      return html`起動した<b>${n(count)}</b>台のうち<b>${n(stopped + hibernated)}</b>台が再び停止したことを確認${how !== '' && `（${how}）`}。`;
    },
    running: (count, isChecked) =>
      isChecked
        ? html`実行前から稼働中の<b>${n(count)}</b>台は、同じ起動のまま動き続けています。`
        : html`実行前から稼働中は<b>${n(count)}</b>台。動き続けているかは未検証です。`,
    leases: html`リースタグは残っていません。`,
    statesNotChecked: html`このレポートの作成時に、各インスタンスの状態の再検証はしていません。`,
    leftAwake: '起動したまま：',
    notAsBefore: '元と異なる：',
    backSince: '実行後に元に戻したもの：',
  },
  equation: {
    heading: '全体と結果の内訳',
    intended: '全体',
    one: '□1つが1台です。',
    many: (each) => `□1つが${n(each)}台です。`,
  },
  failures: {
    heading: (count, causes) => `失敗${n(count)}台${causes > 1 ? '（原因別）' : ''}`,
    order: '上から順に対応してください。次回の実行で解消する見込みのあるものは最後に並べています。',
    none: '失敗はありません。',
    noneTookPart: 'すべてのインスタンスが対象外でした。1台も処理していない実行は、成功とはみなしません。',
    cause: '原因と該当インスタンス',
    seen: '確認された事実',
    toDo: '対応',
    more: (count) => `ほか${n(count)}台`,
    moreTexts: (count) => `同種のメッセージ ほか${n(count)}件`,
    besides: '失敗ではないが、実行を失敗とするもの',
    died: 'この実行は、レポートを作る前に終わりました。残された記録から ReconcileLeases が作成したレポートです。',
    copy: 'コピー',
    copied: 'コピーしました',
    look: '確認用のコマンド：',
    printed: '出力の原文：',
    saidByAws: 'AWS の応答の原文：',
    chronicle: {
      startAccepted: '起動受付',
      running: 'running',
      firstPing: '最初の ping',
      sent: '更新コマンド送信',
      sentAgain: '再送',
      ended: 'コマンド終了',
      stopAccepted: '停止指示',
      settled: '最終確認',
      awakeFor: (time) => `起動時間は合計${time}`,
      restored: '停止確認',
      woken: '起動',
      noPing: 'ping なし',
      noEnd: 'コマンドの終了は未確認',
      refused: (count, from, to) => (count === 1 ? `起動拒否（${from}）` : `起動拒否 ${n(count)}回（${from}〜${to}）`),
      fellBack: (count, from, to) =>
        count === 1 ? `停止に戻ったことを確認（${from}）` : `停止に戻った ${n(count)}回（${from}〜${to}）`,
    },
  },
  timeline: {
    heading: 'インスタンスごとの経過',
    headingMany: '全インスタンスの経過',
    clock: (timeZone) => `時刻（${timeZone}）`,
    awakeAtOnce: 'Reveille が起動した稼働中の台数',
    most: (count, at) => `最大${n(count)}台（${at}）`,
    note: (timeZone, fold) =>
      fold === null
        ? `時刻は ${timeZone} です。`
        : `時刻は ${timeZone} です。破線より右（${fold.at} 以降）は、時間軸を1/${n(fold.times)}に圧縮しています。`,
    listing: '一覧の取得',
    group: (name, count) => `${name}：${n(count)}台`,
    wasAsleep: '停止していた',
    wasRunning: '稼働中だった',
    eachLine: '線1本が1台です。上から完了の早い順に並べています。',
    eachLineOf: (count) => `線1本が${n(count)}台（その中央の1台）を表します。上から完了の早い順に並べています。`,
    late: (count) => `完了が最も遅い${n(count)}台`,
    moreLate: (count) => `ほか${n(count)}台も時間がかかりました。すべて下の一覧にあります。`,
    halfDone: (half, most) => `半数は${half}、9割は${most}までに完了`,
    failed: (count) => `${n(count)}台が失敗`,
    awakeFor: (time) => `起動 ${time}`,
    notWoken: '起動せず',
    ranOn: '稼働中だった',
    noTime: '時刻の記録なし',
    median: '中央値',
    p90: 'p90',
    longest: '最長',
    refused: (count) => `起動失敗 ${n(count)}回`,
    lessKnown: 'このレポートには、起動中の各段階の記録がありません。',
    phases: {
      boot: { letter: '起', name: '起動中', means: '起動受付から running まで' },
      register: { letter: '登', name: '登録待ち', means: 'running から最初の ping まで' },
      turn: { letter: '', name: '順番待ち', means: '起動したまま次の処理まで' },
      update: { letter: '更', name: '更新中', means: 'コマンド送信から終了まで' },
      prove: { letter: '確', name: '確認待ち', means: '新しい ping で確認するまで' },
      back: { letter: '戻', name: '復元中', means: '停止指示から停止確認まで' },
      awake: { letter: '', name: '起動', means: '起動から停止確認まで' },
    },
  },
  took: {
    heading: '所要時間',
    awakeTogether: '延べ起動時間',
    perInstance: '1台の起動時間（中央値）',
    longest: '1台の起動時間（最長）',
    duration: '実行全体',
    where: '起動時間の内訳',
    longestAlone: (name, share) => `うち${share}%は ${name} の1台です。`,
    longestFew: (count, share) => `うち${share}%は上位${n(count)}台です。`,
    nothingWoken: '起動したインスタンスはありません。',
    untimed: (count) => `起動したうち${n(count)}台は、停止を確認できなかったため集計に含めていません。`,
  },
  table: {
    heading: 'インスタンス一覧',
    search: '名前・ID・OS・理由で検索',
    all: 'すべて',
    name: 'インスタンス',
    group: 'グループ',
    outcome: '結果',
    state: '実行前 → 実行後',
    version: 'Agent・OS',
    awake: '起動時間',
    done: '完了',
    reason: '理由',
    shown: '%b台中%a台を表示',
    showAll: '%a台すべて表示',
    noMatch: '該当するインスタンスはありません。',
    needsScript: 'この一覧には JavaScript が必要です。ここより上には不要です。同じ内容は report.json にもあります。',
    units: { s: '秒', min: '分', h: '時間', afterHours: '分' },
  },
  leftOut: { heading: (count) => `対象外の${n(count)}台とその理由`, none: '対象外はありません。' },
  leftAwake: {
    heading: (count) => `実行前は停止、実行後は起動したまま：${n(count)}台`,
    toStop: () => '不要になったら、次のコマンドで停止してください。',
  },
  afterRun: {
    heading: '実行後の処理',
    says: '実行が終わったあとに ReconcileLeases が行ったことです。',
    actions: {
      restored: '元の状態に戻した',
      'back-now': '利用が終わったのを確認して元に戻した',
      'handed-over': '利用者がいるため起動したまま',
      'left-awake': '時間枠の終了により起動したまま',
      gone: 'その間に終了（削除）された',
    },
    otherwise: (state) => `再び停止したが、元の状態と異なる：${state}`,
  },
  outcomes: { updated: '更新済み', 'already-current': '更新不要', failed: '失敗', excluded: '対象外' },
  states: {
    pending: '起動処理中',
    running: '稼働',
    'shutting-down': '終了処理中',
    terminated: '終了（削除）',
    stopping: '停止処理中',
    stopped: '停止',
    hibernated: '休止',
    'handed-over': '起動したまま',
    'opted-out': '起動したまま（除外タグ）',
  },
  unknownState: '不明',
  footer: ({ report: { runId }, clock }) =>
    `${runId} の report.json から作成。時刻は ${clock.timeZone} です。このページは外部から何も読み込みません。`,
};

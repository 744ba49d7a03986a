import type { Language } from './words.ts';

/** What a pass of ReconcileLeases did to an instance. */
export type ReconcileAction =
  | 'restored'
  | 'back-now'
  | 'held'
  | 'handed-over'
  | 'left-awake'
  | 'gone'
  | 'stopping'
  | 'waiting'
  | 'refused';

/** Several actions are counted as one: what is not settled yet. */
export type CountedAction = Exclude<ReconcileAction, 'stopping' | 'waiting'> | 'not-yet';

/** The phrases of the messages of ReconcileLeases. */
export interface ReconcileWords {
  headline: string;
  counted(count: number, action: CountedAction, who: string): string;
  ended(region: string): string;
  settledHead: string;
  openHead: string;
  toStop: string;
  /** What was done to an instance, and how it stands; null: nothing is said of that. */
  done(action: ReconcileAction, state: string | null): string;
  afterRun(runId: string, name: string | null): string;
  unknownState: string;
  refusals: string;
  files: string;
}

const counted: Record<Language, Record<CountedAction, string>> = {
  en: {
    restored: 'restored',
    'back-now': 'back now',
    'handed-over': 'handed over',
    'left-awake': 'left awake',
    gone: 'gone',
    refused: 'refused',
    held: 'held',
    'not-yet': 'not yet',
  },
  ja: {
    restored: '復帰',
    'back-now': '使用後に復帰',
    'handed-over': '引き継ぎ',
    'left-awake': '起動したまま',
    gone: '終了（削除）済み',
    refused: 'AWS による拒否',
    held: '使用中のため保留',
    'not-yet': '未完了',
  },
};

const doneInJapanese: Record<CountedAction, string> = {
  restored: '元の状態に戻しました',
  'back-now': '使用後に元の状態に戻しました',
  'handed-over': '他の利用者に引き継ぎました',
  'left-awake': '起動したままです',
  gone: '終了（削除）されています',
  refused: 'AWS に拒否されました',
  held: '使用中のため保留しています',
  'not-yet': '未完了です',
};

const en: ReconcileWords = {
  headline: 'After the run: ',
  counted: (count, action, who) => `${count} ${counted.en[action]}${who}`,
  ended: (region) => `A run in ${region} ended before all of its instances were back.`,
  settledHead: 'Settled now:',
  openHead: 'Not settled yet; the next pass tries again:',
  toStop: 'To stop what was left awake, once no one needs it:',
  done: (action, state) => {
    if (action === 'handed-over') return 'handed over, left awake';
    return `${action.replace('-', ' ')}${state === null ? '' : `, ${state}`}`;
  },
  afterRun: (runId, name) => `, after run ${runId}${name === null ? '' : ` (${name})`}`,
  unknownState: 'state unknown',
  refusals:
    'AWS refused what ReconcileLeases has to do: its role or a policy has to allow it. This is told once for each run.',
  files: 'The files of the run: ',
};

const ja: ReconcileWords = {
  headline: '実行後の処理：',
  counted: (count, action, who) => `${counted.ja[action]}${count}台${who}`,
  ended: (region) => `${region} の実行は、すべてのインスタンスが元の状態に戻る前に終了しました。`,
  settledHead: '処理が終わったインスタンス：',
  openHead: '未完了のインスタンス（次回の確認で再度試します）：',
  toStop: '起動したままのインスタンスは、不要になったら次のコマンドで停止してください：',
  done: (action, state) => {
    const what = doneInJapanese[action === 'stopping' || action === 'waiting' ? 'not-yet' : action];
    const how = action === 'stopping' ? 'stopping' : state;
    return how === null || action === 'handed-over' ? what : `${what}、${how}`;
  },
  afterRun: (runId, name) => `、実行 ${runId}${name === null ? '' : `（${name}）`}`,
  unknownState: '状態不明',
  refusals:
    'ReconcileLeases に必要な操作を AWS が拒否しました。ロールまたはポリシーで許可してください。この通知は実行ごとに1回だけ送信されます。',
  files: '実行のファイル：',
};

export const reconcileWords: Record<Language, ReconcileWords> = { en, ja };

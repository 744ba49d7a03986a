import type { WaitWords } from './words.ts';

/** What an instance or a run waits for. The meaning completes "it waits for". */
export const waitWords = {
  'in-transition': {
    en: {
      title: 'Starting or stopping',
      meaning: 'The next listing: the instance is starting or stopping, or its dead run has just ended.',
    },
    ja: {
      title: '起動または停止の完了待ち',
      meaning: '次の一覧取得。起動か停止の処理中、または前の実行が途中で終わった直後です。',
    },
  },
  'unknown-id': {
    en: {
      title: 'Not known to EC2',
      meaning:
        'EC2 to know its ID: it may have forgotten it for a while only. What is missing at the deadline has disappeared.',
    },
    ja: {
      title: 'EC2 が ID を認識していない',
      meaning:
        'EC2 が ID を認識すること。一時的な場合があるため待ち、期限になっても認識されなければ消えたものとします。',
    },
  },
  'no-answer': {
    en: {
      title: 'EC2 does not say how it is',
      meaning: "EC2's answer for it: its Availability Zone may be disturbed.",
    },
    ja: {
      title: 'EC2 が状態を応答しない',
      meaning: 'EC2 からの応答。アベイラビリティーゾーンで障害が起きている可能性があります。',
    },
  },
  stopping: {
    en: { title: 'Stopping', meaning: 'The end of its stopping.' },
    ja: { title: '停止処理中', meaning: '停止処理の完了。' },
  },
  'trying-way-back': {
    en: {
      title: 'Its way back is being tried',
      meaning: 'EC2 to allow its stop, and SSM to tell who else is at work on it: before that it is not started.',
    },
    ja: {
      title: '停止できるかを確認中',
      meaning: 'EC2 が停止を許可し、SSM がほかの利用者について応答すること。それまでは起動しません。',
    },
  },
  'waiting-for-capacity': {
    en: { title: 'Waiting for capacity', meaning: 'The next attempt to start it.' },
    ja: { title: 'キャパシティ待ち', meaning: '次の起動の試行。' },
  },
  'waiting-to-start': {
    en: { title: 'Waiting for the next try to start it', meaning: 'The next attempt to start it, after a refusal.' },
    ja: { title: '起動の再試行待ち', meaning: '拒否されたあとの、次の起動の試行。' },
  },
  'no-time-to-start': {
    en: {
      title: 'Had no turn to start yet',
      meaning: 'The next attempt to start it: the time of the function was over before its turn in this one.',
    },
    ja: {
      title: '起動の順番待ち',
      meaning: '次の起動の試行。今回は関数の時間が足りず、順番が回ってきませんでした。',
    },
  },
  booting: {
    en: { title: 'Booting', meaning: 'The first ping of its agent in this boot.' },
    ja: { title: '起動中', meaning: '今回の起動での、SSM Agent の最初の ping。' },
  },
  'start-not-shown': {
    en: { title: 'Start not shown yet', meaning: 'EC2 to show the start that it has accepted.' },
    ja: { title: '起動が未反映', meaning: '受け付けられた起動が EC2 の表示に反映されること。' },
  },
  'waiting-to-send': {
    en: { title: 'Waiting for the next try to send', meaning: 'The next attempt to send it the command.' },
    ja: { title: '送信の再試行待ち', meaning: '次のコマンド送信の試行。' },
  },
  'update-pending': {
    en: { title: 'Command not taken yet', meaning: 'Its agent to take the command.' },
    ja: { title: 'コマンドの受け取り待ち', meaning: 'SSM Agent がコマンドを受け取ること。' },
  },
  updating: {
    en: { title: 'Updating', meaning: 'The end of its update.' },
    ja: { title: '更新中', meaning: '更新の完了。' },
  },
  'passing-failure': {
    en: {
      title: 'Waiting for its second try',
      meaning:
        'The second try of its update: the first has failed for a cause that may pass, and has left the agent as it was.',
    },
    ja: {
      title: '更新の再試行待ち',
      meaning: '2回目の更新。1回目は一時的と考えられる原因で失敗し、SSM Agent は更新前のままです。',
    },
  },
  verifying: {
    en: { title: 'Proving the version', meaning: 'A ping of its agent that is newer than the update.' },
    ja: { title: 'バージョンの確認待ち', meaning: '更新より新しい、SSM Agent の ping。' },
  },
  'start-may-come': {
    en: {
      title: 'A lost start may still come',
      meaning: 'The death of the Lambda of a failed step, which may still start it.',
    },
    ja: {
      title: '遅れた起動の可能性あり',
      meaning: '失敗した段階の Lambda 関数の終了。まだ起動する可能性があります。',
    },
  },
  'writer-may-live': {
    en: {
      title: 'A Lambda may still act on it',
      meaning: 'The death of a Lambda that may still start it, or send it a command.',
    },
    ja: {
      title: 'Lambda 関数が動作中の可能性あり',
      meaning: 'まだ起動やコマンド送信を行う可能性がある Lambda 関数の終了。',
    },
  },
  'update-may-run': {
    en: {
      title: 'An update may be at work',
      meaning: 'The end of an update that may be at work: a stop could break the agent.',
    },
    ja: {
      title: '更新が進行中の可能性あり',
      meaning: '進行中かもしれない更新の完了。途中で停止すると SSM Agent が壊れるおそれがあります。',
    },
  },
  pending: {
    en: { title: 'Starting', meaning: 'EC2 to have started it: before that it refuses the stop.' },
    ja: { title: '起動処理中', meaning: 'EC2 による起動の完了。それまでは停止が拒否されます。' },
  },
  'stop-not-shown': {
    en: { title: 'Stop not shown yet', meaning: 'EC2 to show the stop that it has accepted.' },
    ja: { title: '停止が未反映', meaning: '受け付けられた停止が EC2 の表示に反映されること。' },
  },
  'just-used': {
    en: {
      title: 'Just used by others',
      meaning: 'Twenty minutes in which nothing is seen on it: others had kept it awake.',
    },
    ja: {
      title: '他者の使用後の確認中',
      meaning: '他者が使用していたインスタンスで、何も動いていない状態が20分続くこと。',
    },
  },
  'other-activity-unknown': {
    en: {
      title: 'Other activity not known yet',
      meaning: 'SSM to tell whether someone else is at work on it.',
    },
    ja: { title: '他者の使用状況が不明', meaning: '他者が使用中かどうかについての SSM の応答。' },
  },
  'lock-ending': {
    en: { title: 'Lock not released yet', meaning: 'The holder of the lock to release it.' },
    ja: { title: 'ロックの解放待ち', meaning: 'ロックを持つ実行による解放。' },
  },
} as const satisfies Record<string, WaitWords>;

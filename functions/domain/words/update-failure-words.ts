import type { ReportedWords } from './words.ts';

/** Why an instance has failed from its update on: the update, the proof, the way back, or the run itself. */
export const updateFailureWords = {
  'update-undeliverable': {
    en: {
      title: 'The command could not be delivered',
      meaning:
        'SSM did not deliver the command, or did not take it, or it had no turn. The text says which, with the error.',
      whatToDo: 'Repair what the text names. Check the agent in Fleet Manager.',
    },
    ja: {
      title: 'コマンドを配信できない',
      meaning:
        'SSM がコマンドを配信しなかったか、受け付けなかったか、送信の順番が回ってきませんでした。どれであるかとエラーは理由の文にあります。',
      whatToDo: '理由の文が示す問題を解消し、Fleet Manager で SSM Agent の状態を確認してください。',
    },
  },
  'update-undelivered': {
    en: {
      title: 'The agent took no command',
      meaning: 'Its agent pings, and took no command.',
      whatToDo: 'Restart its agent, and read its log.',
    },
    ja: {
      title: 'SSM Agent がコマンドを受け取らない',
      meaning: 'SSM Agent の ping はありますが、コマンドを受け取りませんでした。',
      whatToDo: 'SSM Agent を再起動し、ログを確認してください。',
    },
  },
  'update-hung': {
    en: {
      title: 'The update never ended',
      meaning: 'The command never ended: its updater has probably died.',
      whatToDo: 'Check the version of its agent. The next run tries again.',
    },
    ja: {
      title: '更新が終わらない',
      meaning: 'コマンドが終わりませんでした。アップデーターが途中で異常終了したと考えられます。',
      whatToDo: 'SSM Agent のバージョンを確認してください。次回の実行でもう一度試します。',
    },
  },
  'update-lost': {
    en: {
      title: 'How the update ended is not known',
      meaning: 'SSM gave the command up, and the agent did not say how it ended.',
      whatToDo: 'Check the version of its agent. The next run tries again.',
    },
    ja: {
      title: '更新の結果が不明',
      meaning: 'SSM がコマンドを打ち切り、SSM Agent からも結果の報告がありませんでした。',
      whatToDo: 'SSM Agent のバージョンを確認してください。次回の実行でもう一度試します。',
    },
  },
  'another-update': {
    en: {
      title: 'Another update held the agent',
      meaning: 'Another update held its agent until the hard deadline of 45 minutes.',
      whatToDo: 'Find what else updates the agent: an association of State Manager, perhaps.',
    },
    ja: {
      title: '別の更新が進行中',
      meaning: '別の更新が、45分の期限まで SSM Agent を占有していました。',
      whatToDo: 'SSM Agent を更新する別の仕組み（State Manager の関連付けなど）を調べてください。',
    },
  },
  'target-not-active': {
    en: {
      title: 'AWS has withdrawn the target version',
      meaning: 'AWS has withdrawn the target version, so the agent skipped it.',
      whatToDo: 'Choose another target version.',
    },
    ja: {
      title: '目標バージョンの提供終了',
      meaning: 'AWS が目標バージョンの提供を取りやめたため、SSM Agent が更新をスキップしました。',
      whatToDo: '別の目標バージョンを指定してください。',
    },
  },
  'unsupported-platform': {
    en: {
      title: 'The platform is not supported',
      meaning: 'The agent refuses the update on this platform, or the target is not made for it.',
      whatToDo: 'Renew the image, or keep the instance out with the opt-out tag.',
    },
    ja: {
      title: 'サポート対象外のプラットフォーム',
      meaning: 'このプラットフォームでは SSM Agent が更新を拒否するか、目標バージョンが用意されていません。',
      whatToDo: 'AMI を新しくするか、除外タグを付けて対象から外してください。',
    },
  },
  'no-disk-space': {
    en: {
      title: 'No disk space for the update',
      meaning: 'It has less than 100 MB of free disk.',
      whatToDo: 'Free some disk.',
    },
    ja: {
      title: 'ディスクの空き容量不足',
      meaning: 'ディスクの空き容量が 100 MB 未満です。',
      whatToDo: 'ディスクの空き容量を増やしてください。',
    },
  },
  'updater-died': {
    en: {
      title: 'The updater ended before any change',
      meaning: 'The updater ended before it had changed anything.',
      whatToDo: 'Read the log of the agent. The platform may be one that it does not support.',
    },
    ja: {
      title: 'アップデーターが異常終了',
      meaning: 'アップデーターが、何も変更しないうちに終了しました。',
      whatToDo: 'SSM Agent のログを確認してください。サポート対象外のプラットフォームの可能性があります。',
    },
  },
  'update-failed': {
    en: {
      title: 'The update failed',
      meaning: 'The update failed. The text has the line that says why.',
      whatToDo: 'Read the output of the command in Run Command.',
    },
    ja: {
      title: '更新に失敗',
      meaning: '更新が失敗しました。理由の文に、原因を示す出力の行があります。',
      whatToDo: 'Run Command でコマンドの出力を確認してください。',
    },
  },
  'update-rolled-back': {
    en: {
      title: 'The update was rolled back',
      meaning: 'The new agent could not be installed, or did not start, and the old one was put back.',
      whatToDo: 'Read the output of the command in Run Command. The next run tries again.',
    },
    ja: {
      title: '更新がロールバックされた',
      meaning: '新しい SSM Agent をインストールできなかったか、起動しなかったため、元のバージョンに戻されました。',
      whatToDo: 'Run Command でコマンドの出力を確認してください。次回の実行でもう一度試します。',
    },
  },
  'rollback-failed': {
    en: {
      title: 'The rollback failed, too',
      meaning: 'The update failed, and its rollback failed too: the agent may be dead.',
      whatToDo: 'Start the instance, and install its agent anew.',
    },
    ja: {
      title: 'ロールバックにも失敗',
      meaning: '更新が失敗し、ロールバックも失敗しました。SSM Agent が動いていない可能性があります。',
      whatToDo: 'インスタンスを起動し、SSM Agent を再インストールしてください。',
    },
  },
  'agent-lost': {
    en: {
      title: 'The agent did not ping after the update',
      meaning: 'Its agent did not ping after the update.',
      whatToDo: 'Start the instance, read the log of its agent, and install it anew if it is dead.',
    },
    ja: {
      title: '更新後に ping が途絶えた',
      meaning: '更新のあと、SSM Agent の ping がありませんでした。更新済みには数えていません。',
      whatToDo: 'インスタンスを起動して SSM Agent のログを確認し、動いていなければ再インストールしてください。',
    },
  },
  'version-not-confirmed': {
    en: {
      title: 'The agent reports an older version',
      meaning: 'The command succeeded, and the agent still reports an older version.',
      whatToDo: 'Find what puts the agent back: a refresh of its snap, perhaps. The next run tries again.',
    },
    ja: {
      title: '古いバージョンのまま報告',
      meaning: 'コマンドは Success でしたが、SSM Agent は古いバージョンを報告し続けています。',
      whatToDo: 'バージョンを戻す仕組み（snap の自動更新など）を調べてください。次回の実行でもう一度試します。',
    },
  },
  'step-failed': {
    en: {
      title: 'A Lambda of its batch failed',
      meaning: 'A Lambda of its batch failed for good while the instance was at work. The text has the error.',
      whatToDo: 'Read the log of that Lambda.',
    },
    ja: {
      title: 'バッチの Lambda 関数が失敗',
      meaning: '処理の途中で、バッチの Lambda 関数が再試行しても失敗しました。理由の文にエラーがあります。',
      whatToDo: 'その Lambda 関数のログを確認してください。',
    },
  },
  'run-limit': {
    en: {
      title: 'The run reached its limit',
      meaning: 'It was still at work after 1,500 invocations for its batch.',
      whatToDo: 'Find what held the run up: its log says at each look what instances wait for.',
    },
    ja: {
      title: '実行の上限に到達',
      meaning: 'バッチの呼び出しが1,500回に達しても終わりませんでした。',
      whatToDo: '何を待っていたかを調べてください。確認のたびに、待っている理由がログに残っています。',
    },
  },
  'no-result': {
    en: {
      title: 'Its batch left no result',
      meaning: 'Its batch ended without a settled result for it.',
      whatToDo: 'Read the history of the child execution. ReconcileLeases restores the instance.',
    },
    ja: {
      title: 'バッチの結果なし',
      meaning: 'バッチが、このインスタンスの結果を確定しないまま終わりました。',
      whatToDo: '子ワークフロー実行の履歴を確認してください。インスタンスは ReconcileLeases が元に戻します。',
    },
  },
  'not-restored': {
    en: {
      title: 'Not back as it was',
      meaning: 'It was not back as it was at the restore deadline. It keeps its lease.',
      whatToDo: 'Repair what the last refusal in the text names. ReconcileLeases goes on trying.',
    },
    ja: {
      title: '元の状態に戻っていない',
      meaning: '復元の期限までに元の状態に戻りませんでした。リースは残してあります。',
      whatToDo: '理由の文にある最後の拒否を解消してください。ReconcileLeases が引き続き試します。',
    },
  },
  'lease-kept': {
    en: {
      title: 'EC2 did not remove the lease tag',
      meaning: 'It is as it was, but EC2 did not remove its lease tag.',
      whatToDo: 'Repair what the text names. ReconcileLeases goes on trying.',
    },
    ja: {
      title: 'リースタグを外せない',
      meaning: '元の状態に戻りましたが、EC2 がリースタグの削除に応じませんでした。',
      whatToDo: '理由の文が示す問題を解消してください。ReconcileLeases が引き続き試します。',
    },
  },
} as const satisfies Record<string, ReportedWords>;

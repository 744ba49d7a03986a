import type { ReportedWords } from './words.ts';

/** Why an instance has failed before its update: it could not be started, or its agent was never heard. */
export const startFailureWords = {
  disappeared: {
    en: {
      title: 'EC2 does not know it any more',
      meaning: 'EC2 does not know the instance any more.',
      whatToDo: 'Take it out of the resource group.',
    },
    ja: {
      title: 'EC2 から消えた',
      meaning: '実行中に、インスタンスが EC2 に存在しなくなりました。',
      whatToDo: 'リソースグループから外してください。',
    },
  },
  'terminated-in-run': {
    en: {
      title: 'Terminated during the run',
      meaning: 'It was terminated during the run.',
      whatToDo: 'Find out who did it. There is nothing to restore.',
    },
    ja: {
      title: '実行中に終了（削除）された',
      meaning: '実行中に、インスタンスが終了（削除）されました。',
      whatToDo: '終了させた人やツールを調べてください。元に戻すものはありません。',
    },
  },
  'no-capacity': {
    en: {
      title: 'EC2 had no capacity',
      meaning: 'EC2 had no capacity to start it until the start deadline.',
      whatToDo:
        'Wait for the next run, or choose another hour or a longer StartDeadlineSeconds. If it comes every month: another type or zone.',
    },
    ja: {
      title: 'EC2 のキャパシティ不足',
      meaning: '起動の期限まで試しましたが、EC2 のキャパシティが不足していて起動できませんでした。',
      whatToDo:
        '次回の実行を待つか、時間帯を変えるか、StartDeadlineSeconds を長くしてください。毎月続くなら、インスタンスタイプか AZ の変更を検討してください。',
    },
  },
  'limit-reached': {
    en: {
      title: 'A limit of the account was reached',
      meaning: 'The account has no room for it: a limit of vCPUs, instances or Spot Instances is reached.',
      whatToDo: 'Ask AWS for a higher limit, or stop something else.',
    },
    ja: {
      title: 'アカウントのクォータ上限',
      meaning: 'vCPU、インスタンス、スポットインスタンスのいずれかのクォータに達しています。待っても解消しません。',
      whatToDo: 'クォータの引き上げをリクエストするか、ほかのインスタンスを停止してください。',
    },
  },
  'start-refused': {
    en: {
      title: 'EC2 refused to start it',
      meaning: 'EC2 did not start it. The text has the call, the error and its words.',
      whatToDo: 'Put right what the error names.',
    },
    ja: {
      title: 'EC2 が起動を拒否',
      meaning: 'EC2 が起動しませんでした。呼び出し、エラー、メッセージは理由の文にあります。',
      whatToDo: 'エラーが示す問題を解消してください。',
    },
  },
  'lease-refused': {
    en: {
      title: 'EC2 refused the lease tag',
      meaning: 'EC2 did not write the lease tag, so it was not started. The text has the error.',
      whatToDo: 'Put right what the error names.',
    },
    ja: {
      title: 'リースタグを付けられない',
      meaning: 'EC2 がリースタグを書き込まなかったため、起動しませんでした。エラーは理由の文にあります。',
      whatToDo: 'エラーが示す問題を解消してください。',
    },
  },
  'way-back-denied': {
    en: {
      title: 'Not known to be stoppable again',
      meaning:
        'For five minutes AWS did not say that it may be stopped again, so it was not woken. The text has the call and the error.',
      whatToDo:
        'Put right what the error names: a service control policy, perhaps. If it says to come again later, run again.',
    },
    ja: {
      title: '停止できると確認できず起動しなかった',
      meaning:
        '5分間、再び停止できることを AWS に確認できなかったため、起動しませんでした。呼び出しとエラーは理由の文にあります。',
      whatToDo:
        'エラーが示す問題（サービスコントロールポリシーなど）を解消してください。一時的なエラーの場合は再実行してください。',
    },
  },
  'not-started': {
    en: {
      title: 'Had no turn to start in time',
      meaning:
        'It had no turn until the start deadline, and for half an hour at least. If AWS refused it before, the text has the call and the error.',
      whatToDo:
        'Wait for the next run. If it comes again, look into the log of the functions for what took their time: throttling, or slow answers.',
    },
    ja: {
      title: '起動の順番が来なかった',
      meaning:
        '関数の実行時間が足りず、起動の期限まで（少なくとも30分）順番が回ってきませんでした。それまでに AWS が拒否していた場合は、理由の文に呼び出しとエラーがあります。',
      whatToDo:
        '次回の実行を待ってください。繰り返す場合は、何に時間がかかったか（スロットリング、応答の遅れ）を関数のログで調べてください。',
    },
  },
  'stuck-stopping': {
    en: {
      title: 'Stopping all the while',
      meaning: 'It was stopping for the whole start deadline.',
      whatToDo: 'Force the stop in EC2.',
    },
    ja: {
      title: '停止処理が終わらない',
      meaning: '起動の期限まで、ずっと停止処理中（stopping）のままでした。',
      whatToDo: 'EC2 で強制停止してください。',
    },
  },
  'lock-lost': {
    en: {
      title: 'The run had lost its lock',
      meaning: 'The run had lost its lock, so it started nothing more, sent nothing more, and only restored.',
      whatToDo: 'Look for the run that holds the lock (lock.json), and wait for the next one.',
    },
    ja: {
      title: '実行がロックを失った',
      meaning: 'この実行がロックを失ったため、新たな起動と送信をやめ、元の状態に戻す処理だけを行いました。',
      whatToDo: 'ロックを持つ実行（lock.json）を確認し、次回の実行を待ってください。',
    },
  },
  'stopped-in-run': {
    en: {
      title: 'Stopped during the run',
      meaning: 'Someone else stopped it during the run, or ReconcileLeases did while the run was dead.',
      whatToDo: 'Find out what stops instances at this hour.',
    },
    ja: {
      title: '実行中に停止された',
      meaning: '実行中に外部から停止されました。実行が途中で終わり、ReconcileLeases が停止した場合もあります。',
      whatToDo: 'この時間帯にインスタンスを停止する仕組み（スケジューラーなど）がないか調べてください。',
    },
  },
  'restarted-in-run': {
    en: {
      title: 'Restarted during the run',
      meaning: 'It was restarted during the run, not by the run. Its update is lost.',
      whatToDo: 'Find out who did it. The next run updates it.',
    },
    ja: {
      title: '実行中に再起動された',
      meaning: '実行中に、Reveille 以外によって停止と起動が行われました。更新は途中で失われました。',
      whatToDo: '再起動した人やツールを調べてください。更新は次回の実行で行います。',
    },
  },
  'launch-error': {
    en: {
      title: 'Fell back to stopped',
      meaning: 'EC2 accepted the start, and the instance fell back to stopped. The text has the reason that EC2 gives.',
      whatToDo: 'Put right what that reason names.',
    },
    ja: {
      title: '起動直後に停止へ戻った',
      meaning: 'EC2 は起動を受け付けましたが、running にならずに停止へ戻りました。理由の文に原因があります。',
      whatToDo: 'その原因を解消してください。',
    },
  },
  'not-running': {
    en: {
      title: 'Did not get to running',
      meaning: 'It was not running at the readiness deadline.',
      whatToDo: 'Start it by hand, and look at what EC2 says.',
    },
    ja: {
      title: 'running にならない',
      meaning: '準備の期限になっても running になりませんでした。',
      whatToDo: '手動で起動し、EC2 の表示を確認してください。',
    },
  },
  'status-check-failed': {
    en: {
      title: 'A status check of EC2 fails',
      meaning: 'Its agent was not heard, and EC2 says that what is below it is dead: host, volume or operating system.',
      whatToDo:
        'Host: stop and start it, which moves it to another one. Volume: look at it in EC2. Operating system: read the console output.',
    },
    ja: {
      title: 'EC2 のステータスチェックに失敗',
      meaning: 'SSM Agent の応答がなく、その土台（ホスト、ボリューム、OS のいずれか）の異常を EC2 が報告しています。',
      whatToDo:
        'ホストの異常なら停止して起動し直すと別のホストに移ります。ボリュームの異常なら EC2 で状態を、OS の異常ならコンソール出力を確認してください。',
    },
  },
  'no-instance-profile': {
    en: {
      title: 'No instance profile, and no agent',
      meaning:
        'Its agent never registered, and it has no instance profile. That is a hint only: with Default Host Management none is needed.',
      whatToDo:
        'Give it an instance profile with AmazonSSMManagedInstanceCore, or turn Default Host Management on in its region.',
    },
    ja: {
      title: 'インスタンスプロファイルなし',
      meaning:
        'SSM Agent が登録されず、インスタンスプロファイルもありません。デフォルトのホスト管理設定が有効なら不要なため、原因とは限りません。',
      whatToDo:
        'AmazonSSMManagedInstanceCore を含むインスタンスプロファイルを付けるか、リージョンでデフォルトのホスト管理設定を有効にしてください。',
    },
  },
  'never-registered': {
    en: {
      title: 'The agent never registered',
      meaning:
        'Its agent did not register with SSM until the readiness deadline. One without credentials at boot tries again only after 25 to 30 minutes.',
      whatToDo: 'Check that the agent is installed, that its profile may speak to SSM, and that the network lets it.',
    },
    ja: {
      title: 'SSM Agent が登録されない',
      meaning:
        '準備の期限までに、SSM Agent が SSM に登録されませんでした。起動時に認証情報がないと、次に試すのは25〜30分後です。',
      whatToDo: 'SSM Agent の導入、インスタンスプロファイルの権限、SSM へのネットワーク経路を確認してください。',
    },
  },
  'agent-not-pinging': {
    en: {
      title: 'The agent did not ping',
      meaning: 'Its agent is registered, and did not ping in this boot until the readiness deadline.',
      whatToDo: 'Start the instance, and read the log of its agent.',
    },
    ja: {
      title: 'SSM Agent の ping がない',
      meaning: 'SSM Agent は登録済みですが、今回の起動後、準備の期限までに ping がありませんでした。',
      whatToDo: 'インスタンスを起動し、SSM Agent のログを確認してください。',
    },
  },
} as const satisfies Record<string, ReportedWords>;

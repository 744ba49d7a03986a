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
      meaning: 'EC2 refused to start it. The text has its words.',
      whatToDo: 'Repair what the text names: a missing root volume, or a missing permission.',
    },
    ja: {
      title: 'EC2 が起動を拒否',
      meaning: 'EC2 が起動を拒否しました。理由の文に EC2 のメッセージがあります。',
      whatToDo: 'メッセージが示す問題を解消してください（ルートボリュームがない、アクセス許可がない、など）。',
    },
  },
  'lease-refused': {
    en: {
      title: 'EC2 refused the lease tag',
      meaning: 'EC2 refused the lease tag, so it was not started.',
      whatToDo: 'Check that it has fewer than 50 tags, and that no policy forbids the tag reveille:lease.',
    },
    ja: {
      title: 'リースタグを付けられない',
      meaning: 'EC2 がリースタグを拒否したため、起動しませんでした。',
      whatToDo: 'タグが50個未満であること、タグ reveille:lease を禁止するポリシーがないことを確認してください。',
    },
  },
  'way-back-denied': {
    en: {
      title: 'It could not be stopped again',
      meaning:
        'For five minutes AWS did not say that it may be stopped again, so it was not woken. The text has its words.',
      whatToDo:
        'Repair the policy that the text names: a service control policy, perhaps. If AWS throttled, run again.',
    },
    ja: {
      title: '停止が許可されないため起動しなかった',
      meaning:
        '5分間、再び停止できることを AWS に確認できなかったため、起動しませんでした。AWS の応答は本文にあります。',
      whatToDo:
        '本文にあるポリシー（サービスコントロールポリシーなど）を修正してください。スロットリングの場合は再実行してください。',
    },
  },
  'not-started': {
    en: {
      title: 'Had no turn to start in time',
      meaning: 'AWS answered so slowly that it had no turn until the start deadline, and for half an hour at least.',
      whatToDo: 'Wait for the next run. If it comes again, look for throttling of the EC2 API.',
    },
    ja: {
      title: '起動の順番が来なかった',
      meaning: 'AWS の応答が遅く、起動の期限まで（少なくとも30分）順番が回ってきませんでした。',
      whatToDo: '次回の実行を待ってください。繰り返す場合は、EC2 API のスロットリングを調べてください。',
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
      meaning: 'EC2 accepted the start, and the instance fell back to stopped. The text has the reason.',
      whatToDo: 'Repair the reason. If its volumes are encrypted, name their key in KmsKeyArns.',
    },
    ja: {
      title: '起動直後に停止へ戻った',
      meaning: 'EC2 は起動を受け付けましたが、running にならずに停止へ戻りました。理由の文に原因があります。',
      whatToDo: '原因を解消してください。ボリュームが暗号化されている場合は、その KMS キーを KmsKeyArns に指定します。',
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
  'no-instance-profile': {
    en: {
      title: 'No instance profile',
      meaning: 'Its agent never registered, and it has no instance profile.',
      whatToDo:
        'Give it an instance profile with AmazonSSMManagedInstanceCore, or turn Default Host Management on in its region.',
    },
    ja: {
      title: 'インスタンスプロファイルなし',
      meaning: 'SSM Agent が登録されず、インスタンスプロファイルもありません。',
      whatToDo:
        'AmazonSSMManagedInstanceCore を含むインスタンスプロファイルを付けるか、リージョンでデフォルトのホスト管理設定を有効にしてください。',
    },
  },
  'never-registered': {
    en: {
      title: 'The agent never registered',
      meaning: 'Its agent did not register with SSM until the readiness deadline.',
      whatToDo: 'Check that the agent is installed, that its profile may speak to SSM, and that the network lets it.',
    },
    ja: {
      title: 'SSM Agent が登録されない',
      meaning: '準備の期限までに、SSM Agent が SSM に登録されませんでした。',
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

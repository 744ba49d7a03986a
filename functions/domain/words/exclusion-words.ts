import type { ReportedWords } from './words.ts';

/** Why an instance is left out, and why a whole run is refused. */
export const exclusionWords = {
  'auto-scaling': {
    en: {
      title: 'Member of an Auto Scaling group',
      meaning: 'It belongs to an Auto Scaling group, which would replace it as soon as it stops.',
      whatToDo: 'Nothing: update the image of the group.',
    },
    ja: {
      title: 'Auto Scaling グループのメンバー',
      meaning: 'Auto Scaling グループに属しています。停止すると、グループが別のインスタンスに置き換えます。',
      whatToDo: '対応は不要です。グループが使う AMI のほうを更新してください。',
    },
  },
  'instance-store': {
    en: {
      title: 'Its root is an instance store',
      meaning: 'Its root device is an instance store, so it can never be stopped.',
      whatToDo: 'Nothing: update it by other means.',
    },
    ja: {
      title: 'ルートがインスタンスストア',
      meaning: 'ルートデバイスがインスタンスストアのため、停止できないインスタンスです。',
      whatToDo: '対応は不要です。更新は別の方法で行ってください。',
    },
  },
  'managed-by-others': {
    en: {
      title: 'Owned by another controller',
      meaning:
        'A controller owns it, which starts, stops and replaces instances by itself: EKS or ECS (managed instances), EMR, or Karpenter. The text names it.',
      whatToDo: 'Nothing: update the image that the controller uses.',
    },
    ja: {
      title: '別のコントローラーが管理中',
      meaning:
        'EKS・ECS（マネージドインスタンス）、EMR、Karpenter など、インスタンスの起動・停止・置き換えを自分で行うコントローラーが管理しています。どのコントローラーかは理由の文にあります。',
      whatToDo: '対応は不要です。コントローラーが使う AMI のほうを更新してください。',
    },
  },
  'not-found': {
    en: {
      title: 'EC2 does not know it',
      meaning: 'The resource group names it, and EC2 does not know it.',
      whatToDo: 'Take it out of the group.',
    },
    ja: {
      title: 'EC2 に存在しない',
      meaning: 'リソースグループには含まれていますが、EC2 に存在しません。',
      whatToDo: 'リソースグループから外してください。',
    },
  },
  'opted-out': {
    en: {
      title: 'Carries the opt-out tag',
      meaning: 'It carries the opt-out tag. The text has its value.',
      whatToDo: 'Remove the tag, or set it to false, once the instance may take part.',
    },
    ja: {
      title: '除外タグあり',
      meaning: '除外タグが付いています。タグの値は理由の文にあります。',
      whatToDo: '対象に戻すときは、タグを外すか、値を false にしてください。',
    },
  },
  'opted-out-in-run': {
    en: {
      title: 'Opted out during the run',
      meaning: 'It was given the opt-out tag during the run: nothing more was sent to it, and it was not stopped.',
      whatToDo: 'Stop it once it is not needed. Remove the tag once it may take part again.',
    },
    ja: {
      title: '実行中に除外タグが付いた',
      meaning: '実行中に除外タグが付けられたため、それ以降は何も送信せず、停止もしていません。',
      whatToDo: '使い終わったら停止してください。対象に戻すときは、タグを外すか、値を false にしてください。',
    },
  },
  'not-an-instance': {
    en: {
      title: 'Managed node outside of EC2',
      meaning:
        "It is a managed node of Systems Manager (mi-) that is no EC2 instance: one's own server, or one of another cloud. EC2 can neither start nor stop it.",
      whatToDo: "Nothing: it runs when its owners want it to. Turn on Systems Manager's own update of its agent.",
    },
    ja: {
      title: 'EC2 以外のマネージドノード',
      meaning:
        'EC2 インスタンスではない Systems Manager のマネージドノード（mi-）です。オンプレミスや他社クラウドのサーバーで、EC2 からは起動も停止もできません。',
      whatToDo: '対応は不要です。エージェントの更新には、Systems Manager の自動更新を有効にしてください。',
    },
  },
  spot: {
    en: {
      title: 'Running Spot Instance',
      meaning: 'It is a running Spot Instance, and EC2 may refuse to stop it.',
      whatToDo: 'Nothing: update it by other means.',
    },
    ja: {
      title: '稼働中のスポットインスタンス',
      meaning: '稼働中のスポットインスタンスです。EC2 が停止を拒否することがあります。',
      whatToDo: '対応は不要です。更新は別の方法で行ってください。',
    },
  },
  'spot-interrupted': {
    en: {
      title: 'Spot Instance that EC2 has interrupted',
      meaning: 'It is a Spot Instance that EC2 has interrupted, so only EC2 can start it again.',
      whatToDo: 'Nothing: a later run meets it again.',
    },
    ja: {
      title: 'EC2 が中断したスポットインスタンス',
      meaning: 'EC2 が中断したスポットインスタンスです。再開できるのは EC2 だけです。',
      whatToDo: '対応は不要です。EC2 が再開すれば、以降の実行で対象になります。',
    },
  },
  'stop-protected': {
    en: {
      title: 'Protected from being stopped',
      meaning: 'It has stop protection: once started, it could not be stopped.',
      whatToDo: 'Turn the protection (disableApiStop) off if the instance is to take part.',
    },
    ja: {
      title: '停止保護が有効',
      meaning: '停止保護が有効です。起動すると、停止に戻せなくなります。',
      whatToDo: '対象に含める場合は、停止保護（disableApiStop）を無効にしてください。',
    },
  },
  terminated: {
    en: {
      title: 'Terminated before the run',
      meaning: 'It is terminated, or about to be.',
      whatToDo: 'Take it out of the resource group.',
    },
    ja: {
      title: '実行前に終了（削除）済み',
      meaning: 'すでに終了（削除）されたか、終了処理中のインスタンスです。',
      whatToDo: 'リソースグループから外してください。',
    },
  },
  'still-in-transition': {
    en: {
      title: 'Still starting or stopping',
      meaning: 'It was still starting or stopping, or a dead run had just left it, after the last listing.',
      whatToDo: 'Start the run again. If it is stuck, force its stop in EC2.',
    },
    ja: {
      title: '起動または停止の処理中',
      meaning: '最後の一覧取得でも起動または停止の処理中でした。途中で終わった別の実行が手放した直後の場合もあります。',
      whatToDo: 'もう一度実行してください。停止処理が終わらないままなら、EC2 で強制停止してください。',
    },
  },
  'no-root-volume': {
    en: {
      title: 'No root volume',
      meaning: 'Its root volume is not attached, so it could not boot. It was not woken.',
      whatToDo: 'Attach a root volume again, or take it out of the resource group.',
    },
    ja: {
      title: 'ルートボリュームなし',
      meaning: 'ルートボリュームがアタッチされておらず、起動できないため、起動しませんでした。',
      whatToDo: 'ルートボリュームをアタッチし直すか、リソースグループから外してください。',
    },
  },
  'target-not-available': {
    en: {
      title: 'No such version for its platform',
      meaning:
        "The region's manifest of the agent has no file of the target version for its platform. It was not woken.",
      whatToDo: 'Choose another target version, or wait until the region has this one.',
    },
    ja: {
      title: '目標バージョンのファイルなし',
      meaning:
        'リージョンの SSM Agent のマニフェストに、このプラットフォーム向けの目標バージョンがないため、起動しませんでした。',
      whatToDo: '別の目標バージョンを指定するか、リージョンに配布されるのを待ってください。',
    },
  },
  busy: {
    en: {
      title: 'Held by another run',
      meaning: 'Another run or another state machine holds it.',
      whatToDo: 'Wait for the other run to end, and start this one again.',
    },
    ja: {
      title: '別の実行が使用中',
      meaning: '別の実行、または別のステートマシンがこのインスタンスを扱っています。',
      whatToDo: '別の実行が終わるのを待って、もう一度実行してください。',
    },
  },
  'out-of-time': {
    en: {
      title: 'No time left in the window',
      meaning: 'No time was left for it before the window of the run ended. One that was tried before has failed.',
      whatToDo: 'Choose a longer WindowSeconds, a later finishBy, or fewer instances.',
    },
    ja: {
      title: '実行時間枠の時間不足',
      meaning: '実行の時間枠が終わるまでに、処理する時間がありませんでした。途中まで進んでいたものは失敗になります。',
      whatToDo: 'WindowSeconds を長くするか、finishBy を遅らせるか、対象のインスタンスを減らしてください。',
    },
  },
  'question-refused': {
    en: {
      title: 'AWS refused a question about it',
      meaning:
        'AWS refused, or did not answer, what has to be known of it: see the text. If it was not woken yet, it is excluded; else it has failed.',
      whatToDo:
        'Put right what the error names, and start the run again. If EC2 did not answer, its zone may have been disturbed: start it again later.',
    },
    ja: {
      title: 'AWS が問い合わせを拒否',
      meaning:
        '処理に必要な情報の問い合わせを AWS が拒否したか、応答しませんでした。呼び出しとエラーは理由の文にあります。起動前なら対象外、起動後なら失敗になります。',
      whatToDo:
        'エラーの原因を直してから、もう一度実行してください。EC2 が応答しなかった場合は、アベイラビリティーゾーンの障害が考えられます。時間をおいて実行してください。',
    },
  },
  'already-running': {
    en: {
      title: 'Another run is alive',
      meaning: 'Another run is alive.',
      whatToDo: 'Wait for its end, and start this one again.',
    },
    ja: {
      title: '別の実行が進行中',
      meaning: '別の実行がまだ終わっていません。',
      whatToDo: 'その実行が終わるのを待って、もう一度実行してください。',
    },
  },
} as const satisfies Record<string, ReportedWords>;

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

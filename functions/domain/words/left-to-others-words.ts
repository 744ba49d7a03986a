import type { ReportedWords } from './words.ts';

/** Why an instance is left to someone else, and what else is worth knowing of one whose work went well. */
export const leftToOthersWords = {
  'started-by-others': {
    en: {
      title: 'Started before Reveille did it',
      meaning: 'A person or a scheduler started it before Reveille did. EC2 does not say which.',
      whatToDo: 'Stop it once it is not needed.',
    },
    ja: {
      title: '他者が先に起動',
      meaning: 'Reveille より先に、ほかの誰か（または別の仕組み）が起動しました。',
      whatToDo: '使い終わったことを確認してから停止してください。',
    },
  },
  'boot-in-doubt': {
    en: {
      title: 'Not certain whose boot it is',
      meaning:
        'Reveille has asked EC2 to start it, and its boot came so late, or was shown so late, that it may be another one.',
      whatToDo: 'Stop it, unless someone else has started it in the same minutes.',
    },
    ja: {
      title: '誰が起動したか確かでない',
      meaning:
        'Reveille が起動を要求しましたが、起動時刻（またはその表示）が遅すぎて、別の起動である可能性があるため、停止しませんでした。',
      whatToDo: '同じ頃にほかの誰かが起動したのでなければ、停止してください。',
    },
  },
  'restarted-by-others': {
    en: {
      title: 'Restarted, and not by Reveille',
      meaning: 'A person or a scheduler stopped and started it while Reveille held it. EC2 does not say which.',
      whatToDo: 'Stop it once it is not needed.',
    },
    ja: {
      title: '他者が再起動',
      meaning: 'Reveille が扱っている間に、ほかの誰か（または別の仕組み）が停止して起動し直しました。',
      whatToDo: '使い終わったことを確認してから停止してください。',
    },
  },
  'session-active': {
    en: {
      title: 'Someone had a session on it',
      meaning: 'Someone had a Session Manager session on it for more than 20 minutes, so it is held.',
      whatToDo: 'Nothing: it is put back once it was left alone for 20 minutes. Otherwise you are told.',
    },
    ja: {
      title: 'セッションが接続中',
      meaning: 'Session Manager のセッションが20分を過ぎても続いていたため、停止を保留しています。',
      whatToDo: '対応は不要です。20分間使われなければ元の状態に戻します。戻せない場合は通知します。',
    },
  },
  'command-running': {
    en: {
      title: 'A command of someone else ran on it',
      meaning: "Someone else's command had not ended on it after more than 20 minutes, so it is held.",
      whatToDo: 'Nothing: it is put back once it was left alone for 20 minutes. Otherwise you are told.',
    },
    ja: {
      title: '他者のコマンドが実行中',
      meaning: 'Reveille 以外のコマンド（Run Command）が20分を過ぎても終わらなかったため、停止を保留しています。',
      whatToDo: '対応は不要です。20分間使われなければ元の状態に戻します。戻せない場合は通知します。',
    },
  },
  'association-running': {
    en: {
      title: 'An association ran on it',
      meaning: 'An association of State Manager ran on it for more than 20 minutes, so it is held.',
      whatToDo: 'Nothing: it is put back once it was left alone for 20 minutes. Otherwise you are told.',
    },
    ja: {
      title: '関連付けが実行中',
      meaning: 'State Manager の関連付けが20分を過ぎても終わらなかったため、停止を保留しています。',
      whatToDo: '対応は不要です。20分間使われなければ元の状態に戻します。戻せない場合は通知します。',
    },
  },
  'left-awake': {
    en: {
      title: 'Left awake at the end of the window',
      meaning: 'LEFT AWAKE: the window of its run ended before it could be stopped, and nothing is stopped after that.',
      whatToDo: 'Stop it once no one needs it: message and page have the command. The text says what held it.',
    },
    ja: {
      title: '時間枠の終了により起動したまま',
      meaning: 'LEFT AWAKE。停止する前に実行の時間枠が終わりました。時間枠の後は、何も停止しません。',
      whatToDo: '使われていないことを確認してから停止してください。コマンドはメッセージとページにあります。',
    },
  },
  'lease-removed': {
    en: {
      title: 'Its lease tag was removed',
      meaning: 'LEFT AWAKE, if it was awake: its lease tag was removed or changed, so Reveille can no more stop it.',
      whatToDo: 'Stop it if it is awake, and have the tool that strips tags ignore those of reveille.',
    },
    ja: {
      title: 'リースタグが外された',
      meaning:
        'リースタグが外部から削除または変更されたため、Reveille は停止できません。起動中だった場合は LEFT AWAKE です。',
      whatToDo: '起動したままなら停止してください。タグを消すツールには、reveille のタグを無視させてください。',
    },
  },
  'updated-by-others': {
    en: {
      title: 'Updated by someone else',
      meaning: 'An update of someone else brought the target version.',
      whatToDo: 'Nothing.',
    },
    ja: {
      title: '他者の更新で目標バージョンに到達',
      meaning: 'Reveille 以外による更新で、目標バージョンになりました。',
      whatToDo: '対応は不要です。',
    },
  },
  'newer-than-target': {
    en: {
      title: 'Newer than the target',
      meaning: 'Its agent was newer than the target when the command came: an update of someone else was quicker.',
      whatToDo: 'Choose a newer target version, if it comes again. Reveille never goes back to an older one.',
    },
    ja: {
      title: '目標より新しいバージョン',
      meaning: 'コマンドが届いたとき、SSM Agent はすでに目標より新しいバージョンでした。別の更新が先に行われています。',
      whatToDo: '繰り返す場合は、目標バージョンを新しくしてください。Reveille が古いバージョンに戻すことはありません。',
    },
  },
  'boot-assumed': {
    en: {
      title: 'Its boot is taken for ours',
      meaning:
        "EC2's answer to its start was lost; its boot came in the seconds in which that start can have taken effect.",
      whatToDo: 'Nothing, unless someone else started it in the same seconds: then it was stopped under their hands.',
    },
    ja: {
      title: 'Reveille による起動とみなした',
      meaning:
        '起動に対する EC2 の応答が失われましたが、その起動が有効になり得た数秒の間に起動していたため、Reveille によるものとみなしました。',
      whatToDo: '対応は不要です。同じ数秒の間にほかの誰かが起動していた場合は、使用中に停止されています。',
    },
  },
  'lease-ignored': {
    en: {
      title: 'Carried a lease that holds nothing',
      meaning: 'It carried a lease tag that holds nothing: copied with an image, or written by someone else.',
      whatToDo: 'Remove the tag reveille:lease.',
    },
    ja: {
      title: '無効なリースタグあり',
      meaning: '無効なリースタグが付いていました。AMI と一緒にコピーされたか、外部で書き込まれたものです。',
      whatToDo: 'タグ reveille:lease を削除してください。',
    },
  },
  'hibernation-lost': {
    en: {
      title: 'Stopped instead of hibernated',
      meaning: 'It was hibernated, and EC2 fell back to a plain stop: its memory is lost.',
      whatToDo: 'Tell its owner, and check that it can still hibernate.',
    },
    ja: {
      title: '休止ではなく通常の停止になった',
      meaning: '休止状態でしたが、EC2 が通常の停止に切り替えました。メモリの内容は失われています。',
      whatToDo: '利用者に連絡し、休止がまだ可能な設定かどうかを確認してください。',
    },
  },
} as const satisfies Record<string, ReportedWords>;

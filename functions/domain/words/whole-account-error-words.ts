import type { ErrorTexts } from './words.ts';

/** What holds until a person puts it right, for all or for those that a policy means, by the rows of the table of AWS's errors. */
export const wholeAccountErrorWords = {
  denied: {
    en: {
      meaning: 'A policy does not allow Reveille this call: of its role, of the organization, or of the resource.',
      whatToDo:
        'Put right the policy for the action that the message names. The permissions that Reveille needs are in template.yaml.',
    },
    ja: {
      meaning: 'ポリシー（ロール、組織、リソースのいずれか）により、Reveille にこの呼び出しが許可されていません。',
      whatToDo:
        'メッセージにあるアクションのポリシーを修正してください。Reveille に必要なアクセス許可は template.yaml にあります。',
    },
  },
  'start-denied': {
    en: {
      meaning:
        "A policy does not allow the start. Reveille's own role may start only what shows its lease tag; that can lag behind for seconds, not for minutes.",
      whatToDo:
        'Look for a service control policy or a boundary that forbids ec2:StartInstances, and for a tool that strips tags.',
    },
    ja: {
      meaning:
        'ポリシーにより起動が許可されていません。Reveille のロールが起動できるのは、リースタグが付いたインスタンスだけです。タグの反映は数秒遅れることがありますが、数分遅れることはありません。',
      whatToDo:
        'ec2:StartInstances を禁止するサービスコントロールポリシーやアクセス許可の境界、タグを消すツールがないか確認してください。',
    },
  },
  'stop-denied': {
    en: {
      meaning:
        'A policy does not allow the stop: a service control policy, for example, or one that looks at tags of the instance.',
      whatToDo:
        'Let the role of RestoreInstances and ReconcileLeases call ec2:StopInstances on what carries the tag reveille:lease.',
    },
    ja: {
      meaning:
        'ポリシーにより停止が許可されていません。サービスコントロールポリシーや、インスタンスのタグを条件とするポリシーなどです。',
      whatToDo:
        'RestoreInstances と ReconcileLeases のロールが、タグ reveille:lease の付いたインスタンスに ec2:StopInstances を実行できるようにしてください。',
    },
  },
  'tag-denied': {
    en: {
      meaning:
        'A policy does not allow the lease tag to be written or removed: a service control policy that protects tags, for example.',
      whatToDo: "Let Reveille's roles write and remove the tag reveille:lease.",
    },
    ja: {
      meaning:
        'ポリシー（タグを保護するサービスコントロールポリシーなど）により、リースタグの書き込みまたは削除が許可されていません。',
      whatToDo: 'Reveille のロールに、タグ reveille:lease の書き込みと削除を許可してください。',
    },
  },
  'send-denied': {
    en: {
      meaning: 'A policy does not allow the command: neither the document nor the instance may be missing in it.',
      whatToDo: 'Let the role of UpdateAgent call ssm:SendCommand with AWS-UpdateSSMAgent on these instances.',
    },
    ja: {
      meaning: 'ポリシーによりコマンドの送信が許可されていません。ドキュメントとインスタンスの両方への許可が必要です。',
      whatToDo:
        'UpdateAgent のロールが、これらのインスタンスに AWS-UpdateSSMAgent で ssm:SendCommand を実行できるようにしてください。',
    },
  },
  'tag-policy': {
    en: {
      meaning: 'A tag policy of the organization does not take the tag, or its value.',
      whatToDo: 'Let the tag policy take the key reveille:lease with any value.',
    },
    ja: {
      meaning: '組織のタグポリシーが、このタグまたは値を受け付けません。',
      whatToDo: 'タグポリシーで、キー reveille:lease に任意の値を許可してください。',
    },
  },
  'account-held': {
    en: {
      meaning: 'AWS holds the account back: it is blocked, or not verified yet.',
      whatToDo: 'Contact AWS Support.',
    },
    ja: {
      meaning: 'AWS によってアカウントが制限されています。ブロックされているか、検証が完了していません。',
      whatToDo: 'AWS サポートに連絡してください。',
    },
  },
  'volume-limit': {
    en: {
      meaning: "The account's limit of EBS volume storage is reached in the region.",
      whatToDo: 'Ask for a higher limit in Service Quotas, or delete volumes that nothing needs.',
    },
    ja: {
      meaning: 'このリージョンの EBS ボリュームストレージのクォータに達しています。',
      whatToDo: 'Service Quotas でクォータの引き上げをリクエストするか、不要なボリュームを削除してください。',
    },
  },
  credentials: {
    en: {
      meaning:
        'AWS did not take the credentials of the function: they have expired, or its role does not exist any more.',
      whatToDo: 'Run it again. If it lasts, deploy Reveille anew, and look at the role of the function that failed.',
    },
    ja: {
      meaning: '関数の認証情報を AWS が受け付けませんでした。期限切れか、ロールが存在しません。',
      whatToDo: '再実行してください。続く場合は、Reveille をデプロイし直し、失敗した関数のロールを確認してください。',
    },
  },
  'topic-key': {
    en: {
      meaning: "The KMS key of the topic can't be used for its messages.",
      whatToDo: 'Enable the key, and let the roles of ReportRun and ReconcileLeases use it.',
    },
    ja: {
      meaning: 'SNS トピックの KMS キーを使用できません。',
      whatToDo: 'キーを有効にし、ReportRun と ReconcileLeases のロールに使用を許可してください。',
    },
  },
  'no-document': {
    en: {
      meaning: 'SSM does not know the document AWS-UpdateSSMAgent, or the account may not use it.',
      whatToDo: 'Check in the console of Systems Manager that the document is there.',
    },
    ja: {
      meaning: 'ドキュメント AWS-UpdateSSMAgent が SSM に存在しないか、このアカウントで使用できません。',
      whatToDo: 'Systems Manager コンソールでドキュメントがあることを確認してください。',
    },
  },
  'not-there': {
    en: {
      meaning: 'What the call names does not exist: it was deleted, or its name is another one.',
      whatToDo: 'Check the name that the message has. What belongs to Reveille comes back with a deployment.',
    },
    ja: {
      meaning: '呼び出しの対象が存在しません。削除されたか、名前が異なります。',
      whatToDo: 'メッセージにある名前を確認してください。Reveille のリソースは、デプロイし直すと復元されます。',
    },
  },
  'other-writer': {
    en: {
      meaning: 'Another writer was first. Reveille asks for this where it must not overwrite, and reads again.',
      whatToDo: 'Nothing, unless two stacks use one bucket.',
    },
    ja: {
      meaning: '別の書き込みが先に行われました。上書きを防ぐための条件付きの操作で、Reveille は読み直します。',
      whatToDo: '対応は不要です。2つのスタックが同じバケットを使っている場合は、分けてください。',
    },
  },
  endless: {
    en: {
      meaning: 'The answer does not end: there are more entries than Reveille reads in one look.',
      whatToDo: 'Find what runs so many commands or sessions in the region.',
    },
    ja: {
      meaning: '応答の件数が多すぎ、1回の確認で読み切れません。',
      whatToDo: 'リージョンで大量のコマンドやセッションを実行しているものを調べてください。',
    },
  },
  'bad-request': {
    en: {
      meaning: 'AWS does not take the request as it is made.',
      whatToDo:
        'Read the message. If it is about the instance, give it the opt-out tag; else report it as a bug of Reveille.',
    },
    ja: {
      meaning: 'リクエストの内容を AWS が受け付けませんでした。',
      whatToDo:
        'メッセージを確認してください。インスタンスに関するものなら除外タグを付け、そうでなければ Reveille の不具合として報告してください。',
    },
  },
} as const satisfies Record<string, ErrorTexts>;

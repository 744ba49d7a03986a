import type { ErrorTexts } from './words.ts';

/** What is to be put right at one instance, by the rows of the table of AWS's errors. */
export const instanceErrorWords = {
  'terms-not-accepted': {
    en: {
      meaning:
        'The account has no subscription to what it runs: a product of AWS Marketplace, as a rule, whose terms were not accepted or whose subscription has ended.',
      whatToDo: 'Subscribe to the product that the message names, or give the instance the opt-out tag.',
    },
    ja: {
      meaning:
        'インスタンスが使用している製品（通常は AWS Marketplace の製品）のサブスクリプションが、このアカウントにありません。規約に同意していないか、契約が終了しています。',
      whatToDo: 'メッセージにある製品をサブスクライブするか、除外タグを付けて対象から外してください。',
    },
  },
  'not-supported': {
    en: {
      meaning: 'AWS does not do this with this instance as it is set up.',
      whatToDo: 'Read what the message names, and change it, or give the instance the opt-out tag.',
    },
    ja: {
      meaning: 'このインスタンスの構成では、AWS はこの操作をサポートしていません。',
      whatToDo: 'メッセージが示す点を変更するか、除外タグを付けて対象から外してください。',
    },
  },
  'start-not-supported': {
    en: {
      meaning:
        'EC2 does not start it as it is set up: its type is not offered in its zone, or not with its image, for example.',
      whatToDo:
        'Read what the message names. Choose another instance type or zone, or give the instance the opt-out tag.',
    },
    ja: {
      meaning:
        '現在の構成では起動がサポートされていません。たとえば、その AZ でインスタンスタイプが提供されていない、AMI と組み合わせられない、などです。',
      whatToDo:
        'メッセージが示す点を確認し、インスタンスタイプか AZ を変更するか、除外タグを付けて対象から外してください。',
    },
  },
  'stop-not-supported': {
    en: {
      meaning: "EC2 can't stop it: its root is an instance store, or its Spot request allows no stop.",
      whatToDo: 'Give the instance the opt-out tag, and update it by other means.',
    },
    ja: {
      meaning:
        'EC2 はこのインスタンスを停止できません。ルートがインスタンスストアか、停止できないスポットリクエストによるものです。',
      whatToDo: '除外タグを付けて対象から外し、更新は別の方法で行ってください。',
    },
  },
  'not-hibernatable': {
    en: {
      meaning: "EC2 can't hibernate it: hibernation was not enabled when it was launched.",
      whatToDo: 'Stop it in EC2. Then the next run takes it for stopped.',
    },
    ja: {
      meaning: '起動時に休止が有効にされていないため、休止できません。',
      whatToDo: 'EC2 で停止してください。次回の実行からは停止として扱われます。',
    },
  },
  'spot-request': {
    en: {
      meaning:
        'Its Spot request does not let it be started now: EC2 has interrupted it, or its stop was just a moment ago.',
      whatToDo: 'Run it again later. One that EC2 has interrupted is started by EC2 alone.',
    },
    ja: {
      meaning: 'スポットリクエストの状態により、今は起動できません。EC2 が中断したか、停止した直後です。',
      whatToDo: '時間をおいて再実行してください。EC2 が中断したものを再開できるのは EC2 だけです。',
    },
  },
  'wrong-state': {
    en: {
      meaning: 'It is in no state in which this can be done: EC2 stops only what has come to running, for example.',
      whatToDo: 'Look at its state in EC2.',
    },
    ja: {
      meaning: 'この操作を行える状態ではありません。たとえば、running になる前のインスタンスは停止できません。',
      whatToDo: 'EC2 で状態を確認してください。',
    },
  },
  'stop-protected': {
    en: {
      meaning: 'Something set on the instance forbids it: stop protection (disableApiStop), as a rule.',
      whatToDo: 'Turn the protection off, or give the instance the opt-out tag.',
    },
    ja: {
      meaning: 'インスタンスの設定（通常は停止保護 disableApiStop）により禁止されています。',
      whatToDo: '停止保護を無効にするか、除外タグを付けて対象から外してください。',
    },
  },
  'no-such-instance': {
    en: {
      meaning: 'EC2 does not know the instance: it was terminated, as a rule.',
      whatToDo: 'Take it out of the resource group.',
    },
    ja: {
      meaning: 'EC2 に存在しません。通常は、終了（削除）されています。',
      whatToDo: 'リソースグループから外してください。',
    },
  },
  'no-root-volume': {
    en: {
      meaning: 'EC2 does not take a value of the start. For an instance whose root volume is not attached it says so.',
      whatToDo: 'Attach a root volume again, or take the instance out of the resource group.',
    },
    ja: {
      meaning:
        '起動リクエストの値を EC2 が受け付けませんでした。ルートボリュームがアタッチされていない場合に、この応答になります。',
      whatToDo: 'ルートボリュームをアタッチし直すか、リソースグループから外してください。',
    },
  },
  'no-host': {
    en: {
      meaning: 'No Dedicated Host that is available fits it.',
      whatToDo: 'Look at its placement, and at the state of its hosts.',
    },
    ja: {
      meaning: '条件に合う利用可能な Dedicated Host がありません。',
      whatToDo: '配置（プレイスメント）の設定とホストの状態を確認してください。',
    },
  },
  'tag-limit': {
    en: {
      meaning: 'It has 50 tags already, and EC2 takes no more: the lease tag has no room.',
      whatToDo: 'Remove a tag that it does not need.',
    },
    ja: { meaning: 'タグがすでに50個あり、リースタグを追加できません。', whatToDo: '不要なタグを削除してください。' },
  },
  'launch-key': {
    en: {
      meaning:
        'EC2 had accepted the start, and the launch failed on the side of the account: in most cases a KMS key of its volumes is disabled, or Reveille may not use it.',
      whatToDo: 'Enable the KMS keys of its volumes, and name them in KmsKeyArns.',
    },
    ja: {
      meaning:
        '起動は受け付けられましたが、アカウント側の原因で起動処理が失敗しました。多くの場合、ボリュームの KMS キーが無効か、Reveille に使用が許可されていません。',
      whatToDo: 'ボリュームの KMS キーを有効にし、KmsKeyArns に指定してください。',
    },
  },
  'key-state': {
    en: {
      meaning: "The KMS key of one of its volumes can't be used: it is disabled, pending deletion, or withdrawn.",
      whatToDo: 'Enable the key, or cancel its deletion. Is it named in KmsKeyArns?',
    },
    ja: {
      meaning: 'ボリュームの KMS キーを使用できません。無効化、削除待ち、または取り消しの状態です。',
      whatToDo: 'キーを有効にするか、削除をキャンセルしてください。KmsKeyArns に指定されているかも確認してください。',
    },
  },
  'snapshot-gone': {
    en: {
      meaning: 'A snapshot on which one of its volumes rests does not exist any more.',
      whatToDo: 'Look at the volumes of the instance, and make them anew from a snapshot that exists.',
    },
    ja: {
      meaning: 'ボリュームの元になるスナップショットが存在しません。',
      whatToDo: 'インスタンスのボリュームを確認し、存在するスナップショットから作成し直してください。',
    },
  },
  'no-managed-node': {
    en: {
      meaning:
        'SSM knows no managed node of this ID that takes commands: its agent is not registered, or does not run.',
      whatToDo:
        'Check in Fleet Manager that its agent is online. If it is not: its instance profile, its network, and the log of its agent.',
    },
    ja: {
      meaning:
        'コマンドを受け取れるマネージドノードとして SSM に認識されていません。SSM Agent が登録されていないか、動作していません。',
      whatToDo:
        'Fleet Manager で SSM Agent の状態を確認してください。オフラインの場合は、インスタンスプロファイル、ネットワーク、SSM Agent のログを確認してください。',
    },
  },
  'wrong-platform': {
    en: {
      meaning: 'The document AWS-UpdateSSMAgent is not made for the platform that SSM knows of it.',
      whatToDo: 'Check its platform in Fleet Manager, or give the instance the opt-out tag.',
    },
    ja: {
      meaning: 'ドキュメント AWS-UpdateSSMAgent が、SSM の認識しているプラットフォームに対応していません。',
      whatToDo: 'Fleet Manager でプラットフォームを確認するか、除外タグを付けて対象から外してください。',
    },
  },
} as const satisfies Record<string, ErrorTexts>;

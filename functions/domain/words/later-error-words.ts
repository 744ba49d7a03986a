import type { ErrorTexts } from './words.ts';

/** What AWS asks to be tried again for, by the rows of the table of its errors. */
export const laterErrorWords = {
  throttled: {
    en: {
      meaning:
        'The rate at which the account may make this call is used up: Reveille shares it with all that calls AWS in the same account and region. Nothing was done.',
      whatToDo: 'Run it again later. If it comes each time, choose another hour, or find what calls AWS so often then.',
    },
    ja: {
      meaning:
        'この呼び出しのリクエストレートの上限に達しました（スロットリング）。上限は、同じアカウントとリージョンで AWS を呼び出すすべてのものと共有されます。操作は行われていません。',
      whatToDo:
        '時間をおいて再実行してください。毎回起きる場合は、時間帯を変えるか、同じ時間帯に AWS を頻繁に呼び出しているものを調べてください。',
    },
  },
  'asks-again': {
    en: {
      meaning:
        'AWS was busy with another request for the same thing, or received this one too slowly, and asks for another try.',
      whatToDo: 'Run it again later.',
    },
    ja: {
      meaning:
        '同じ対象への別のリクエストを処理中だったか、リクエストの受信に時間がかかりすぎたため、AWS が再試行を求めています。',
      whatToDo: '時間をおいて再実行してください。',
    },
  },
  'no-answer': {
    en: {
      meaning:
        'No answer came from AWS: the connection failed, or took too long. Whether the request was carried out is not known.',
      whatToDo:
        'Run it again later. If it lasts, look at the network of the functions, and at the AWS Health Dashboard.',
    },
    ja: {
      meaning:
        'AWS から応答がありませんでした（接続エラーまたはタイムアウト）。リクエストが実行されたかどうかは不明です。',
      whatToDo:
        '時間をおいて再実行してください。続く場合は、関数のネットワークと AWS Health Dashboard を確認してください。',
    },
  },
  'server-error': {
    en: {
      meaning: 'An error on the side of AWS, or a service that is overloaded for the moment.',
      whatToDo: 'Run it again later. If it lasts, look at the AWS Health Dashboard.',
    },
    ja: {
      meaning: 'AWS 側のエラーか、サービスの一時的な過負荷です。',
      whatToDo: '時間をおいて再実行してください。続く場合は、AWS Health Dashboard を確認してください。',
    },
  },
  'launch-failed': {
    en: {
      meaning: 'EC2 had accepted the start, and an error of its own ended the launch. As a rule it passes.',
      whatToDo:
        'Run it again later. If it comes again, check that the KMS keys of its volumes are enabled and named in KmsKeyArns; then ask AWS Support.',
    },
    ja: {
      meaning: '起動は受け付けられましたが、EC2 の内部エラーで起動処理が中断されました。通常は一時的なものです。',
      whatToDo:
        '時間をおいて再実行してください。繰り返す場合は、ボリュームの KMS キーが有効で KmsKeyArns に指定されているかを確認し、それでも続くなら AWS サポートに問い合わせてください。',
    },
  },
  'tags-busy': {
    en: {
      meaning:
        'Something else changed its tags at the same moment: a tool that tags what changes, perhaps. EC2 asks for another try.',
      whatToDo: 'Run it again later. If it lasts, find what writes its tags at this hour.',
    },
    ja: {
      meaning:
        '同じタイミングで、別の仕組み（自動でタグを付けるツールなど）がこのインスタンスのタグを変更していました。EC2 が再試行を求めています。',
      whatToDo: '時間をおいて再実行してください。続く場合は、同じ時間帯にタグを書き込んでいるものを調べてください。',
    },
  },
  'not-startable': {
    en: {
      meaning:
        'EC2 says that it is in no state from which it can be started: it is still stopping, or its root volume is not attached.',
      whatToDo: 'Look at its state and its root volume in EC2. If it goes on stopping, force its stop there.',
    },
    ja: {
      meaning:
        '起動できる状態ではないと EC2 が応答しました。まだ停止処理中か、ルートボリュームがアタッチされていません。',
      whatToDo: 'EC2 で状態とルートボリュームを確認してください。停止処理が終わらない場合は、強制停止してください。',
    },
  },
  'not-listed-yet': {
    en: {
      meaning:
        'SSM does not show the command on this instance: it lags behind just after a send, and forgets commands after 30 days.',
      whatToDo: 'Nothing: it is asked again.',
    },
    ja: {
      meaning:
        'SSM にこのインスタンスのコマンドが表示されていません。送信直後は反映が遅れ、30日を過ぎたコマンドは表示されません。',
      whatToDo: '対応は不要です。自動的に再度確認します。',
    },
  },
} as const satisfies Record<string, ErrorTexts>;

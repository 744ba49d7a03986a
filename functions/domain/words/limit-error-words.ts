import type { ErrorTexts } from './words.ts';

/** No room, at EC2 or within the limits of the account, by the rows of the table of AWS's errors. */
export const limitErrorWords = {
  'no-room': {
    en: {
      meaning: 'EC2 has no room for its instance type in its Availability Zone at the moment.',
      whatToDo:
        'Wait for the next run, or choose another hour or a longer StartDeadlineSeconds. If it comes again and again: another type or zone, or a Capacity Reservation.',
    },
    ja: {
      meaning: '現在、このアベイラビリティーゾーンには、このインスタンスタイプのキャパシティがありません。',
      whatToDo:
        '次回の実行を待つか、時間帯を変えるか、StartDeadlineSeconds を長くしてください。繰り返す場合は、インスタンスタイプか AZ の変更、またはキャパシティ予約を検討してください。',
    },
  },
  'host-full': {
    en: {
      meaning: 'The Dedicated Hosts on which it may run have no room for it.',
      whatToDo: 'Stop something else on its host before the run, or give it another host.',
    },
    ja: {
      meaning: '使用できる Dedicated Host に空きがありません。',
      whatToDo: '実行前に同じホストの別のインスタンスを停止するか、別のホストを割り当ててください。',
    },
  },
  'reservation-full': {
    en: {
      meaning: 'The Capacity Reservation that it is meant for has no room left.',
      whatToDo: 'Enlarge the reservation, or let the instance start outside of it.',
    },
    ja: {
      meaning: '対象のキャパシティ予約に空きがありません。',
      whatToDo: 'キャパシティ予約を増やすか、予約の外で起動できるように設定してください。',
    },
  },
  'instance-limit': {
    en: {
      meaning:
        'The account may run no more instances of this kind in the region: its limit of vCPUs, or of instances, is reached.',
      whatToDo: 'Ask for a higher limit in Service Quotas, or stop something else before the run.',
    },
    ja: {
      meaning: 'このリージョンで同時に実行できる vCPU 数またはインスタンス数のクォータに達しています。',
      whatToDo: 'Service Quotas でクォータの引き上げをリクエストするか、実行前にほかのインスタンスを停止してください。',
    },
  },
  'spot-limit': {
    en: {
      meaning: 'The account may run no more Spot Instances in the region.',
      whatToDo: 'Ask for a higher limit in Service Quotas, or stop other Spot Instances before the run.',
    },
    ja: {
      meaning: 'このリージョンで実行できるスポットインスタンスのクォータに達しています。',
      whatToDo:
        'Service Quotas でクォータの引き上げをリクエストするか、実行前にほかのスポットインスタンスを停止してください。',
    },
  },
} as const satisfies Record<string, ErrorTexts>;

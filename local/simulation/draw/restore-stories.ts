import { drawSleeper } from '../scenario/draw-fleet.ts';
import type { Deed } from '../scenario/scenario.ts';
import { pick } from '../scenario/weighted-choice.ts';
import { type Kind, night, person, sometimes, window } from './story.ts';

const WORK: Deed[] = ['open-session', 'open-session', 'run-command', 'run-association'];

/** What people and tools do to the tags of an instance that is awake. */
const TAG_CHANGES: Deed[] = ['remove-lease', 'remove-lease', 'opt-out', 'opt-out-of-yesterday', 'forge-lease'];

/** An owner's word, in each form that keeps an instance out. */
const OPT_OUTS: Deed[] = ['opt-out', 'opt-out-until-spring', 'opt-out-in-silence'];

/** What keeps an instance from being put back, or what is found when it is to be. */
export const restoreStories: readonly Kind[] = [
  {
    name: 'a run comes for what an earlier one has left to others',
    ofThousand: 4,
    draw(random) {
      // The first run waits for twenty minutes. Most end soon after that, and the next run comes before it is quiet.
      const seconds = random.integer([1500, 2400]);
      const dies = pick(random, ['lives', 'lives', 'dies'] as const);
      const comesAfter = random.integer([5, 1200]);
      return night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['slow-boot']]))],
        others: [{ atSeconds: comesAfter, after: 0, name: 'run-2', input: {} }],
        disturbances: [
          person(pick(random, ['open-session', 'run-command', 'run-association']), random.integer([95, 120]), seconds),
          ...(dies === 'lives'
            ? []
            : [{ kind: 'abort', atSeconds: random.integer([1600, 3600]), execution: 1 } as const]),
        ],
      });
    },
  },
  {
    name: 'someone is at work on it',
    ofThousand: 18,
    draw(random) {
      const deed = pick(random, [...WORK, 'run-command', 'run-association'] as const);
      const behaviours = pick(random, [
        [],
        ['slow-boot'],
        ['hibernated'],
        ['hibernated'],
        ['hibernation-falls-back'],
      ] as const);
      return night(random, {
        // Another one of the batch is asked about as well.
        instances: [drawSleeper(random, 0, [...behaviours]), drawSleeper(random, 1)],
        parameters: { BatchSize: '4', ...sometimes(random, 0.4, { RestoreDeadlineSeconds: '300' }) },
        // An association of before the update would end with its agent.
        disturbances: [
          person(
            deed,
            random.integer(deed === 'run-association' ? [95, 125] : [30, 100]),
            pick(random, [600, 4800, 4800, 5400, 5400]),
          ),
        ],
      });
    },
  },
  {
    name: 'held until the end of its window',
    ofThousand: 13,
    draw(random) {
      const operation = pick(random, [null, null, 'StopInstances', 'DescribeSessions'] as const);
      // It is in use, it can't be stopped, or it can't be seen whether it may be, until some time around its end.
      const seconds = random.integer([operation === null ? 6000 : 4900, 8400]);
      return night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['hibernated'], ['hibernated'], ['update-hangs']]))],
        parameters: { WindowSeconds: '5400', ...sometimes(random, 0.5, { RestoreDeadlineSeconds: '300' }) },
        disturbances: [
          operation === null
            ? person('open-session', random.integer([40, 90]), seconds)
            : window(pick(random, ['denied', 'server-errors']), 60, seconds, { operation }),
        ],
      });
    },
  },
  {
    name: 'its lease cannot be removed',
    ofThousand: 8,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['no-capacity'], ['vcpu-limit'], ['vcpu-limit']]))],
        parameters: sometimes(random, 0.8, { RestoreDeadlineSeconds: '300', StartDeadlineSeconds: '60' }),
        disturbances: [
          window(pick(random, ['denied', 'denied', 'server-errors']), 5, pick(random, [900, 2400]), {
            operation: 'DeleteTags',
          }),
        ],
      }),
  },
  {
    name: 'its way back is denied',
    ofThousand: 11,
    draw(random) {
      const [trouble, seconds, operation] = pick(random, [
        [null],
        [null],
        [null],
        ['denied', 900, 'StopInstances'],
        ['denied', 200, 'StopInstances'],
        ['throttling', 900, 'StopInstances'],
        ['denied', 900, 'DescribeSessions'],
        ['denied', 900, 'DescribeInstanceAssociationsStatus'],
      ] as const);
      return night(random, {
        instances:
          trouble === null
            ? [drawSleeper(random, 0, ['stop-denied'])]
            : [drawSleeper(random, 0), drawSleeper(random, 1)],
        parameters: { BatchSize: '4' },
        disturbances:
          trouble === null
            ? pick(random, [[], [person(pick(random, ['remove-lease', 'forge-lease']), random.integer([20, 300]))]])
            : [window(trouble, 0, seconds, { operation })],
        habits: sometimes(random, 0.3, { describeLagSeconds: random.integer([10, 60]) }),
      });
    },
  },
  {
    name: 'it cannot be stopped',
    ofThousand: 6,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['hibernated'], ['update-fails']]))],
        parameters: sometimes(random, 0.7, { RestoreDeadlineSeconds: '300' }),
        disturbances: [
          // Once it is started: before that it would not be.
          window(pick(random, ['denied', 'server-errors', 'throttling']), 25, pick(random, [600, 2400]), {
            operation: 'StopInstances',
          }),
        ],
      }),
  },
  {
    name: 'terminated while it cannot be stopped',
    ofThousand: 8,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0, ['agent-lost'])],
        parameters: { VerifyDeadlineSeconds: '360' },
        disturbances: [
          window('denied', 30, 2400, { operation: 'StopInstances' }),
          person('terminate', random.integer([900, 1400])),
        ],
      }),
  },
  {
    name: 'a dead run has left someone at work on it',
    ofThousand: 6,
    draw(random) {
      const deed = pick(random, [...WORK, 'restart', 'remove-lease', 'terminate', 'stop'] as const);
      return night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['slow-boot'], ['hibernated'], ['update-hangs']]))],
        disturbances: [
          person(deed, random.integer([30, 120]), pick(random, [900, 5400, 30_000])),
          { kind: pick(random, ['abort', 'time-out']), atSeconds: random.integer([180, 400]), execution: 0 },
        ],
      });
    },
  },
  {
    name: 'it cannot be told whether someone is at work on it',
    ofThousand: 6,
    draw(random) {
      const operation = pick(random, [
        'DescribeSessions',
        'DescribeSessions',
        'DescribeInstanceAssociationsStatus',
        'ListCommandInvocations',
      ]);
      return night(random, {
        instances: [drawSleeper(random, 0), drawSleeper(random, 1)],
        parameters: { BatchSize: '4', ...sometimes(random, 0.3, { RestoreDeadlineSeconds: '300' }) },
        disturbances: [
          // Once it is started: before that it would not be.
          window(pick(random, ['denied', 'server-errors']), 25, pick(random, [900, 1500]), { operation }),
          person('run-command', random.integer([60, 120]), 4800),
        ],
      });
    },
  },
  {
    name: 'stopped by someone else, and without its lease',
    ofThousand: 6,
    draw(random) {
      const stopsAtSeconds = random.integer([70, 200]);
      return night(random, {
        instances: [
          drawSleeper(random, 0, pick(random, [['slow-boot'], ['update-hangs'], ['slow-boot', 'slow-stop']])),
        ],
        disturbances: [
          person('stop', stopsAtSeconds),
          person(pick(random, ['remove-lease', 'forge-lease']), stopsAtSeconds + random.integer([0, 8])),
        ],
      });
    },
  },
  {
    name: 'its tags are changed while it is awake',
    ofThousand: 9,
    draw: (random) =>
      night(random, {
        instances: [
          drawSleeper(random, 0, pick(random, [[], ['hibernated'], ['slow-boot'], ['slow-boot'], ['launch-error']])),
        ],
        disturbances: [person(pick(random, TAG_CHANGES), random.integer([10, 100]))],
      }),
  },
  {
    name: 'its owner keeps it out in mid-run',
    ofThousand: 36,
    draw(random) {
      // The second one of a story has no name.
      const [[from, to], which, ...behaviours] = pick(random, [
        [[2, 11], 'both'],
        [[2, 11], 'both'],
        [[20, 60], 'the first', 'slow-boot'],
        [[62, 90], 'both'],
        [[62, 90], 'both'],
        [[62, 90], 'the second'],
        [[62, 90], 'the second'],
        [[18, 24], 'the first', 'launch-error'],
        [[18, 24], 'the first', 'launch-error'],
      ] as const);
      const keepOut = (index: number) => person(pick(random, OPT_OUTS), random.integer([from, to]), 60, index);
      return night(random, {
        instances: [drawSleeper(random, 0, [...behaviours]), drawSleeper(random, 1)].map((instance) => ({
          ...instance,
          platform: 'amazon-linux-2023',
        })),
        disturbances: [
          ...(which === 'the second' ? [] : [keepOut(0)]),
          which === 'the first' ? person('opt-out-of-yesterday', from, 60, 1) : keepOut(1),
        ],
      });
    },
  },
  {
    name: 'describes lag while it is put back',
    ofThousand: 6,
    draw: (random) =>
      night(random, {
        instances: [
          drawSleeper(
            random,
            0,
            pick(random, [['hibernated'], ['hibernation-falls-back'], ['slow-stop'], ['launch-error']]),
          ),
        ],
        habits: { describeLagSeconds: random.integer([20, 50]) },
      }),
  },
];

import { drawSleeper } from '../scenario/draw-fleet.ts';
import { pick } from '../scenario/weighted-choice.ts';
import { answerLost, type Kind, night, person, slowCalls, sometimes, startsLate, struck, window } from './story.ts';

/** What becomes of an instance between its listing and its start, or instead of it. */
export const startStories: readonly Kind[] = [
  {
    name: 'started by someone else before its start',
    ofThousand: 22,
    draw(random) {
      const [when, isLost, ...behaviours] = pick(random, [
        ['before the first look', false, 'hibernated'],
        ['before the first look', false, 'slow-boot'],
        ['before the first look', false],
        ['while its way back is tried', false, 'hibernated'],
        ['while its way back is tried', false],
        ['while its way back is tried', false],
        ['while its way back is tried', true],
        ['while its way back is tried', true],
      ] as const);
      const isFirst = when === 'before the first look';
      const startsAtSeconds = random.integer(isFirst ? [3, 30] : [1, 2]);
      const isHibernated = behaviours.some((name) => name === 'hibernated');
      return night(random, {
        isAlone: isLost,
        instances: [drawSleeper(random, 0, [...behaviours])],
        faults: [...(isFirst ? [startsLate] : []), ...(isLost ? [answerLost] : [])],
        disturbances: [
          person('start', startsAtSeconds),
          person(isHibernated ? 'hibernate' : 'stop', random.integer([60, 240])),
        ],
        habits: isFirst ? sometimes(random, 0.5, { describeLagSeconds: 40 }) : { describeLagSeconds: 50 },
      });
    },
  },
  {
    name: 'stopping when it is to be started',
    ofThousand: 12,
    draw(random) {
      const isShort = pick(random, [true, true, false]);
      return night(random, {
        instances: [drawSleeper(random, 0, ['slow-stop']), drawSleeper(random, 1, ['no-capacity'])],
        parameters: { BatchSize: '4', ...(isShort ? { StartDeadlineSeconds: '60' } : {}) },
        faults: [startsLate],
        disturbances: [
          { kind: 'abort', atSeconds: 6, execution: 0 },
          person('start', 7),
          person('stop', 8),
          { kind: 'redrive', atSeconds: random.integer([70, 200]), execution: 0 },
        ],
      });
    },
  },
  {
    name: 'something happens to it while its record is written',
    ofThousand: 18,
    draw(random) {
      // The first record is that of its lease; that of its start is written a quarter of a minute later.
      const [deed, atSeconds, operation, nth] = pick(random, [
        ['start', 1, 'PutObject', 1],
        ['start', 18, 'PutObject', 2],
        ['start', 20, 'PutObject', 2],
        ['start', 20, 'ListObjectsV2', 2],
        ['terminate', 3, 'PutObject', 1],
        ['terminate', 18, 'PutObject', 2],
      ] as const);
      return night(random, {
        instances: [{ ...drawSleeper(random, 0), platform: 'amazon-linux-2023' }],
        // Between the look at the instances and their start.
        faults: [slowCalls('StartInstancesFunction', operation, nth, 1)],
        disturbances: [person(deed, atSeconds)],
        habits: { describeLagSeconds: pick(random, [0, 0, 40]) },
      });
    },
  },
  {
    name: 'no time to lease',
    ofThousand: 8,
    draw: (random) =>
      night(random, {
        instances: Array.from({ length: random.integer([6, 8]) }, (_, index) =>
          drawSleeper(random, index, ['tag-limit']),
        ),
        parameters: { BatchSize: '10', StartDeadlineSeconds: pick(random, ['60', '300']) },
        faults: [slowCalls('StartInstancesFunction', 'CreateTags', 1, 60)],
      }),
  },
  {
    name: 'terminated before it is ready',
    ofThousand: 11,
    draw: (random) =>
      night(random, {
        ...pick(random, [
          { instances: [drawSleeper(random, 0)], faults: [startsLate], disturbances: [person('terminate', 4)] },
          {
            instances: [drawSleeper(random, 0, ['slow-boot'])],
            disturbances: [person('terminate', random.integer([240, 420]))],
          },
          // It is gone for good by the time that it is looked at.
          {
            instances: [drawSleeper(random, 0, ['slow-boot'])],
            faults: [struck('refused', 'CheckReadinessFunction', { nth: 3, times: 4 })],
            disturbances: [person('terminate', 68)],
          },
        ]),
      }),
  },
  {
    name: 'gone when the run is redriven',
    ofThousand: 28,
    draw(random) {
      // An hour after it was terminated, EC2 does not list it any more.
      const [diesAtSeconds, laterSeconds, ...behaviours] = pick(random, [
        [6, 30],
        [6, 3900],
        [6, 3900],
        [6, 3900],
        [6, 3900],
        [50, 3900, 'slow-boot'],
        [50, 3900, 'slow-boot'],
        [50, 3900, 'slow-boot'],
        [150, 3900, 'update-hangs'],
        [150, 3900, 'update-hangs'],
        [200, 30, 'agent-lost'],
        [200, 3900, 'agent-lost'],
        [200, 3900, 'agent-lost'],
        [200, 3900, 'agent-lost'],
      ] as const);
      return night(random, {
        instances: [{ ...drawSleeper(random, 0, [...behaviours]), platform: 'amazon-linux-2023' }],
        faults: diesAtSeconds === 6 ? [startsLate] : [],
        disturbances: [
          { kind: 'abort', atSeconds: diesAtSeconds, execution: 0 },
          person('terminate', diesAtSeconds + 5),
          { kind: 'redrive', atSeconds: diesAtSeconds + laterSeconds, execution: 0 },
        ],
      });
    },
  },
  {
    name: 'no time to start',
    ofThousand: 15,
    draw(random) {
      // What always takes seven seconds leaves no time for a start, or for trying its way back. After half an hour it is given up.
      const [name, operations, times] = pick(random, [
        ['StartInstances', [null], 20],
        ['StartInstances', ['PutObject'], 20],
        ['StartInstances', ['PutObject', 'DescribeInstances', 'ListObjectsV2'], 300],
        ['RestoreInstances', ['StopInstances', 'DescribeInstances'], 400],
        ['StartInstances', ['PutObject', 'DescribeInstances', 'ListObjectsV2'], 300],
        ['RestoreInstances', [null], 600],
        ['RestoreInstances', [null], 600],
        ['RestoreInstances', [null], 600],
      ] as const);
      const isTried = name === 'RestoreInstances';
      const count = isTried ? 6 : 1;
      return night(random, {
        // With pages of one, more than these would take a function longer than it may live.
        isAlone: isTried,
        instances: Array.from({ length: count }, (_, index) => drawSleeper(random, index)),
        parameters: { BatchSize: '8', StartDeadlineSeconds: pick(random, ['60', '60', '300']) },
        faults: operations.map((operation) => slowCalls(`${name}Function`, operation, 1, times)),
        // Each page of a listing is a call.
        ...(isTried ? { habits: { pageSizeMax: 1 } } : {}),
      });
    },
  },
  {
    name: 'not allowed to start',
    ofThousand: 20,
    draw(random) {
      const [trouble, operation, seconds] = pick(random, [
        ['denied', 'StartInstances', 120],
        ['denied', 'StartInstances', 900],
        ['denied', 'StartInstances', 900],
        ['denied', 'CreateTags', 900],
        ['throttling', 'StartInstances', 900],
        ['throttling', 'StartInstances', 900],
        ['throttling', 'StartInstances', 2400],
        ['throttling', 'StartInstances', 2400],
      ] as const);
      return night(random, {
        instances: [drawSleeper(random, 0)],
        parameters: sometimes(random, 0.5, { StartDeadlineSeconds: '300' }),
        disturbances: [window(trouble, 0, seconds, { operation })],
      });
    },
  },
  {
    name: 'leased by others before its start',
    ofThousand: 9,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0)],
        faults: [startsLate],
        disturbances: [person('forge-lease', pick(random, [0, 3, 6]))],
      }),
  },
  {
    name: 'leased by others while it lacks capacity',
    ofThousand: 12,
    draw(random) {
      const deed = pick(random, ['forge-lease', 'forge-lease', 'terminate', 'remove-lease'] as const);
      return night(random, {
        instances: [drawSleeper(random, 0, [pick(random, ['no-capacity', 'no-capacity-at-first'])])],
        disturbances: [person(deed, random.integer([20, 170]))],
      });
    },
  },
  {
    name: 'capacity comes too late',
    ofThousand: 11,
    draw(random) {
      // With the deadlines as deployed, an instance needs 85 minutes from its start on.
      const time = pick(random, ['03:25:30', '03:26:00', '03:26:30', '03:27:00']);
      return night(random, {
        instances: [drawSleeper(random, 0, ['no-capacity-at-first']), drawSleeper(random, 1, ['never-registers'])],
        input: { finishBy: `2026-12-06T${time}Z` },
      });
    },
  },
  {
    name: 'a lease that is copied',
    ofThousand: 11,
    draw(random) {
      const copied = drawSleeper(random, 0, ['no-capacity-at-first']);
      return night(random, {
        instances: [copied, drawSleeper(random, 1, ['slow-boot'])],
        parameters: { BatchSize: pick(random, ['1', '1', '2']) },
        faults: pick(random, [[], [startsLate]]),
        disturbances: [person('copy-lease', random.integer([1, 60]))],
      });
    },
  },
  {
    name: 'slow to start',
    ofThousand: 6,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0, ['slow-start'])],
        // Throttled once, it is asked for again at once.
        faults: [{ ...answerLost, kind: 'throttled' }],
        parameters: { ReadinessDeadlineSeconds: pick(random, ['120', '120', '300']) },
      }),
  },
];

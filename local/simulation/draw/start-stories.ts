import { drawSleeper } from '../scenario/draw-fleet.ts';
import type { Fault } from '../scenario/scenario.ts';
import { pick, pickSpread } from '../scenario/weighted-choice.ts';
import { type Kind, night, person, sometimes, startsLate, struck, window } from './story.ts';

/** Between the look at the instances and their start, this call of it takes seven seconds. */
function slowOnce(operation: string): Fault {
  const call = { on: 'call', nth: 1, times: 1, function: 'StartInstancesFunction', operation } as const;
  return { ...call, kind: 'slow', seconds: 7 };
}

/** What an instance can be, so that it ends otherwise than the others. */
const SPECIAL = [
  ['running', 'spot'],
  ['running', 'spot'],
  ['stopped', 'spot'],
  ['stopped', 'instance-store'],
  ['running', 'auto-scaling'],
  ['stopped', 'stop-protected'],
  ['stopped', 'stop-denied'],
  ['stopped', 'no-instance-profile'],
  ['stopped', 'never-registers'],
  ['stopped', 'vcpu-limit'],
  ['stopped', 'update-rolls-back'],
  ['stopped', 'opted-out'],
  ['stopped', 'launch-error'],
  ['stopped', 'no-capacity'],
  ['stopped', 'type-withdrawn'],
  ['stopped', 'hibernation-falls-back'],
  ['stopped', 'hangs-in-pending'],
  ['stopped', 'stale-ping'],
  ['running', 'stale-ping'],
  ['stopped', 'terminated'],
  ['stopped', 'association-at-boot'],
  ['stopped', 'spot-persistent'],
  ['stopped', 'lease-copied'],
  ['stopped', 'lease-garbled'],
  ['stopped', 'leased-by-others'],
  ['stopped', 'agent-lost'],
  ['stopped', 'update-fails'],
] as const;

/** What becomes of an instance between its listing and its start, or instead of it. */
export const startStories: readonly Kind[] = [
  {
    name: 'started by someone else before its start',
    ofThousand: 19,
    draw(random) {
      const [when, ...behaviours] = pick(random, [
        ['before the first try', 'hibernated'],
        ['before the first try', 'hibernated'],
        ['before the first try'],
        ['before the second try', 'hibernated'],
        ['before the second try'],
      ] as const);
      const isFirst = when === 'before the first try';
      const startsAtSeconds = random.integer(isFirst ? [3, 30] : [22, 30]);
      return night(random, {
        instances: [drawSleeper(random, 0, [...behaviours])],
        faults: isFirst ? [startsLate] : [],
        disturbances: [
          person('start', startsAtSeconds),
          person(behaviours.length > 0 ? 'hibernate' : 'stop', random.integer([60, 240])),
        ],
        habits: isFirst ? sometimes(random, 0.5, { describeLagSeconds: 40 }) : { describeLagSeconds: 40 },
      });
    },
  },
  {
    name: 'stopping when it is to be started',
    ofThousand: 17,
    draw(random) {
      const isShort = pick(random, [true, false]);
      return night(random, {
        instances: [
          drawSleeper(random, 0, ['slow-stop']),
          drawSleeper(random, 1, [pick(random, ['no-capacity', 'slow-start'])]),
        ],
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
        faults: [{ ...slowOnce(operation), nth }],
        disturbances: [person(deed, atSeconds)],
        habits: { describeLagSeconds: pick(random, [0, 0, 40]) },
      });
    },
  },
  {
    name: 'no time to lease',
    ofThousand: 7,
    draw: (random) =>
      night(random, {
        instances: Array.from({ length: random.integer([6, 8]) }, (_, index) =>
          drawSleeper(random, index, ['tag-limit']),
        ),
        parameters: { BatchSize: '10', StartDeadlineSeconds: pick(random, ['60', '300']) },
        faults: [
          {
            on: 'call',
            kind: 'slow',
            function: 'StartInstancesFunction',
            operation: 'CreateTags',
            nth: 1,
            times: 60,
            seconds: 7,
          },
        ],
      }),
  },
  {
    name: 'terminated before it is ready',
    ofThousand: 12,
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
    ofThousand: 34,
    draw(random) {
      const [diesAtSeconds, ...behaviours] = pick(random, [
        [6],
        [6],
        [40, 'slow-boot'],
        [60, 'slow-boot'],
        [150, 'update-hangs'],
        [150, 'update-hangs'],
        [240, 'agent-lost'],
        [400, 'agent-lost'],
      ] as const);
      return night(random, {
        instances: [drawSleeper(random, 0, [...behaviours])],
        faults: diesAtSeconds === 6 ? [startsLate] : [],
        disturbances: [
          { kind: 'abort', atSeconds: diesAtSeconds, execution: 0 },
          person('terminate', diesAtSeconds + 5),
          { kind: 'redrive', atSeconds: diesAtSeconds + pick(random, [30, 3900, 3900, 3900]), execution: 0 },
        ],
      });
    },
  },
  {
    name: 'no time to start',
    ofThousand: 14,
    draw(random) {
      const fewTimes = random.integer([8, 30]);
      // What always takes seven seconds leaves no time for a start, or for trying its way back. After half an hour it is given up.
      const [name, operations, times] = pick(random, [
        ['StartInstances', [null], fewTimes],
        ['StartInstances', ['PutObject'], fewTimes],
        ['StartInstances', ['PutObject', 'DescribeInstances', 'ListObjectsV2'], 300],
        ['RestoreInstances', ['StopInstances', 'DescribeInstances'], fewTimes],
        ['RestoreInstances', ['StopInstances', 'DescribeInstances'], 400],
        ['RestoreInstances', ['StopInstances', 'DescribeInstances'], 400],
      ] as const);
      const count = name === 'RestoreInstances' ? random.integer([5, 6]) : 1;
      return night(random, {
        instances: Array.from({ length: count }, (_, index) => drawSleeper(random, index)),
        parameters: { BatchSize: '8', StartDeadlineSeconds: pick(random, ['60', '60', '300']) },
        faults: operations.map((operation) => ({
          on: 'call',
          kind: 'slow',
          function: `${name}Function`,
          operation,
          nth: 1,
          times,
          seconds: 7,
        })),
      });
    },
  },
  {
    name: 'not allowed to start',
    ofThousand: 13,
    draw(random) {
      const [trouble, operation, seconds] = pick(random, [
        ['denied', 'StartInstances', 120],
        ['denied', 'StartInstances', 900],
        ['denied', 'CreateTags', 900],
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
    ofThousand: 8,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0)],
        faults: [startsLate],
        disturbances: [person('forge-lease', pick(random, [0, 3, 6]))],
      }),
  },
  {
    name: 'leased by others while it lacks capacity',
    ofThousand: 10,
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
    ofThousand: 14,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0, [pick(random, ['no-capacity-at-first', 'never-registers'])])],
        // With the deadlines as deployed, an instance needs 85 minutes from its start on.
        input: {
          finishBy: pick(
            random,
            ['03:25:30', '03:26:00', '03:26:00', '03:27:00', '04:30:00'].map((time) => `2026-12-06T${time}Z`),
          ),
        },
      }),
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
    ofThousand: 9,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0, ['slow-start'])],
        parameters: sometimes(random, 0.7, { ReadinessDeadlineSeconds: pick(random, ['120', '300']) }),
      }),
  },
  {
    name: 'special in one way',
    ofThousand: 41,
    draw: (random) =>
      night(random, {
        instances: pickSpread(random, SPECIAL, 3).map(([state, behaviour], index) => ({
          ...drawSleeper(random, index, [behaviour]),
          state,
        })),
      }),
  },
];

import { drawSleeper } from '../scenario/draw-fleet.ts';
import type { Fault } from '../scenario/scenario.ts';
import { chance, pick } from '../scenario/weighted-choice.ts';
import { failing, type Kind, night, person, startsLate, struck } from './story.ts';

/** It has sent the command that tells whether the other update is gone; then it dies, and can't find that command again. */
const DIES_AFTER_SECOND_COMMAND: Fault[] = [
  { kind: 'crash-after', operation: 'SendCommand', nth: 2, times: 1 } as const,
  { kind: 'denied', operation: 'ListCommands', nth: 4, times: 9 } as const,
].map((fault) => ({ on: 'call', function: 'UpdateAgentFunction', seconds: 1, ...fault }));

/** What a step leaves behind that fails for good: what it did is not known then, and a copy of it may still be at work. */
export const failedStepStories: readonly Kind[] = [
  {
    name: 'a step fails for good',
    ofThousand: 17,
    draw(random) {
      // When it fails, the second one is being put back, is settled, or is still at work as well.
      const [name, nth, first, ...second] = pick(random, [
        ['StartInstances', 1, 'hibernated', 'already-current'],
        ['CheckReadiness', 14, 'slow-boot', 'already-current', 'slow-stop'],
        ['UpdateAgent', 2, 'slow-update-in-progress', 'update-in-progress'],
        ['UpdateAgent', 6, 'update-hangs', 'already-current', 'slow-stop'],
        ['UpdateAgent', 9, 'update-hangs', 'already-current'],
        ['VerifyVersions', 1, 'ping-hourly', 'already-current'],
        ['VerifyVersions', 1, 'slow-update-in-progress', 'update-in-progress'],
      ] as const);
      return night(random, {
        instances: [drawSleeper(random, 0, [first]), drawSleeper(random, 1, [...second])],
        parameters: { BatchSize: '4' },
        faults: [
          failing(pick(random, ['lost-result', 'abandoned', 'refused']), `${name}Function`, {
            nth,
            seconds: random.integer([1, 30]),
          }),
        ],
        disturbances: chance(random, 0.3) ? [person('restart', random.integer([30, 200]))] : [],
      });
    },
  },
  {
    name: 'what a failed step has done cannot be found out at first',
    ofThousand: 8,
    draw(random) {
      // When it fails, the second one is being put back, which takes eight minutes and more, and need not wait for that.
      const [name, nth, first] = pick(random, [
        ['StartInstances', 3, 'no-capacity-at-first'],
        ['CheckReadiness', 6, 'slow-boot'],
        ['UpdateAgent', 4, 'update-hangs'],
        ['UpdateAgent', 7, 'update-hangs'],
      ] as const);
      const kind = pick(random, ['lost-result', 'abandoned', 'refused'] as const);
      return night(random, {
        isAlone: true,
        instances: [drawSleeper(random, 0, [first]), drawSleeper(random, 1, ['already-current', 'slow-stop'])].map(
          (instance) => ({ ...instance, platform: 'amazon-linux-2023' }),
        ),
        parameters: { BatchSize: '4' },
        faults: [
          failing(kind, `${name}Function`, { nth, seconds: random.integer([1, 30]) }),
          {
            on: 'call',
            kind: 'denied',
            function: 'RestoreInstancesFunction',
            operation: pick(random, ['ListObjectsV2', 'ListCommands']),
            nth: 1,
            times: random.integer([1, 6]),
            seconds: 1,
          },
        ],
      });
    },
  },
  {
    name: "its step fails for good, and it is someone else's",
    ofThousand: 7,
    draw(random) {
      // Started before its first try; or while its way back is tried, so that a lease of ours is on it.
      const [when, name] = pick(random, [
        ['before the first try', 'CheckReadiness'],
        ['while its way back is tried', 'CheckReadiness'],
        ['while its way back is tried', 'UpdateAgent'],
      ] as const);
      const isFirst = when === 'before the first try';
      const kind = pick(random, ['lost-result', 'abandoned', 'refused'] as const);
      return night(random, {
        isAlone: true,
        instances: [drawSleeper(random, 0)],
        faults: [
          ...(isFirst ? [startsLate] : []),
          failing(kind, `${name}Function`, { seconds: random.integer([1, 30]) }),
        ],
        disturbances: [person('start', random.integer(isFirst ? [3, 20] : [1, 3]))],
        habits: { describeLagSeconds: isFirst ? 0 : 50 },
      });
    },
  },
  {
    name: 'its start fails for good',
    ofThousand: 14,
    draw(random) {
      const kind = pick(random, ['refused', 'refused', 'lost-result', 'abandoned'] as const);
      return night(random, {
        isAlone: true,
        instances: [drawSleeper(random, 0, pick(random, [[], ['hibernated']]))],
        faults: [
          failing(kind, 'StartInstancesFunction', {
            nth: kind === 'refused' ? 1 : pick(random, [1, 2, 2]),
            seconds: random.integer([1, 30]),
          }),
        ],
        disturbances: kind === 'refused' ? [person('start', random.integer([5, 100]))] : [],
      });
    },
  },
  {
    name: 'a copy of its start goes on after the step has failed',
    ofThousand: 7,
    draw(random) {
      const busy = { ...drawSleeper(random, 1, ['update-hangs']), state: 'running' } as const;
      const name = 'StartInstancesFunction';
      return night(random, {
        isAlone: true,
        // As long as the other one is at work, the run has its lock.
        instances: [drawSleeper(random, 0, pick(random, [[], [], ['hibernated']])), busy],
        parameters: { BatchSize: '1' },
        faults: [
          // Its first call is this, and dies with it four times.
          {
            on: 'call',
            kind: 'crash-before',
            function: name,
            operation: 'DescribeInstances',
            nth: 2,
            times: 4,
            seconds: 1,
          },
          struck('abandoned', name, { nth: 6, seconds: random.integer([1, 3]) }),
          // From its second look on each of its calls takes so long that its start comes after it was given up.
          {
            on: 'call',
            kind: 'slow',
            function: name,
            operation: null,
            nth: 9,
            times: 60,
            seconds: pick(random, [3, 4]),
          },
        ],
      });
    },
  },
  {
    name: 'its step fails while another update is at work',
    ofThousand: 10,
    draw(random) {
      const [when, behaviour] = pick(random, [
        ['at its first command', 'update-in-progress'],
        ['at its first command', 'slow-update-in-progress'],
        ['at its second command', 'update-in-progress'],
        ['at its second command', 'update-in-progress'],
      ] as const);
      const kind = pick(random, ['lost-result', 'lost-result', 'abandoned'] as const);
      const seconds = random.integer([1, 30]);
      return night(random, {
        isAlone: true,
        instances: [drawSleeper(random, 0, [behaviour])],
        faults:
          when === 'at its first command'
            ? [failing(kind, 'UpdateAgentFunction', { seconds })]
            : DIES_AFTER_SECOND_COMMAND,
      });
    },
  },
];

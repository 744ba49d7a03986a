import { drawSleeper } from './draw-fleet.ts';
import type { Fault } from './scenario.ts';
import { type Kind, night, noEvents, person, sometimes, startsLate, struck, window } from './story.ts';
import { chance, pick } from './weighted-choice.ts';

/** It has sent the command that tells whether the other update is gone; then it dies, and can't find that command again. */
const DIES_AFTER_SECOND_COMMAND: Fault[] = [
  { kind: 'crash-after', operation: 'SendCommand', nth: 2, times: 1 } as const,
  { kind: 'denied', operation: 'ListCommands', nth: 4, times: 9 } as const,
].map((fault) => ({ on: 'call', function: 'UpdateAgentFunction', seconds: 1, ...fault }));

const manyUnknownFields = (count: number): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`an-unknown-field-${index}`, index]));

/** What can happen to a run as a whole. */
export const runStories: readonly Kind[] = [
  {
    name: 'redriven hours later',
    ofThousand: 12,
    draw(random) {
      const checksLate = { ...startsLate, function: 'CheckReadinessFunction' };
      const running = { ...drawSleeper(random, 0), state: 'running' } as const;
      const behaviours = pick(random, [[], ['slow-boot'], ['update-hangs'], ['no-capacity-at-first']] as const);
      const isRunning = chance(random, 0.6);
      const diesAtSeconds = isRunning ? 3 : random.integer([6, 300]);
      return night(random, {
        instances: [isRunning ? running : drawSleeper(random, 0, [...behaviours])],
        faults: isRunning ? [checksLate] : [],
        disturbances: [
          { kind: 'abort', atSeconds: diesAtSeconds, execution: 0 },
          { kind: 'redrive', atSeconds: diesAtSeconds + pick(random, [29_000, 29_000, 29_000, 60]), execution: 0 },
        ],
      });
    },
  },
  {
    name: 'AWS is out for some minutes',
    ofThousand: 8,
    draw(random) {
      const [name, atSeconds] = pick(random, [
        ['ListInstances', 0],
        ['ListInstances', 0],
        ['ListInstances', 0],
        ['ListInstances', 0],
        ['StartInstances', 0],
        ['CheckReadiness', 10],
        ['UpdateAgent', 60],
        ['VerifyVersions', 60],
        ['RestoreInstances', 120],
        ['ReportRun', 120],
      ] as const);
      const trouble = pick(random, ['server-errors', 'throttling'] as const);
      return night(random, {
        instances: [drawSleeper(random, 0)],
        disturbances: [window(trouble, atSeconds, random.integer([120, 290]), { function: `${name}Function` })],
      });
    },
  },
  {
    name: 'a run right after one that could not put back',
    ofThousand: 13,
    draw(random) {
      const restoring = { function: 'RestoreInstancesFunction' };
      const denied = pick(random, [
        [restoring],
        [restoring, { function: 'ReportRunFunction', service: 'ec2' }],
        [restoring, { function: 'ReportRunFunction', service: 'ec2' }],
        [{ operation: 'StopInstances' }],
      ]);
      return night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['hibernated']]))],
        others: [{ atSeconds: random.integer([0, 120]), after: 0, name: 'run-2', input: {} }],
        parameters: sometimes(random, 0.5, { RestoreDeadlineSeconds: '300' }),
        disturbances: denied.map((where) => window('denied', 30, 6000, where)),
      });
    },
  },
  {
    name: 'Step Functions tells nothing of its executions',
    ofThousand: 9,
    draw(random) {
      const [secondRunAfter, deniedFor] = pick(random, [
        [100, 3600],
        [1200, 100_000],
        [90_000, 100_000],
        [90_000, 100_000],
      ] as const);
      return night(random, {
        instances: [drawSleeper(random, 0)],
        others: [{ atSeconds: secondRunAfter, after: 0, name: 'run-2', input: {} }],
        disturbances: [
          noEvents(3600),
          window('denied', 10, deniedFor, { operation: 'DescribeExecution' }),
          { kind: 'abort', atSeconds: random.integer([20, 120]), execution: 0 },
        ],
      });
    },
  },
  {
    name: 'a dry run, or one with an instance that is still settling',
    ofThousand: 17,
    draw(random) {
      const [dryRun, ...behaviours] = pick(random, [
        [true],
        [true, 'stuck-stopping'],
        [false, 'stuck-stopping'],
      ] as const);
      return night(random, {
        instances: [
          drawSleeper(random, 0, [...behaviours]),
          { ...drawSleeper(random, 1, ['settling']), state: pick(random, ['stopped', 'running']) },
          drawSleeper(random, 2, [pick(random, ['opted-out', 'ghost', 'stop-protected'])]),
          { ...drawSleeper(random, 3, pick(random, [[], ['already-current']])), state: 'running' },
          ...(dryRun ? [drawSleeper(random, 4, ['hibernated'])] : []),
        ],
        input: dryRun ? { dryRun } : {},
      });
    },
  },
  {
    name: 'a step fails for good',
    ofThousand: 25,
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
          struck(pick(random, ['lost-result', 'abandoned', 'refused']), `${name}Function`, {
            nth,
            times: 6,
            seconds: random.integer([1, 30]),
          }),
        ],
        disturbances: chance(random, 0.3) ? [person('restart', random.integer([30, 200]))] : [],
      });
    },
  },
  {
    name: 'its start fails for good',
    ofThousand: 17,
    draw(random) {
      const kind = pick(random, ['refused', 'lost-result', 'abandoned'] as const);
      return night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['hibernated']]))],
        faults: [
          struck(kind, 'StartInstancesFunction', { times: random.integer([5, 7]), seconds: random.integer([1, 30]) }),
        ],
        disturbances: kind === 'refused' ? [person('start', random.integer([5, 100]))] : [],
      });
    },
  },
  {
    name: 'a copy of its start goes on after the step has failed',
    ofThousand: 6,
    draw(random) {
      const busy = { ...drawSleeper(random, 1, ['update-hangs']), state: 'running' } as const;
      const name = 'StartInstancesFunction';
      return night(random, {
        isAlone: true,
        // As long as the other one is at work, the run has its lock.
        instances: [drawSleeper(random, 0, pick(random, [[], [], ['hibernated']])), busy],
        parameters: { BatchSize: '1' },
        faults: [
          struck('refused', name, { nth: 2, times: 4 }),
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
    ofThousand: 12,
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
            ? [struck(kind, 'UpdateAgentFunction', { times: 6, seconds })]
            : DIES_AFTER_SECOND_COMMAND,
      });
    },
  },
  {
    name: 'stopped before it was looked at',
    ofThousand: 14,
    draw(random) {
      const deed = pick(random, ['stop', 'stop', 'restart', 'terminate', 'terminate'] as const);
      return night(random, {
        instances: [{ ...drawSleeper(random, 0, pick(random, [[], ['slow-stop']])), state: 'running' }],
        faults: [struck('refused', 'CheckReadinessFunction', { times: 4 })],
        disturbances: [person(deed, 2)],
      });
    },
  },
  {
    name: 'an input that is none',
    ofThousand: 6,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0)],
        input: pick(random, [
          { groups: [] },
          { targetVersion: 'newest' },
          { finishBy: 'at dawn', dryRun: 'yes' },
          manyUnknownFields(40),
          manyUnknownFields(60),
        ]),
      }),
  },
];

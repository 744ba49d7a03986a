import { drawSleeper } from './draw-fleet.ts';
import type { Disturbance } from './scenario.ts';
import { type Kind, night, person, sometimes, startsLate, window } from './story.ts';
import { chance, pick } from './weighted-choice.ts';

const noEvents = (seconds: number): Disturbance => ({ kind: 'events', fate: 'lost', atSeconds: 0, seconds });

const manyUnknownFields = (count: number): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`an-unknown-field-${index}`, index]));

/** What can happen to a run as a whole, and between runs. */
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
    name: 'a run right after one that could not put back',
    ofThousand: 16,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['hibernated']]))],
        others: [{ atSeconds: random.integer([0, 120]), after: 0, name: 'run-2', input: {} }],
        parameters: sometimes(random, 0.5, { RestoreDeadlineSeconds: '300' }),
        disturbances: [
          window(
            'denied',
            30,
            6000,
            pick(random, [{ function: 'RestoreInstancesFunction' }, { operation: 'StopInstances' }]),
          ),
          ...pick(random, [[], [window('denied', 30, 6000, { function: 'ReportRunFunction', service: 'ec2' })]]),
        ],
      }),
  },
  {
    name: 'an orphan that someone has started anew',
    ofThousand: 18,
    draw(random) {
      const diesAtSeconds = random.integer([20, 60]);
      return night(random, {
        instances: [drawSleeper(random, 0)],
        others: [{ atSeconds: random.integer([150, 260]), after: 0, name: 'run-2', input: {} }],
        disturbances: [
          noEvents(3600),
          { kind: 'abort', atSeconds: diesAtSeconds, execution: 0 },
          person(pick(random, ['restart', 'restart', 'restart', 'restart', 'stop', 'terminate']), diesAtSeconds + 2),
        ],
      });
    },
  },
  {
    name: 'the reconciler dies with the lock',
    ofThousand: 13,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['slow-boot']]))],
        others: [{ atSeconds: random.integer([192, 250]), after: 0, name: 'run-2', input: {} }],
        faults: [
          {
            on: 'call',
            kind: pick(random, ['crash-after', 'crash-after', 'stalled']),
            function: 'ReconcileLeasesFunction',
            operation: 'PutObject',
            nth: 1,
            times: random.integer([3, 6]),
            seconds: 2,
          },
        ],
        disturbances: [{ kind: 'abort', atSeconds: random.integer([15, 120]), execution: 0 }],
      }),
  },
  {
    name: 'Step Functions tells nothing of its executions',
    ofThousand: 14,
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
    ofThousand: 18,
    draw(random) {
      const [dryRun, ...behaviours] = pick(random, [
        [true, 'hibernated'],
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
        ],
        input: dryRun ? { dryRun } : {},
      });
    },
  },
  {
    name: 'a step fails for good',
    ofThousand: 24,
    draw(random) {
      const name = pick(random, ['StartInstances', 'CheckReadiness', 'UpdateAgent', 'UpdateAgent', 'VerifyVersions']);
      return night(random, {
        instances: [
          drawSleeper(random, 0, pick(random, [[], ['hibernated'], ['update-hangs'], ['slow-update-in-progress']])),
          drawSleeper(
            random,
            1,
            pick(random, [['already-current', 'slow-stop'], ['already-current', 'slow-stop'], ['update-in-progress']]),
          ),
        ],
        parameters: { BatchSize: '4' },
        faults: [
          {
            on: 'invocation',
            kind: pick(random, ['lost-result', 'abandoned', 'refused']),
            function: `${name}Function`,
            nth: name === 'StartInstances' ? 1 : pick(random, [1, 2, 4, 8]),
            times: 6,
            seconds: random.integer([1, 30]),
          },
        ],
        disturbances: chance(random, 0.3) ? [person('restart', random.integer([30, 200]))] : [],
      });
    },
  },
  {
    name: 'its start fails for good',
    ofThousand: 9,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['hibernated']]))],
        faults: [{ ...startsLate, times: random.integer([5, 7]) }],
        disturbances: pick(random, [[], [person('start', random.integer([5, 100]))]]),
      }),
  },
  {
    name: 'its step fails while another update is at work',
    ofThousand: 15,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0, [pick(random, ['update-in-progress', 'slow-update-in-progress'])])],
        faults: [
          {
            on: 'invocation',
            kind: pick(random, ['lost-result', 'lost-result', 'abandoned']),
            function: 'UpdateAgentFunction',
            nth: 1,
            times: 6,
            seconds: random.integer([1, 30]),
          },
        ],
      }),
  },
  {
    name: 'stopped before it was looked at',
    ofThousand: 6,
    draw: (random) =>
      night(random, {
        instances: [{ ...drawSleeper(random, 0, pick(random, [[], ['slow-stop']])), state: 'running' }],
        faults: [
          { on: 'invocation', kind: 'refused', function: 'CheckReadinessFunction', nth: 1, times: 4, seconds: 1 },
        ],
        disturbances: [person(pick(random, ['stop', 'stop', 'restart', 'terminate']), 2)],
      }),
  },
  {
    name: 'delivered twice, or started by hand as well',
    ofThousand: 8,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0)],
        input: { scheduledTime: '2026-12-06T02:00:00Z' },
        others: [
          {
            atSeconds: random.integer([0, 300]),
            ...sometimes(random, 0.5, { after: 0 }),
            name: 'run-2',
            input: pick(random, [{ scheduledTime: '2026-12-06T02:00:00Z' }, {}]),
          },
        ],
      }),
  },
  {
    name: 'an input that is none',
    ofThousand: 10,
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
  {
    name: 'a second run takes the lock of a dead one that is redriven',
    ofThousand: 8,
    draw(random) {
      const diesAtSeconds = random.integer([5, 240]);
      return night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['slow-boot'], ['no-capacity-at-first']]))],
        others: [{ atSeconds: random.integer([91, 140]), after: 0, name: 'run-2', input: {} }],
        disturbances: [
          noEvents(3600),
          { kind: 'abort', atSeconds: diesAtSeconds, execution: 0 },
          { kind: 'redrive', atSeconds: diesAtSeconds + random.integer([120, 400]), execution: 0 },
        ],
      });
    },
  },
];

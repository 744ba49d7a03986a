import { drawSleeper } from '../scenario/draw-fleet.ts';
import { chance, pick } from '../scenario/weighted-choice.ts';
import { type Kind, night, noEvents, person, sometimes, startsLate, struck, window } from './story.ts';

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
      const isRunning = chance(random, 0.7);
      const diesAtSeconds = isRunning ? 3 : random.integer([6, 300]);
      return night(random, {
        instances: [isRunning ? running : drawSleeper(random, 0, [...behaviours])],
        faults: isRunning ? [checksLate] : [],
        disturbances: [
          { kind: 'abort', atSeconds: diesAtSeconds, execution: 0 },
          { kind: 'redrive', atSeconds: diesAtSeconds + pick(random, [11_500, 11_500, 29_000, 60]), execution: 0 },
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
        input: dryRun
          ? { dryRun, ...sometimes(random, 0.7, { finishBy: pick(random, ['02:30', '2026-12-06T02:30:00Z']) }) }
          : {},
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
    ofThousand: 8,
    draw(random) {
      const input = pick(random, [
        { groups: [] },
        { groups: ['dev', ''] },
        { groups: ['dev', 'dev'] },
        { targetVersion: 'newest' },
        { targetVersion: null, scheduledTime: 7 },
        { finishBy: 'at dawn', dryRun: 'yes' },
        manyUnknownFields(40),
        manyUnknownFields(60),
      ]);
      return night(random, { instances: [drawSleeper(random, 0)], input });
    },
  },
];

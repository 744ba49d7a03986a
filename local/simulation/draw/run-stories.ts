import { drawSleeper } from '../scenario/draw-fleet.ts';
import { pick } from '../scenario/weighted-choice.ts';
import { type Kind, night, noEvents, sometimes, startsLate, window } from './story.ts';

/** What can happen to a run as a whole. */
export const runStories: readonly Kind[] = [
  {
    name: 'redriven hours later',
    ofThousand: 17,
    draw(random) {
      const checksLate = { ...startsLate, function: 'CheckReadinessFunction' };
      const running = { ...drawSleeper(random, 0), state: 'running' } as const;
      // Two hours and three quarters after its beginning nothing is sent any more, and after three and a half all work is ended.
      const [isRunning, laterSeconds, ...behaviours] = pick(random, [
        [true, 11_500],
        [true, 11_500],
        [true, 11_500],
        [true, 29_000],
        [true, 29_000],
        [true, 29_000],
        [true, 29_000],
        [false, 11_500, 'slow-boot'],
        [false, 29_000, 'update-hangs'],
      ] as const);
      const diesAtSeconds = isRunning ? 3 : random.integer([6, 300]);
      return night(random, {
        instances: [isRunning ? running : drawSleeper(random, 0, [...behaviours])],
        faults: isRunning ? [checksLate] : [],
        disturbances: [
          { kind: 'abort', atSeconds: diesAtSeconds, execution: 0 },
          { kind: 'redrive', atSeconds: diesAtSeconds + laterSeconds, execution: 0 },
        ],
      });
    },
  },
  {
    name: 'AWS is out for some minutes',
    ofThousand: 6,
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
    ofThousand: 11,
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
];

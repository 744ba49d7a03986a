import { drawSleeper } from '../scenario/draw-fleet.ts';
import type { Fault } from '../scenario/scenario.ts';
import { pick } from '../scenario/weighted-choice.ts';
import { type Kind, night, noEvents, slowCalls } from './story.ts';

const reconcilesSlowly = (operation: string, times: number): Fault =>
  slowCalls('ReconcileLeasesFunction', operation, 1, times);

/** Whether someone else is at work on an instance that would be stopped. */
const ASKED_BEFORE_STOP = ['DescribeSessions', 'ListCommandInvocations', 'DescribeInstanceAssociationsStatus'];

/** What can happen between a run and another one, or between a run and the reconciler: to the lock, and to what a dead run has left. */
export const lockStories: readonly Kind[] = [
  {
    name: 'delivered twice, or started by hand as well',
    ofThousand: 15,
    draw(random) {
      const occurrence = { scheduledTime: '2026-12-06T02:00:00Z' };
      const [input, when, ...behaviours] = pick(random, [
        [occurrence, 'at once'],
        [occurrence, 'meanwhile'],
        [occurrence, 'later'],
        [occurrence, 'later'],
        [{}, 'meanwhile', 'slow-boot'],
      ] as const);
      const atSeconds = when === 'at once' ? 0 : random.integer([5, 150]);
      return night(random, {
        instances: [drawSleeper(random, 0, [...behaviours])],
        input: occurrence,
        others: [{ atSeconds, ...(when === 'later' ? { after: 0 } : {}), name: 'run-2', input }],
      });
    },
  },
  {
    name: 'the reconciler dies with the lock',
    ofThousand: 12,
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
    name: 'the reconciler is slow, and meanwhile a run goes on',
    ofThousand: 12,
    draw(random) {
      // Its third look comes three minutes after the end, when nothing of the run can live any more; or as much later as it is slow.
      const [what, faults, [from, to]] = pick(random, [
        ['a run begins before it has the lock', [{ ...reconcilesSlowly('PutObject', 1), nth: 2 }], [189, 191]],
        ['a run begins before it has the lock', [{ ...reconcilesSlowly('PutObject', 1), nth: 2 }], [189, 191]],
        ['a run begins after it has the lock', ASKED_BEFORE_STOP.map((one) => reconcilesSlowly(one, 12)), [183, 199]],
        ['the dead run is redriven', [reconcilesSlowly('DescribeInstances', 12)], [196, 209]],
      ] as const);
      const isRedriven = what === 'the dead run is redriven';
      const diesAtSeconds = random.integer([20, 120]);
      const seconds = random.integer([from, to]);
      return night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['slow-boot']]))],
        others: isRedriven ? [] : [{ atSeconds: seconds, after: 0, name: 'run-2', input: {} }],
        faults: [...faults],
        disturbances: [
          { kind: 'abort', atSeconds: diesAtSeconds, execution: 0 },
          ...(isRedriven ? [{ kind: 'redrive', atSeconds: diesAtSeconds + seconds, execution: 0 } as const] : []),
        ],
      });
    },
  },
  {
    name: 'the reconciler has no time to stop',
    ofThousand: 7,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['slow-boot'], ['hibernated']]))],
        faults: ['DescribeInstances', 'ListCommands', ...ASKED_BEFORE_STOP].map((one) => reconcilesSlowly(one, 6)),
        disturbances: [{ kind: 'abort', atSeconds: random.integer([20, 240]), execution: 0 }],
      }),
  },
  {
    name: 'a second run takes the lock of a dead one that is redriven',
    ofThousand: 6,
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

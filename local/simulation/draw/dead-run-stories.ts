import { drawSleeper } from '../scenario/draw-fleet.ts';
import { pick } from '../scenario/weighted-choice.ts';
import { answerLost, type Kind, night, noEvents, person, sometimes, startsLate, window } from './story.ts';

/** What a dead run has left, and who finds it: the next run, ReconcileLeases, or someone else. */
export const deadRunStories: readonly Kind[] = [
  {
    name: 'a dead run leaves two, and someone is at work on one of them',
    ofThousand: 5,
    draw: (random) =>
      night(random, {
        instances: [
          { ...drawSleeper(random, 0), platform: 'amazon-linux-2023' },
          drawSleeper(random, 1, ['slow-boot']),
        ],
        parameters: { BatchSize: '4' },
        disturbances: [
          { kind: 'abort', atSeconds: random.integer([75, 100]), execution: 0 },
          person(pick(random, ['open-session', 'run-association']), random.integer([40, 90]), 5400),
        ],
      }),
  },
  {
    name: 'a run dies after a start whose reply was lost',
    ofThousand: 6,
    draw: (random) =>
      night(random, {
        isAlone: true,
        instances: [drawSleeper(random, 0, pick(random, [[], [], ['hibernated'], ['slow-boot']]))],
        faults: [answerLost],
        disturbances: [{ kind: 'abort', atSeconds: random.integer([45, 200]), execution: 0 }],
        // The next attempt still sees it stopped, and writes a record and a lease of its own.
        habits: { describeLagSeconds: 40 },
      }),
  },
  {
    name: 'two runs die, one after the other',
    ofThousand: 6,
    draw(random) {
      const dies = pick(random, ['abort', 'time-out'] as const);
      const diesAtSeconds = random.integer([20, 120]);
      const secondAfter = random.integer([91, 120]);
      return night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['slow-boot'], ['hibernated']]))],
        others: [{ atSeconds: secondAfter, after: 0, name: 'run-2', input: {} }],
        disturbances: [
          noEvents(3600),
          { kind: dies, atSeconds: diesAtSeconds, execution: 0 },
          { kind: dies, atSeconds: diesAtSeconds + secondAfter + random.integer([3, 60]), execution: 1 },
        ],
      });
    },
  },
  {
    name: 'an orphan that someone has started anew',
    ofThousand: 12,
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
    name: 'an orphan that someone starts anew while a run waits for its turn',
    ofThousand: 8,
    draw(random) {
      const diesAtSeconds = random.integer([20, 60]);
      const nextAfter = random.integer([95, 130]);
      return night(random, {
        isAlone: true,
        instances: [drawSleeper(random, 0)],
        others: [{ atSeconds: nextAfter, after: 0, name: 'run-2', input: {} }],
        // The first run had two invocations: for the lease, and for the start.
        faults: [{ ...startsLate, nth: 3 }],
        disturbances: [
          noEvents(3600),
          { kind: 'abort', atSeconds: diesAtSeconds, execution: 0 },
          person('restart', diesAtSeconds + nextAfter + random.integer([1, 4])),
        ],
        habits: sometimes(random, 0.5, { launchTimeSeconds: [10, 45] as const }),
      });
    },
  },
  {
    name: 'the end of a dead run passes while a run waits for its turn',
    ofThousand: 10,
    draw: (random) =>
      night(random, {
        isAlone: true,
        instances: [drawSleeper(random, 0, pick(random, [[], ['hibernated']]))],
        parameters: { WindowSeconds: '5400' },
        others: [{ atSeconds: random.integer([5370, 5390]), name: 'run-2', input: {} }],
        faults: [{ ...startsLate, nth: 3 }],
        disturbances: [
          { kind: 'abort', atSeconds: random.integer([30, 90]), execution: 0 },
          window('denied', 20, 5600, { operation: 'StopInstances' }),
        ],
      }),
  },
  {
    name: 'dies, and its stop is denied for some time',
    ofThousand: 7,
    draw: (random) =>
      night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['hibernated'], ['slow-boot']]))],
        disturbances: [
          { kind: 'abort', atSeconds: random.integer([25, 120]), execution: 0 },
          window('denied', 20, random.integer([400, 1500]), {
            operation: pick(random, ['StopInstances', 'DeleteTags']),
          }),
        ],
      }),
  },
  {
    name: 'the updates of a dead run are still at work when the next one comes',
    ofThousand: 8,
    draw(random) {
      const behaviours = ['update-hangs'] as const;
      return night(random, {
        isAlone: true,
        instances: [
          { ...drawSleeper(random, 0, [...behaviours]), platform: 'amazon-linux-2023' },
          { ...drawSleeper(random, 1, [...behaviours]), platform: 'windows' },
        ],
        parameters: { BatchSize: '4' },
        others: [{ atSeconds: random.integer([91, 120]), after: 0, name: 'run-2', input: {} }],
        disturbances: [noEvents(3600), { kind: 'abort', atSeconds: random.integer([200, 260]), execution: 0 }],
      });
    },
  },
];

import { drawSleeper, idOf } from '../scenario/draw-fleet.ts';
import { pick, pickSpread } from '../scenario/weighted-choice.ts';
import { type Kind, night, person, struck } from './story.ts';

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

const manyUnknownFields = (count: number): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`an-unknown-field-${index}`, index]));

/** Times before the run's start, each with its offset. */
const PAST = ['2026-12-06T01:30:00Z', '2026-12-06T03:00:00+09:00', '2026-12-05T20:00:00-05:00'].map((finishBy) => ({
  finishBy,
}));

/** What a run is asked for, and what its members are like when they are listed. */
export const listingStories: readonly Kind[] = [
  {
    name: 'special in one way',
    ofThousand: 40,
    draw: (random) =>
      night(random, {
        instances: pickSpread(random, SPECIAL, 5).map(([state, behaviour], index) => ({
          ...drawSleeper(random, index, [behaviour]),
          state,
        })),
      }),
  },
  {
    name: 'a dry run, or one with an instance that is still settling',
    ofThousand: 16,
    draw(random) {
      // Eighty-five minutes are just enough, and moments later it is too late to wake any.
      const [dryRun, finishBy, ...behaviours] = pick(random, [
        [true, null],
        [true, '04:30'],
        [true, '2026-12-06T04:30:00Z', 'stuck-stopping'],
        [true, '03:25', 'stuck-stopping'],
        [true, '03:25'],
        [true, '2026-12-06T03:25:00Z'],
        [false, null, 'stuck-stopping'],
      ] as const);
      return night(random, {
        instances: [
          drawSleeper(random, 0, [...behaviours]),
          { ...drawSleeper(random, 1, ['settling']), state: pick(random, ['stopped', 'running']) },
          drawSleeper(random, 2, [pick(random, ['opted-out', 'ghost', 'stop-protected'])]),
          { ...drawSleeper(random, 3, pick(random, [[], ['already-current']])), state: 'running' },
          ...(dryRun ? [drawSleeper(random, 4, ['hibernated'])] : []),
        ],
        input: { ...(dryRun ? { dryRun } : {}), ...(finishBy === null ? {} : { finishBy }) },
      });
    },
  },
  {
    name: 'stopped before it was looked at',
    ofThousand: 9,
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
    ofThousand: 12,
    draw(random) {
      const input = pick(random, [
        ...PAST,
        ...PAST,
        { finishBy: '2026-12-06T03:20:00Z' },
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
  {
    name: 'a run for one member by its ID, or by what names none, or several',
    ofThousand: 24,
    draw(random) {
      const [wanted, alike] = pick(random, [
        [idOf(0), 1],
        ['web-99', 1],
        ['web', 2],
        ['web', 4],
      ] as const);
      const members = Array.from({ length: 4 }, (_, index) => drawSleeper(random, index));
      return night(random, {
        instances: members.map((member, index) => (index < alike ? { ...member, name: 'web' } : member)),
        input: { instances: [wanted] },
      });
    },
  },
];

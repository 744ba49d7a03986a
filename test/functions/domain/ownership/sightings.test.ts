import { type Attempt, judgeAttempt } from '../../../../functions/domain/ownership/attempt.ts';
import { LEASE_TAG } from '../../../../functions/domain/ownership/lease.ts';
import { type Sightings, withLeaseLook, withLook } from '../../../../functions/domain/ownership/sightings.ts';
import {
  anAttempt,
  aProvedAttempt,
  at,
  instanceFacts,
  leaseValue,
  seeking,
  stamp,
  wokenFacts,
} from '../../../support/builders.ts';

/** Recorded at 02:00; EC2 has accepted the start at 02:00:03. */
const sought = anAttempt({
  boot: {
    kind: 'sought',
    repliedAt: stamp('02:00:03'),
    previousLaunchTime: instanceFacts().launchTime,
    previousTransitionReason: instanceFacts().transitionReason,
    wasSeenAwake: false,
  },
});

/** What is seen once these looks are made, one after the other. */
function seenIn(looks: [time: string, facts: ReturnType<typeof instanceFacts>][], attempt: Attempt = sought) {
  let known = attempt;
  let seen: Sightings = {};
  for (const [time, facts] of looks) {
    const look = { ...facts, at: at(time) };
    const judged = judgeAttempt(known, look);
    seen = withLook(seen, [[known], [judged]], look);
    known = judged;
  }
  return seen;
}

describe('what a run sees of AWS’s pace', () => {
  const lagging = instanceFacts();
  const leased = instanceFacts({ tags: { [LEASE_TAG]: leaseValue() } });
  const woken = wokenFacts({ launchTime: stamp('02:00:02') });

  it('is how long describes lagged, and how far LaunchTime is from the reply', () => {
    expect(
      seenIn([
        ['02:00:04', lagging],
        ['02:00:18', lagging],
        ['02:00:33', woken],
        ['02:00:48', woken],
      ]),
    ).toEqual({ describeLag: 15, launchAfterReply: -1, runningAt: stamp('02:00:33') });
  });

  it('is when a lease of its own was seen first', () => {
    const others = instanceFacts({ tags: { [LEASE_TAG]: leaseValue({ attempt: 'other' }) } });
    const looks = [
      ['02:00:02', lagging],
      ['02:00:05', others],
      ['02:00:18', leased],
      ['02:00:33', leased],
    ] as const;
    const seen = looks.map(([time, { tags }]) => withLeaseLook({}, [sought], { tags, at: at(time) }));
    expect(seen).toEqual([{}, {}, { leaseSeen: 18 }, { leaseSeen: 33 }]);
    expect(withLeaseLook({ leaseSeen: 18 }, [sought], { tags: leased.tags, at: at('02:00:33') })).toEqual({
      leaseSeen: 18,
    });
  });

  it('is the first look that showed its own boot running: not one that was starting, and none of someone else', () => {
    const seen = seenIn([
      ['02:00:20', wokenFacts({ launchTime: stamp('02:00:02'), state: 'pending' })],
      ['02:00:35', woken],
      ['02:00:50', woken],
    ]);
    expect(seen.runningAt).toBe(stamp('02:00:35'));
    expect(seenIn([['02:20', wokenFacts({ launchTime: stamp('02:15') })]], aProvedAttempt())).toEqual({});
  });

  it('is nothing of a boot in doubt', () => {
    expect(seenIn([['02:00:48', wokenFacts({ launchTime: stamp('02:00:40') })]])).toEqual({});
  });

  it('is no distance from a reply that is not known, and nothing once the boot is known', () => {
    const runningAt = stamp('02:00:33');
    expect(seenIn([['02:00:33', wokenFacts()]], seeking(anAttempt()))).toEqual({ runningAt });
    expect(seenIn([['02:00:33', wokenFacts()]], aProvedAttempt())).toEqual({ runningAt });
  });
});

import { type Attempt, judgeAttempt } from '../../../../functions/domain/ownership/attempt.ts';
import { LEASE_TAG } from '../../../../functions/domain/ownership/lease.ts';
import { type Sightings, withLook } from '../../../../functions/domain/ownership/sightings.ts';
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

  it('is how long describes lagged, when the lease was seen first, and how far LaunchTime is from the reply', () => {
    expect(
      seenIn([
        ['02:00:04', lagging],
        ['02:00:18', leased],
        ['02:00:33', woken],
        ['02:00:48', woken],
      ]),
    ).toEqual({ describeLag: 15, leaseSeen: 18, launchAfterReply: -1 });
  });

  it('is nothing of what it did not see: a lease of another attempt, a boot in doubt', () => {
    const others = wokenFacts({
      launchTime: stamp('02:00:40'),
      tags: { [LEASE_TAG]: leaseValue({ attempt: 'other' }) },
    });
    expect(seenIn([['02:00:48', others]])).toEqual({});
  });

  it('is no distance from a reply that is not known, and nothing once the boot is known', () => {
    expect(seenIn([['02:00:33', wokenFacts()]], seeking(anAttempt()))).toEqual({ leaseSeen: 33 });
    expect(seenIn([['02:00:33', wokenFacts()]], aProvedAttempt())).toEqual({});
  });
});

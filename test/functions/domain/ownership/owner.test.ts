import {
  attemptsOf,
  leftToOthers,
  type Owner,
  ownerSchema,
  triedBy,
  withAttempts,
  wokenAtOf,
} from '../../../../functions/domain/ownership/owner.ts';
import { anAttempt, ours, stamp, theirs } from '../../../support/builders.ts';

const NONE: Owner = { kind: 'none' };
const first = anAttempt();
const second = anAttempt({ attempt: 'attempt-2', recordedAt: stamp('02:05'), startBy: stamp('02:06') });
const why = { code: 'started-by-others', text: 'someone else started it' };

describe('whose an instance is', () => {
  it('is no one’s as long as there was no attempt to start it', () => {
    expect(triedBy([], null)).toEqual(NONE);
    expect(attemptsOf(NONE)).toEqual([]);
    expect(wokenAtOf(NONE)).toBeNull();
  });

  it('is Reveille’s after attempts, of which the newest comes first', () => {
    expect(triedBy([first, second], null)).toEqual(ours([second, first]));
    expect(triedBy([second, first], stamp('02:05:30'))).toEqual(ours([second, first], stamp('02:05:30')));
  });

  it('is someone else’s for a reason, and what we have tried stays known: it may have left a lease', () => {
    expect(leftToOthers(NONE, why)).toEqual(theirs([]));
    expect(leftToOthers(ours([first], stamp('02:00:30')), why)).toEqual(theirs([first]));
    expect(wokenAtOf(theirs([first]))).toBeNull();
  });

  it.each<[string, Owner, Owner]>([
    ['no one’s, which makes it Reveille’s', NONE, ours([first])],
    ['Reveille’s, since when it is awake', ours([second], stamp('02:05:30')), ours([second, first], stamp('02:05:30'))],
    ['someone else’s', theirs([second]), theirs([second, first])],
  ])('takes in an attempt that was lost: %s', (_whose, owner, expected) => {
    expect(withAttempts(owner, [first])).toEqual(expected);
  });

  it('takes a lost attempt once, as it was found last: meanwhile its end may have become known', () => {
    const ended = { ...first, startBy: stamp('02:00:08') };
    expect(withAttempts(ours([second, first]), [ended])).toEqual(ours([second, ended]));
  });

  it.each<[string, Owner]>([
    ['no one’s', NONE],
    ['Reveille’s', ours([first])],
    ['someone else’s', theirs([])],
  ])('stays as it is if there was none: %s', (_whose, owner) => {
    expect(withAttempts(owner, [])).toEqual(owner);
  });

  it('is not Reveille’s without an attempt, and not someone else’s without a reason', () => {
    expect(ownerSchema.safeParse({ kind: 'reveille', attempts: [], wokenAt: null }).success).toBe(false);
    expect(ownerSchema.safeParse({ kind: 'others', attempts: [] }).success).toBe(false);
    expect(ownerSchema.parse(ours([second, first]))).toEqual(ours([second, first]));
  });
});

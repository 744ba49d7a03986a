import type { Eligibility } from '../../../../functions/domain/listing/eligibility.ts';
import { countAwaited, excludeUnsettled, silentSince } from '../../../../functions/domain/listing/relisting.ts';
import { isBenignExclusion, noAnswer, reason } from '../../../../functions/domain/model/reason.ts';
import { at, stamp } from '../../../support/builders.ts';

const [A, B, C] = ['i-a', 'i-b', 'i-c'];
const inTransition = (why = reason('in-transition', 'the instance is stopping')): Eligibility => ({
  decision: 'in-transition',
  originalState: null,
  reason: why,
});
const silent = inTransition(
  noAnswer({
    text: 'DescribeInstances: Unavailable: try again',
    error: { call: 'DescribeInstances', code: 'Unavailable' },
  }),
);
const takesPart: Eligibility = { decision: 'take-part', originalState: 'stopped', reason: null };
const member = (instanceId: string, eligibility: Eligibility) => ({ instanceId, eligibility });

describe('since when EC2 has been silent on a member', () => {
  it('is the first listing in a row in which it was', () => {
    const first = silentSince([member(A, silent), member(B, takesPart)], {}, at('02:01'));
    expect(first).toEqual({ [A]: stamp('02:01') });
    expect(silentSince([member(A, silent), member(B, silent)], first, at('02:02'))).toEqual({
      [A]: stamp('02:01'),
      [B]: stamp('02:02'),
    });
  });

  it('is forgotten when EC2 has told of it', () => {
    expect(
      silentSince([member(A, takesPart), member(B, inTransition())], { [A]: stamp('02:01') }, at('02:02')),
    ).toEqual({});
  });
});

describe('another listing', () => {
  const members = [member(A, silent), member(B, inTransition()), member(C, takesPart)];
  const since = { [A]: stamp('02:04') };

  it('is made for what is in transition or silent, as often as the deployment allows', () => {
    expect(countAwaited(members, { count: 4, max: 5, silent: {} }, at('03:00'))).toBe(2);
    expect(countAwaited([member(C, takesPart)], { count: 1, max: 5, silent: {} }, at('02:01'))).toBe(0);
  });

  it('is made also after the last for what has not been silent for five minutes', () => {
    expect(countAwaited(members, { count: 5, max: 5, silent: since }, at('02:08:59'))).toBe(1);
    expect(countAwaited(members, { count: 9, max: 5, silent: since }, at('02:09'))).toBe(0);
  });

  it('ends though others fall silent each time', () => {
    const late = { [A]: stamp('02:20') };
    expect(countAwaited(members, { count: 14, max: 5, silent: late }, at('02:20'))).toBe(1);
    expect(countAwaited(members, { count: 15, max: 5, silent: late }, at('02:20'))).toBe(0);
  });
});

describe('when no other listing follows', () => {
  const listings = { count: 5, max: 5, silent: { [A]: stamp('02:01') } };

  it('an instance that still settles is out, and that is no success', () => {
    const judged = excludeUnsettled(member(B, inTransition()), listings, at('02:06'));
    expect(judged).toMatchObject({
      decision: 'excluded',
      originalState: null,
      reason: { code: 'still-in-transition', text: 'the instance is stopping (still so after 5 listings)' },
    });
    expect(isBenignExclusion(judged.reason?.code ?? '')).toBe(false);
  });

  it('one that EC2 is silent on is out, with its words and for how long', () => {
    expect(excludeUnsettled(member(A, silent), listings, at('02:06'))).toMatchObject({
      decision: 'excluded',
      reason: {
        code: 'question-refused',
        text: expect.stringMatching(/Unavailable.*still so after 5 minutes/),
        awsError: { call: 'DescribeInstances', code: 'Unavailable' },
      },
    });
  });

  it('nothing changes for one that takes part, or is out', () => {
    const out: Eligibility = { decision: 'excluded', originalState: null, reason: reason('spot', 'no') };
    for (const judged of [takesPart, out])
      expect(excludeUnsettled(member(A, judged), listings, at('02:06'))).toBe(judged);
  });
});

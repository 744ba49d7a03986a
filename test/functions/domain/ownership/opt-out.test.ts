import { optOutText } from '../../../../functions/domain/ownership/opt-out.ts';

const KEY = 'reveille:opt-out';

/** What is told of an instance with this value in its tag, in Berlin: one hour before UTC in winter, two in summer. */
const told = (value: string, time = '2026-12-06T02:00:00Z', timeZone = 'Europe/Berlin') =>
  optOutText({ tags: { [KEY]: value } }, { key: KEY, timeZone }, new Date(time));

describe('the opt-out tag', () => {
  it('keeps no instance out that does not carry it, or that EC2 does not list', () => {
    const tag = { key: KEY, timeZone: 'UTC' };
    expect(optOutText({ tags: { 'reveille:lease': 'x' } }, tag, new Date())).toBeNull();
    expect(optOutText({ tags: {} }, { ...tag, key: 'constructor' }, new Date())).toBeNull();
    expect(optOutText(null, tag, new Date())).toBeNull();
  });

  it.each(['false', 'False', ' FALSE '])('lets its instance in again with the value %j', (value) => {
    expect(told(value)).toBeNull();
  });

  it.each(['kernel too old', 'true', 'no', 'an until-then', 'untilled'])('keeps it out for good with %j', (value) => {
    expect(told(value, '2099-01-01T00:00:00Z')).toContain(`carries the tag ${KEY}`);
  });

  it('is told with its value, which is the reason', () => {
    expect(told('kernel too old')).toBe(`carries the tag ${KEY}: kernel too old`);
    expect(told('')).toBe(`carries the tag ${KEY}`);
    expect(told('  ')).toBe(`carries the tag ${KEY}`);
  });

  it('keeps it out until a day is over, in the schedule’s zone', () => {
    const value = 'kernel too old, until 2027-03-31';
    expect(told(value)).toBe(`carries the tag ${KEY}: ${value}`);
    expect(told(value, '2027-03-31T21:59:59Z')).not.toBeNull();
    expect(told(value, '2027-03-31T22:00:00Z')).toBeNull();
    expect(told(value, '2027-03-31T22:00:00Z', 'UTC')).not.toBeNull();
    expect(told(value, '2027-03-31T15:00:00Z', 'Asia/Tokyo')).toBeNull();
  });

  it.each([
    'until 2026-12-05',
    'UNTIL: 2026-12-05',
    'until 2026-12-05, says Anna',
    'not until fixed, until 2026-12-05',
  ])('reads the day in %j', (value) => {
    expect(told(value)).toBeNull();
    expect(told(value, '2026-12-05T12:00:00Z')).toContain(value);
  });

  it.each(['until the audit', 'until 31.03.2020', 'until 2020-02-30', 'until 2020-1-1', 'until 2020-01-011', 'until'])(
    'keeps it out for good, and says so, where the day can’t be read: %j',
    (value) => {
      expect(told(value)).toBe(
        `carries the tag ${KEY}, and the day after its "until" can't be read (write one such as 2027-03-31): ${value}`,
      );
    },
  );
});

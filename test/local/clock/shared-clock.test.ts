import { clockFromEnvironment, clockToEnvironment, dateAt, readClock } from '../../../local/clock/shared-clock.ts';

const NIGHT = Date.parse('2026-03-01T02:00:00.000Z');
const clock = { accountAt: NIGHT, machineAt: 5_000_000.25, speed: 30 };

describe('the clock that a process shares with the account', () => {
  it('runs at its speed, in whole milliseconds', () => {
    expect(readClock(clock, clock.machineAt)).toBe(NIGHT);
    expect(readClock(clock, clock.machineAt + 1000)).toBe(NIGHT + 30_000);
    expect(Number.isInteger(readClock(clock, clock.machineAt + 0.123))).toBe(true);
  });

  it('travels through the environment', () => {
    expect(clockFromEnvironment(clockToEnvironment(clock))).toEqual(clock);
  });

  it.each([
    ['is missing', {}],
    ['is no number', { ...clockToEnvironment(clock), ACCOUNT_CLOCK_AT: 'soon' }],
  ])('says which variable %s', (_, environment) => {
    expect(() => clockFromEnvironment(environment)).toThrow(/^ACCOUNT_CLOCK_AT: expected a number/);
  });
});

describe('a Date that follows it', () => {
  const AccountDate = dateAt(() => NIGHT);

  it('has its present', () => {
    expect(AccountDate.now()).toBe(NIGHT);
    expect(new AccountDate().getTime()).toBe(NIGHT);
    expect(AccountDate()).toBe(new Date(NIGHT).toString());
  });

  it('leaves everything else as it was', () => {
    expect(new AccountDate(2026, 1, 3).getTime()).toBe(new Date(2026, 1, 3).getTime());
    expect(new AccountDate('2026-12-06').toISOString()).toBe('2026-12-06T00:00:00.000Z');
    expect(AccountDate.parse('2026-12-06')).toBe(Date.parse('2026-12-06'));
    expect(AccountDate.UTC(2026, 0)).toBe(Date.UTC(2026, 0));
    expect(new AccountDate()).toBeInstanceOf(Date);
    expect(new Date()).toBeInstanceOf(AccountDate);
  });

  it('can be subclassed', () => {
    class Stamp extends AccountDate {
      readonly kind = 'stamp';
    }
    const stamp = new Stamp();
    expect(stamp).toBeInstanceOf(Stamp);
    expect([stamp.kind, stamp.getTime()]).toEqual(['stamp', NIGHT]);
  });
});

import type { DeployedSchedule } from '../../../local/account/services/scheduler.ts';
import { nextFiring } from '../../../local/server/schedule.ts';

const schedule = (ScheduleExpression: string, ScheduleExpressionTimezone = 'UTC'): DeployedSchedule => ({
  Name: 'some',
  State: 'ENABLED',
  ScheduleExpression,
  ScheduleExpressionTimezone,
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: 'arn', RoleArn: 'arn', Input: '{}' },
  createdAt: Date.parse('2026-12-06T02:00:00Z'),
});

const next = (expression: string, after: string, timezone?: string): string | null => {
  const at = nextFiring(schedule(expression, timezone), Date.parse(after));
  return at === null ? null : new Date(at).toISOString().replace(':00.000Z', 'Z');
};

describe('when a schedule fires next', () => {
  it.each([
    ['cron(0 2 ? * SUN#1 *)', '2026-12-06T01:59Z', '2026-12-06T02:00Z'],
    ['cron(0 2 ? * SUN#1 *)', '2026-12-06T02:00Z', '2027-01-03T02:00Z'],
    ['cron(0/15 9-17 ? * MON-FRI *)', '2026-12-04T17:45Z', '2026-12-07T09:00Z'],
    ['cron(30 3 L * ? *)', '2027-02-01T00:00Z', '2027-02-28T03:30Z'],
    ['cron(0 12 ? * 6L *)', '2026-12-06T00:00Z', '2026-12-25T12:00Z'],
    ['cron(0 0 29 2 ? *)', '2026-12-06T00:00Z', '2028-02-29T00:00Z'],
    ['cron(5,10 1 1 JAN,JUL ? 2027/2)', '2027-01-01T01:05Z', '2027-01-01T01:10Z'],
    ['cron(0 2 1 1 ? 2026)', '2026-12-06T00:00Z', null],
    ['rate(12 hours)', '2026-12-06T13:00Z', '2026-12-06T14:00Z'],
    ['at(2027-01-01T06:30:00)', '2026-12-06T00:00Z', '2027-01-01T06:30Z'],
    ['at(2026-01-01T06:30:00)', '2026-12-06T00:00Z', null],
  ])('%s after %s: %s', (expression, after, expected) => expect(next(expression, after)).toBe(expected));

  it('the clocks of its zone count, in winter and in summer', () => {
    const berlin = (after: string) => next('cron(0 2 ? * SUN#1 *)', after, 'Europe/Berlin');
    expect([berlin('2027-01-01T00:00Z'), berlin('2027-07-01T00:00Z')]).toEqual([
      '2027-01-03T01:00Z',
      '2027-07-04T00:00Z',
    ]);
  });

  it('a time that the clocks skip does not fire; one that they show twice fires once', () => {
    const daily = (after: string) => next('cron(30 2 * * ? *)', after, 'Europe/Berlin');
    expect(daily('2027-03-27T12:00Z')).toBe('2027-03-29T00:30Z');
    expect(daily('2027-10-30T12:00Z')).toBe('2027-10-31T00:30Z');
    expect(daily('2027-10-31T00:30Z')).toBe('2027-11-01T01:30Z');
  });

  it.each([
    'cron(0 2 * * * *)',
    'cron(0 2 ? * ? *)',
    'cron(0 2 ? * SUN#6 *)',
    'cron(60 2 ? * SUN *)',
    'cron(0 2 15W * ? *)',
    'cron(0 2 ? * SUN)',
    'rate(0 days)',
    'rate(1 month)',
    'at(tomorrow)',
    'every day',
  ])('%s is not understood, and says so', (expression) =>
    expect(() => next(expression, '2026-12-06T00:00Z')).toThrow(/the schedule .*: /),
  );

  it('a zone that does not exist is not understood', () =>
    expect(() => next('cron(0 2 ? * SUN#1 *)', '2026-12-06T00:00Z', 'Europe/Bielefeld')).toThrow(/the schedule/));
});

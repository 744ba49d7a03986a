import { shortestWindow } from '../../../functions/domain/listing/run-ends.ts';
import { assertRules } from '../../../local/deployment/rules.ts';
import { readTemplate, resolveParameters } from '../../../local/deployment/template.ts';

const template = readTemplate();
const parameter = (name: string) =>
  template.Parameters[name] as unknown as { Default?: string | number; AllowedValues: number[] };

const HOUR = 3_600_000;

/** Minutes that clocks there are ahead of UTC. */
function offsetsOf(timeZone: string): (moment: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return (moment) => {
    const name = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  };
}

/** The changes of clocks in a zone from 2026 to 2037: when, and from how many minutes ahead of UTC to how many. */
function transitionsOf(timeZone: string): { at: number; from: number; to: number }[] {
  const offsetAt = offsetsOf(timeZone);
  const found = [];
  const end = Date.UTC(2038, 0, 1);
  // No zone changes its clocks twice within twenty days: the shortest is a month of Ramadan in Morocco.
  const step = 20 * 24 * HOUR;
  for (let last = Date.UTC(2026, 0, 1), from = offsetAt(last); last < end; last += step) {
    const to = offsetAt(last + step);
    if (to === from) continue;
    let [before, after] = [last, last + step];
    while (after - before > 1000) {
      const middle = Math.floor((before + after) / 2);
      if (offsetAt(middle) === from) before = middle;
      else after = middle;
    }
    found.push({ at: Math.round(after / 60_000) * 60_000, from, to });
    from = to;
  }
  return found;
}

/** The minutes of the day that clocks skip or show twice then: from the first, until before the last. */
const oddMinutes = ({ at, from, to }: { at: number; from: number; to: number }): [number, number] => {
  const local = (offset: number) => at / 60_000 + offset;
  return [local(Math.min(from, to)), local(Math.max(from, to))];
};

const isOdd = (minuteOfDay: number, [first, end]: [number, number]): boolean => {
  const next = first + ((minuteOfDay - (first % 1440) + 1440) % 1440);
  return next < end;
};

describe('the hour at which runs begin by default', () => {
  const [, minute = '', hour = ''] = /^cron\((\d+) (\d+) /.exec(String(parameter('ScheduleExpression').Default)) ?? [];
  const zones = Intl.supportedValuesOf('timeZone');
  const odd = zones.flatMap((zone) => transitionsOf(zone).map((one) => ({ zone, span: oddMinutes(one) })));

  it('is skipped or repeated by no zone of the tz database on any date from 2026 to 2037', () => {
    expect(zones.length).toBeGreaterThan(400);
    const minuteOfDay = Number(hour) * 60 + Number(minute);
    expect(odd.filter(({ span }) => isOdd(minuteOfDay, span))).toEqual([]);
  });

  it('would be at two: south-east Australia would lose the run of October', () => {
    const zonesAtTwo = new Set(odd.filter(({ span }) => isOdd(2 * 60, span)).map(({ zone }) => zone));
    expect(zonesAtTwo).toContain('Australia/Sydney');
  });

  it('is of a zone that each deployment names: two in the night of UTC is eleven in Tokyo', () => {
    expect(parameter('ScheduleTimezone').Default).toBeUndefined();
  });
});

describe('a window', () => {
  const deploy = (window: number, restore: number) => () =>
    assertRules(
      template,
      resolveParameters(template, {
        ResourceGroups: 'dev',
        NotificationEmail: 'operators@example.com',
        WindowSeconds: String(window),
        RestoreDeadlineSeconds: String(restore),
      }),
    );
  const restores = parameter('RestoreDeadlineSeconds').AllowedValues;
  const pairs = parameter('WindowSeconds').AllowedValues.flatMap((window) =>
    restores.map((restore): [number, number] => [window, restore]),
  );

  it('is refused if not even one instance fits into it, and only then', () => {
    const refused = pairs.filter(([window, restore]) => {
      try {
        deploy(window, restore)();
        return false;
      } catch {
        return true;
      }
    });
    expect(refused).toEqual(pairs.filter(([window, restore]) => window < shortestWindow(restore).seconds));
    expect(refused.length).toBeGreaterThan(20);
  });

  it('is refused with the sum', () => {
    expect(deploy(3600, 1800)).toThrow(/600 seconds for a boot, 2700 for an update, and RestoreDeadlineSeconds/);
    expect(deploy(7200, 1800)).not.toThrow();
  });
});

import { nextLocalTime, timeZoneSchema, toLocalText } from '../../../../functions/domain/listing/local-time.ts';

describe('a local time', () => {
  it.each([
    ['06:00', 'Europe/Berlin', '2026-12-06T02:00:00.000Z', '2026-12-06T05:00:00.000Z'],
    ['06:00', 'Asia/Tokyo', '2026-12-06T02:00:00.000Z', '2026-12-06T21:00:00.000Z'],
    ['06:00', 'UTC', '2026-12-06T06:00:00.000Z', '2026-12-07T06:00:00.000Z'],
    // In the night in which Berlin puts its clocks forward, and in the one in which it puts them back.
    ['06:00', 'Europe/Berlin', '2026-03-29T00:30:00.000Z', '2026-03-29T04:00:00.000Z'],
    ['06:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z', '2026-10-25T05:00:00.000Z'],
  ])('is the next %s in %s after %s', (time, zone, after, moment) => {
    expect(nextLocalTime(time, zone, after)).toBe(moment);
  });

  it('is told with its zone', () => {
    expect(toLocalText('2026-12-06T02:00:05.000Z', 'Australia/Adelaide')).toBe(
      '2026-12-06 12:30:05 (Australia/Adelaide)',
    );
  });

  it('needs a zone that the tz database has', () => {
    expect(timeZoneSchema.safeParse('Europe/Berlin').success).toBe(true);
    expect(timeZoneSchema.safeParse('Europe/Atlantis').success).toBe(false);
  });
});

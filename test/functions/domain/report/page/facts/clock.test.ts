import { createClock } from '../../../../../../functions/domain/report/page/facts/clock.ts';
import { at } from '../../../../../support/builders.ts';

describe('a clock', () => {
  it.each([
    ['UTC', '23:05', '23:05:07', 'UTC'],
    ['Europe/Berlin', '00:05', '00:05:07', 'Europe/Berlin'],
    ['Asia/Tokyo', '08:05', '08:05:07', 'Asia/Tokyo'],
    ['Middle/Earth', '23:05', '23:05:07', 'UTC'],
  ])('shows the time of %s', (timeZone, minute, second, told) => {
    const clock = createClock(timeZone);
    const moment = at('23:05:07').getTime();
    expect([clock.minute(moment), clock.second(moment), clock.timeZone]).toEqual([minute, second, told]);
  });
});

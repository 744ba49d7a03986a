/** How clocks show a moment in the zone of a run. */
export interface Clock {
  /** Such as `02:05`. */
  minute(moment: number): string;
  /** Such as `02:05:37`. */
  second(moment: number): string;
  /** The zone's name, as a reader is told it. */
  timeZone: string;
}

/** @param timeZone a name of the tz database; one that is not known here counts as UTC */
export function createClock(timeZone: string): Clock {
  const format = formatIn(timeZone);
  const second = (moment: number) => format.format(moment);
  return { minute: (moment) => second(moment).slice(0, 5), second, timeZone: format.resolvedOptions().timeZone };
}

const CLOCK: Intl.DateTimeFormatOptions = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
};

function formatIn(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', { ...CLOCK, timeZone });
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...CLOCK, timeZone: 'UTC' });
  }
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Field {
  name: string;
  low: number;
  high: number;
  /** Names of the values, from the lowest on. */
  names?: string[];
}

const FIELDS = {
  minutes: { name: 'minutes', low: 0, high: 59 },
  hours: { name: 'hours', low: 0, high: 23 },
  dayOfMonth: { name: 'day of month', low: 1, high: 31 },
  month: { name: 'month', low: 1, high: 12, names: MONTHS },
  dayOfWeek: { name: 'day of week', low: 1, high: 7, names: DAYS },
  year: { name: 'year', low: 1970, high: 2199 },
} as const satisfies Record<string, Field>;

/** A day without a time zone, as a calendar has it. */
export interface CalendarDay {
  year: number;
  month: number;
  day: number;
}

/** When a cron expression fires: on which days, and when on each of them. */
export interface Cron {
  minutes: number[];
  hours: number[];
  matches(day: CalendarDay): boolean;
}

const refuse = (field: Field, text: string): never => {
  throw new Error(`cron: ${field.name}: "${text}" is not understood`);
};

function parseValue(field: Field, text: string): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + field.low : Number(/^\d+$/.test(text) ? text : Number.NaN);
  return value >= field.low && value <= field.high ? value : refuse(field, text);
}

/** One part of a list: a value, a range, all, or any of these with a step. */
function parsePart(field: Field, text: string): number[] {
  const [range = '', step, ...more] = text.split('/');
  const [from = '', to, ...rest] = range.split('-');
  if (more.length > 0 || rest.length > 0) refuse(field, text);
  const every = step === undefined ? 1 : Number(/^\d+$/.test(step) ? step : 0);
  if (every < 1) refuse(field, text);
  const first = from === '*' ? field.low : parseValue(field, from);
  const isOpen = from === '*' || (to === undefined && step !== undefined);
  const last = isOpen ? field.high : parseValue(field, to ?? from);
  if (last < first || (from === '*' && to !== undefined)) refuse(field, text);
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, index) => first + index * every);
}

const parseField = (field: Field, text: string): number[] =>
  [...new Set(text.split(',').flatMap((part) => parsePart(field, part)))].sort((one, other) => one - other);

const daysIn = ({ year, month }: CalendarDay): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** 1 is Sunday. */
const weekdayOf = ({ year, month, day }: CalendarDay): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

function parseDayOfMonth(text: string): Cron['matches'] {
  if (text === 'L') return (date) => date.day === daysIn(date);
  const days = parseField(FIELDS.dayOfMonth, text);
  return ({ day }) => days.includes(day);
}

/** `SUN#1` is the first Sunday of a month, `6L` its last Friday. */
function parseDayOfWeek(text: string): Cron['matches'] {
  const field = FIELDS.dayOfWeek;
  const nth = /^(\w+)#([1-5])$/.exec(text);
  if (nth) {
    const weekday = parseValue(field, nth[1] ?? '');
    return (date) => weekdayOf(date) === weekday && Math.ceil(date.day / 7) === Number(nth[2]);
  }
  const last = /^(\w+)L$/.exec(text);
  if (last) {
    const weekday = parseValue(field, last[1] ?? '');
    return (date) => weekdayOf(date) === weekday && date.day + 7 > daysIn(date);
  }
  const weekdays = parseField(field, text);
  return (date) => weekdays.includes(weekdayOf(date));
}

/**
 * Reads the six fields of a cron expression as EventBridge Scheduler takes it; `W` is not understood here.
 * @throws Error naming the field
 */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6) throw new Error(`cron: six fields are needed, not ${fields.length}: "${text}"`);
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  // AWS wants a `?` in one of the two, since the other one decides.
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new Error(`cron: exactly one of day of month and day of week has to be "?": "${text}"`);
  }
  const isDay = dayOfMonth === '?' ? parseDayOfWeek(dayOfWeek) : parseDayOfMonth(dayOfMonth);
  const months = parseField(FIELDS.month, month);
  const years = parseField(FIELDS.year, year);
  return {
    minutes: parseField(FIELDS.minutes, minutes),
    hours: parseField(FIELDS.hours, hours),
    matches: (day) => years.includes(day.year) && months.includes(day.month) && isDay(day),
  };
}

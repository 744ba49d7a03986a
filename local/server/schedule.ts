import type { DeployedSchedule } from '../account/services/scheduler.ts';
import { BadInput } from '../base/bad-input.ts';
import { createResolver } from '../deployment/intrinsics.ts';
import type { References, Template } from '../deployment/template.ts';
import { type CalendarDay, type Cron, parseCron } from './cron.ts';

const MINUTE = 60_000;

const DAY = 86_400_000;

/** A leap day on a certain weekday comes once in 28 years, in 40 around a century. */
const DAYS_AHEAD_MAX = 40 * 366;

/** Longer timers are cut short: they hold 31 bits of milliseconds. */
const TIMER_MAX = 7 * DAY;

const partsIn = (timezone: string) => {
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, hourCycle: 'h23', ...numeric });
  return (at: number): number[] => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    return ['year', 'month', 'day', 'hour', 'minute'].map((name) => parts[name] as number);
  };
};

/**
 * When the clocks of a time zone show this; null if they skip it, as they do in spring. In autumn they show it twice:
 * then it is the first time, and AWS fires once.
 */
function momentOf(day: CalendarDay, hour: number, minute: number, parts: (at: number) => number[]): number | null {
  const wall = Date.UTC(day.year, day.month - 1, day.day, hour, minute);
  const wanted = [day.year, day.month, day.day, hour, minute].join();
  const offsets = [wall - DAY, wall + DAY].map((at) => {
    const [year = 0, month = 1, date = 1, hours = 0, minutes = 0] = parts(at);
    return Date.UTC(year, month - 1, date, hours, minutes) - at;
  });
  const moments = offsets.map((offset) => wall - offset).filter((at) => parts(at).join() === wanted);
  return moments.length === 0 ? null : Math.min(...moments);
}

function nextOfCron(cron: Cron, timezone: string, after: number): number | null {
  const parts = partsIn(timezone);
  const [year = 0, month = 1, date = 1] = parts(after);
  for (let ahead = 0; ahead < DAYS_AHEAD_MAX; ahead++) {
    const at = new Date(Date.UTC(year, month - 1, date + ahead));
    const day = { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
    if (!cron.matches(day)) continue;
    const moments = cron.hours.flatMap((hour) => cron.minutes.map((minute) => momentOf(day, hour, minute, parts)));
    const later = moments.filter((moment) => moment !== null && moment > after) as number[];
    if (later.length > 0) return Math.min(...later);
  }
  return null;
}

/**
 * When a schedule fires next.
 * @returns milliseconds since the epoch, or null: never again
 * @throws BadInput if its expression or time zone is not understood
 */
export function nextFiring(schedule: DeployedSchedule, after: number): number | null {
  const { ScheduleExpression: expression, ScheduleExpressionTimezone: timezone, createdAt } = schedule;
  const [, kind, content = ''] = /^(cron|rate|at)\((.+)\)$/.exec(expression) ?? [];
  try {
    if (kind === 'cron') return nextOfCron(parseCron(content), timezone, after);
    if (kind === 'at') {
      const [, ...fields] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(content) ?? [];
      if (fields.length === 0) throw new Error(`at: "${content}" is not understood`);
      const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.map(Number);
      const moment = momentOf({ year, month, day }, hour, minute, partsIn(timezone));
      const at = moment === null ? null : moment + second * 1000;
      return at !== null && at > after ? at : null;
    }
    const [, count, unit] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(kind === 'rate' ? content : '') ?? [];
    if (count === undefined) throw new Error('cron(...), rate(...) or at(...) is needed');
    const period = Number(count) * { minute: MINUTE, hour: 60 * MINUTE, day: DAY }[unit as 'minute' | 'hour' | 'day'];
    return createdAt + (Math.floor((after - createdAt) / period) + 1) * period;
  } catch (error) {
    throw new BadInput(`the schedule ${expression} (${timezone}): ${(error as Error).message}`);
  }
}

/** EventBridge Scheduler writes times without fractions of a second. */
const toSeconds = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

/** The input of one occurrence, with what Scheduler fills in. */
export const inputOf = ({ Target }: DeployedSchedule, scheduledAt: number): string =>
  Target.Input.replaceAll('<aws.scheduler.scheduled-time>', toSeconds(scheduledAt));

/**
 * Fires a schedule whenever its time comes, from now on.
 * @returns stops it
 */
export function keepSchedule(schedule: DeployedSchedule, fire: (input: string) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (next: number) => {
    const left = next - Date.now();
    if (left > 0) {
      timer = setTimeout(() => wait(next), Math.min(left, TIMER_MAX));
      return;
    }
    fire(inputOf(schedule, next));
    begin(next);
  };
  const begin = (after: number) => {
    const next = schedule.State === 'ENABLED' ? nextFiring(schedule, after) : null;
    if (next !== null) wait(next);
  };
  begin(Date.now());
  return () => clearTimeout(timer);
}

interface ScheduleEvent {
  Type: string;
  Properties: Record<string, unknown> & { FlexibleTimeWindow?: unknown; Input?: string; RetryPolicy?: unknown };
}

/** What the schedules of a resource set going. */
export interface Targets {
  arnOf(logicalId: string): string;
  roleArn: string;
  createdAt: number;
}

const SCHEDULED = new Set(['AWS::Serverless::StateMachine', 'AWS::Serverless::Function']);

/** The schedules that template.yaml puts before its state machine and its functions; the state machine's come first. */
export function readSchedules(template: Template, references: References, targets: Targets): DeployedSchedule[] {
  const { resolveText } = createResolver(template, references);
  const textOf = (value: unknown, what: string): string => (value === undefined ? '' : resolveText(value, what));
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => SCHEDULED.has(Type))
    .sort(([, one], [, other]) => other.Type.localeCompare(one.Type))
    .flatMap(([logicalId, { Properties }]) =>
      Object.entries((Properties['Events'] ?? {}) as Record<string, ScheduleEvent>)
        .filter(([, { Type }]) => Type === 'ScheduleV2')
        .map(([event, { Properties: its }]) => ({
          // CloudFormation's own name, without what it draws by lot.
          Name: `reveille-${logicalId}${event}`,
          State: textOf(its['State'], event) === 'DISABLED' ? ('DISABLED' as const) : ('ENABLED' as const),
          Description: textOf(its['Description'], event),
          ScheduleExpression: textOf(its['ScheduleExpression'], event),
          ScheduleExpressionTimezone: textOf(its['ScheduleExpressionTimezone'], event) || 'UTC',
          FlexibleTimeWindow: its.FlexibleTimeWindow,
          Target: {
            Arn: targets.arnOf(logicalId),
            RoleArn: targets.roleArn,
            Input: its.Input ?? '{}',
            ...(its.RetryPolicy === undefined ? {} : { RetryPolicy: its.RetryPolicy }),
          },
          createdAt: targets.createdAt,
        })),
    );
}

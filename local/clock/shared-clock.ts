/**
 * How a process of its own follows the account's clock: what it stood at, when that was on the machine's own clock,
 * and how many of its seconds pass in one of ours.
 */
export interface SharedClock {
  /** The account's time, in milliseconds since the epoch. */
  accountAt: number;
  /** The machine's time at that moment. */
  machineAt: number;
  speed: number;
}

const NAMES = {
  accountAt: 'ACCOUNT_CLOCK_AT',
  machineAt: 'ACCOUNT_CLOCK_MACHINE_AT',
  speed: 'ACCOUNT_CLOCK_SPEED',
} as const;

/** The machine's clock, also where Date is not what it was: neither the account's timers nor the preload touch `performance`. */
export const machineNow = (): number => performance.timeOrigin + performance.now();

/** What the account's clock shows, to the whole millisecond, as Date has it. */
export const readClock = ({ accountAt, machineAt, speed }: SharedClock, machineTime: number): number =>
  Math.floor(accountAt + (machineTime - machineAt) * speed);

export const clockToEnvironment = (clock: SharedClock): Record<string, string> => ({
  [NAMES.accountAt]: String(clock.accountAt),
  [NAMES.machineAt]: String(clock.machineAt),
  [NAMES.speed]: String(clock.speed),
});

/** @throws naming the variable that is missing or no number */
export function clockFromEnvironment(environment: Record<string, string | undefined>): SharedClock {
  const read = (name: string): number => {
    const value = Number(environment[name] ?? Number.NaN);
    if (!Number.isFinite(value))
      throw new Error(`${name}: expected a number, and it is ${environment[name] ?? 'not set'}`);
    return value;
  };
  return { accountAt: read(NAMES.accountAt), machineAt: read(NAMES.machineAt), speed: read(NAMES.speed) };
}

/** A Date whose present is `now`: `Date.now()`, `new Date()` and `Date()`; everything else of it is as it was. */
export function dateAt(now: () => number, RealDate: DateConstructor = Date): DateConstructor {
  return new Proxy(RealDate, {
    construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
    apply: (target) => new target(now()).toString(),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  });
}

import { clockFromEnvironment, dateAt, machineNow, readClock } from '../clock/shared-clock.ts';

/**
 * For `NODE_OPTIONS=--import`: Date in this process follows the account's clock, for accounts that are faster than the
 * machine. Only Date: timers stay real, so a second that the SDK waits before a retry is `speed` seconds for the account,
 * and its time-outs are as many times more patient. `performance` and `process.hrtime` stay real, too.
 */
const clock = clockFromEnvironment(process.env);

globalThis.Date = dateAt(() => readClock(clock, machineNow()));

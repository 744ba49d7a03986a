import { installFakeClock } from './fake-clock.ts';

/** Nothing is scheduled and nothing is done: after so many rounds, nothing ever will be. */
const IDLE_ROUNDS_MAX = 50;

/**
 * Runs work in virtual time: time stands still while anything is being done, and jumps to the next timer when nothing
 * is. The same seed gives the same run. Make one SDK call in real time before the first one: it reads configuration files,
 * which virtual time would overtake.
 */
export async function runInVirtualTime<T>(start: Date, seed: number, work: () => Promise<T>): Promise<T> {
  const { clock, drain, uninstall } = installFakeClock(start, seed);
  try {
    let isDone = false;
    const result = work().finally(() => {
      isDone = true;
    });
    result.catch(() => undefined);
    for (let idle = 0; !isDone; ) {
      await drain();
      if (isDone) break;
      idle = clock.countTimers() === 0 ? idle + 1 : 0;
      if (idle > IDLE_ROUNDS_MAX)
        throw new Error('virtual time stands still: nothing is scheduled, and the work is not done');
      // Not nextAsync: it waits for two real timers, of a millisecond each.
      clock.next();
    }
    return await result;
  } finally {
    uninstall();
  }
}

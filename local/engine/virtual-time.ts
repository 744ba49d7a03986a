import FakeTimers from '@sinonjs/fake-timers';
import { createRandom } from '../account/random.ts';

const realImmediate = setImmediate;
/** Event loop turns that promises and streams may need between two timers. */
const TURNS_BETWEEN_TIMERS = 3;
/** Nothing is scheduled and nothing is done: after so many turns, nothing ever will be. */
const IDLE_TURNS_MAX = 50;

const turn = () => new Promise<void>((resolve) => realImmediate(resolve));

/**
 * Runs work in virtual time: time stands still while anything is being done, and jumps to the next timer when nothing
 * is. Randomness outside the account (jitter of the SDK's and the interpreter's retries) comes from the seed as well, so the
 * same seed gives the same run. Make one SDK call in real time before the first one: it reads configuration files,
 * which virtual time would overtake.
 */
export async function runInVirtualTime<T>(start: Date, seed: number, work: () => Promise<T>): Promise<T> {
  const clock = FakeTimers.install({
    now: start,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
    // The SDK's http handler clears timers that it made before the install.
    shouldClearNativeTimers: true,
  });
  const fakeSetTimeout = globalThis.setTimeout;
  // A fraction of a millisecond would be cut to none, and the SDK's adaptive retries then spin without time passing.
  globalThis.setTimeout = ((run: (...rest: unknown[]) => void, delay = 0, ...rest: unknown[]) =>
    fakeSetTimeout(run, Math.ceil(delay), ...rest)) as typeof setTimeout;
  const realRandom = Math.random;
  Math.random = createRandom(seed, 'jitter').next;
  try {
    let isDone = false;
    const result = work().finally(() => {
      isDone = true;
    });
    result.catch(() => undefined);
    for (let idle = 0; !isDone; ) {
      for (let count = 0; count < TURNS_BETWEEN_TIMERS; count++) await turn();
      if (isDone) break;
      idle = clock.countTimers() === 0 ? idle + 1 : 0;
      if (idle > IDLE_TURNS_MAX)
        throw new Error('virtual time stands still: nothing is scheduled, and the work is not done');
      await clock.nextAsync();
    }
    return await result;
  } finally {
    Math.random = realRandom;
    clock.uninstall();
  }
}

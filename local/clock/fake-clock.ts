import FakeTimers from '@sinonjs/fake-timers';
import { createRandom } from '../base/random.ts';

export interface FakeClock {
  clock: FakeTimers.Clock;
  /** Lets promises and streams do what they can do without time passing. */
  drain(): Promise<void>;
  /** Gives this process its own clocks and randomness back. */
  uninstall(): void;
}

/** Event loop turns that promises and streams may need between two timers. */
const TURNS_BETWEEN_TIMERS = 3;

/**
 * Replaces this process's clocks, and `Math.random` by a stream of the seed: the jitter of the SDK's and the
 * interpreter's retries comes from it.
 */
export function installFakeClock(start: Date, seed: number): FakeClock {
  const realImmediate = setImmediate;
  const realRandom = Math.random;
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
  Math.random = createRandom(seed, 'jitter').next;
  return {
    clock,
    async drain() {
      for (let count = 0; count < TURNS_BETWEEN_TIMERS; count++) {
        await new Promise<void>((resolve) => realImmediate(resolve));
      }
    },
    uninstall() {
      Math.random = realRandom;
      clock.uninstall();
    },
  };
}

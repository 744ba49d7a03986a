import { installFakeClock } from './fake-clock.ts';

/** How long the loop rests between two looks at the real clock. */
const REST_MILLISECONDS = 5;

export interface PacedClock {
  /** Gives this process its own clocks back, soon. */
  stop(): void;
  /** Ends when it is stopped; rejects if something in the simulated world throws. */
  done: Promise<void>;
}

/**
 * Lets virtual time follow the real clock, `speed` simulated seconds a second: what is due is fired, each thing at its own
 * moment; between the timers the event loop turns, so that what one of them has begun is done before the next.
 * Replaces this process's clocks until it is stopped.
 */
export function startPacedClock(start: Date, speed: number, seed: number): PacedClock {
  const realSetTimeout = setTimeout;
  const realNow = performance.now.bind(performance);
  const { clock, drain, uninstall } = installFakeClock(start, seed);

  const began = realNow();
  let isStopped = false;
  const rest = () => new Promise<void>((resolve) => realSetTimeout(resolve, REST_MILLISECONDS));

  const follow = async () => {
    try {
      while (!isStopped) {
        const target = start.getTime() + Math.floor((realNow() - began) * speed);
        await advanceTo(target);
        await rest();
      }
    } finally {
      uninstall();
    }
  };
  /** Timer by timer, so that each thing sees its own moment. */
  const advanceTo = async (target: number) => {
    while (!isStopped && Date.now() < target) {
      await drain();
      const next = nextTimerAt(clock);
      if (next === null || next > target) {
        await clock.tickAsync(Math.max(0, target - Date.now()));
        return;
      }
      await clock.nextAsync();
    }
  };
  return {
    stop: () => {
      isStopped = true;
    },
    done: follow(),
  };
}

/** When the next timer is due; the library keeps it in its table of timers. */
function nextTimerAt(clock: { timers?: unknown }): number | null {
  const timers = Object.values((clock.timers ?? {}) as Record<string, { callAt: number }>);
  return timers.length === 0 ? null : Math.min(...timers.map(({ callAt }) => callAt));
}

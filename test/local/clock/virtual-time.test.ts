import { runInVirtualTime } from '../../../local/clock/virtual-time.ts';
import { at } from '../../support/builders.ts';

const START = at('02:00');
const run = <T>(work: () => Promise<T>, seed = 1) => runInVirtualTime(START, seed, work);
const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const elapsed = () => Date.now() - START.getTime();

describe('virtual time', () => {
  it('begins where it is told to, and jumps to the next timer', async () => {
    const seen = await run(async () => {
      const first = new Date().toISOString();
      await pause(3_600_000);
      return [first, new Date().toISOString()];
    });
    expect(seen).toEqual(['2026-12-06T02:00:00.000Z', '2026-12-06T03:00:00.000Z']);
  });

  it('a month takes no time', async () => {
    const began = performance.now();
    await run(async () => {
      for (let day = 0; day < 30; day++) await pause(86_400_000);
    });
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('fires timers in the order of their times; those of the same time in the order in which they were set', async () => {
    const order = await run(async () => {
      const fired: string[] = [];
      const note = async (name: string, milliseconds: number) => {
        await pause(milliseconds);
        fired.push(`${name} at ${elapsed()}`);
      };
      await Promise.all([note('late', 50), note('first of two', 20), note('early', 10), note('second of two', 20)]);
      return fired;
    });
    expect(order).toEqual(['early at 10', 'first of two at 20', 'second of two at 20', 'late at 50']);
  });

  it('stands still while something is being done', async () => {
    await run(async () => {
      const timer = pause(1);
      await Promise.resolve();
      await new Promise<void>((resolve) => setImmediate(resolve));
      expect(elapsed()).toBe(0);
      await timer;
      expect(elapsed()).toBe(1);
    });
  });

  it('takes a fraction of a millisecond for a whole one, so that waiting for it ends', async () => {
    const { rounds, waited } = await run(async () => {
      let rounds = 0;
      // As the adaptive retries wait for their tokens.
      while (elapsed() < 5 && rounds < 1000) {
        await pause(0.25);
        rounds++;
      }
      return { rounds, waited: elapsed() };
    });
    expect({ rounds, waited }).toEqual({ rounds: 5, waited: 5 });
  });

  it('knows cleared timers, intervals, and what a timer hands on', async () => {
    await run(async () => {
      const never = jest.fn();
      clearTimeout(setTimeout(never, 5));
      const ticks: number[] = [];
      const interval = setInterval(() => ticks.push(elapsed()), 10);
      const handed = await new Promise((resolve) => setTimeout(resolve, 35, 'this'));
      clearInterval(interval);
      await pause(100);
      expect(never).not.toHaveBeenCalled();
      expect(ticks).toEqual([10, 20, 30]);
      expect(handed).toBe('this');
    });
  });

  it('standing still is an error, and not a test that hangs', async () => {
    await expect(run(() => new Promise<void>(() => undefined))).rejects.toThrow('virtual time stands still');
  });

  it('so it is after some time has passed, too', async () => {
    const waiting = run(async () => {
      await pause(1000);
      await new Promise<void>(() => undefined);
    });
    await expect(waiting).rejects.toThrow('virtual time stands still');
  });
});

describe('randomness in virtual time', () => {
  const draw = (seed: number) => run(async () => [Math.random(), Math.random(), Math.random()], seed);

  it('comes from the seed', async () => {
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(2)).not.toEqual(await draw(1));
  });
});

describe('afterwards', () => {
  const real = { setTimeout, clearTimeout, setInterval, clearInterval, Date, random: Math.random };
  const now = () => ({ setTimeout, clearTimeout, setInterval, clearInterval, Date, random: Math.random });
  const failure = new Error('the work has failed');

  it.each<[string, () => Promise<unknown>]>([
    ['work that is done', async () => 'done'],
    [
      'work that fails',
      async () => {
        await pause(10);
        throw failure;
      },
    ],
    [
      'work that fails at once',
      () => {
        throw failure;
      },
    ],
    ['work that stands still', () => new Promise(() => undefined)],
  ])('clock and randomness are the real ones again: %s', async (_, work) => {
    await run(async () => {
      expect(now()).not.toEqual(real);
      return work();
    }).catch(() => undefined);
    await run(work as () => Promise<unknown>).catch(() => undefined);
    for (const [name, value] of Object.entries(now())) {
      expect([name, value === real[name as keyof typeof real]]).toEqual([name, true]);
    }
    expect(Math.abs(Date.now() - START.getTime())).toBeGreaterThan(1000);
  });

  it("the work's own error comes out", async () => {
    const failed = run(async () => {
      await pause(10);
      throw failure;
    });
    await expect(failed).rejects.toBe(failure);
  });
});

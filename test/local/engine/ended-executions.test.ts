import { aMachine, clock, distributing, inVirtualTime, invoking, named, noting, pause } from './machines.ts';

const HOUR = 3600;
const RETRY = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 100, BackoffRate: 1, MaxAttempts: 9 }];

describe('nothing is called after an execution has ended', () => {
  it('aborted while it waits for a retry: there is no further try', () =>
    inVirtualTime(async () => {
      const work = noting(() => Promise.reject(named('Flaky')));
      const execution = aMachine({ Work: invoking('work', { End: true, Retry: RETRY }) }, { work: work.handler }).start(
        'run-1',
        {},
      );
      await pause(150);
      expect(work.calls).toHaveLength(2);
      execution.abort();
      expect(await execution.result).toEqual({ status: 'ABORTED' });
      await pause(HOUR);
      expect(work.calls).toHaveLength(2);
    }));

  it('timed out while it waits for a retry: there is no further try', () =>
    inVirtualTime(async () => {
      const work = noting(() => Promise.reject(named('Flaky')));
      const states = { Work: invoking('work', { End: true, Retry: RETRY }) };
      const machine = aMachine(states, { work: work.handler }, { TimeoutSeconds: 150 });
      expect(await machine.start('run-1', {}).result).toEqual({ status: 'TIMED_OUT' });
      expect(clock()).toBe(150);
      await pause(HOUR);
      expect(work.calls).toHaveLength(2);
    }));

  it('aborted while a function works: it goes on, as in AWS, and the next state is not entered', () =>
    inVirtualTime(async () => {
      const first = noting(() => pause(30));
      const second = noting();
      const machine = aMachine(
        { First: invoking('first', { Next: 'Second' }), Second: invoking('second', { End: true }) },
        { first: first.handler, second: second.handler },
      );
      const execution = machine.start('run-1', {});
      await pause(10);
      execution.abort();
      expect(await execution.result).toEqual({ status: 'ABORTED' });
      expect(clock()).toBe(10);
      await pause(HOUR);
      expect([first.calls.length, second.calls.length]).toEqual([1, 0]);
      expect(machine.tally.transitions).toBe(1);
    }));

  it('aborted while it waits: the waiting ends there', () =>
    inVirtualTime(async () => {
      const after = noting();
      const states = { Wait: { Type: 'Wait', Seconds: 60, Next: 'After' }, After: invoking('after', { End: true }) };
      const execution = aMachine(states, { after: after.handler }).start('run-1', {});
      await pause(10);
      execution.abort();
      expect(await execution.result).toEqual({ status: 'ABORTED' });
      await pause(HOUR);
      expect(after.calls).toEqual([]);
    }));

  it('aborted after its end: it stays what it was', () =>
    inVirtualTime(async () => {
      const execution = aMachine({ Only: { Type: 'Pass', End: true } }).start('run-1', { a: 1 });
      const result = await execution.result;
      execution.abort();
      expect(await execution.result).toEqual(result);
      expect(result).toEqual({ status: 'SUCCEEDED', output: { a: 1 } });
    }));
});

describe('a parent that ends takes its children with it', () => {
  it('aborted: children that wait call nothing any more', () =>
    inVirtualTime(async () => {
      const after = noting();
      const child = { Wait: { Type: 'Wait', Seconds: 60, Next: 'After' }, After: invoking('after', { End: true }) };
      const execution = aMachine({ Items: distributing(child, { End: true }) }, { after: after.handler }).start(
        'run-1',
        ['a', 'b', 'c'],
      );
      await pause(30);
      execution.abort();
      expect(await execution.result).toEqual({ status: 'ABORTED' });
      await pause(HOUR);
      expect(after.calls).toEqual([]);
    }));

  it('aborted: children that wait for a retry call nothing any more', () =>
    inVirtualTime(async () => {
      const work = noting(() => Promise.reject(named('Flaky')));
      const child = { Work: invoking('work', { End: true, Retry: RETRY }) };
      const execution = aMachine({ Items: distributing(child, { End: true }) }, { work: work.handler }).start('run-1', [
        'a',
        'b',
      ]);
      await pause(50);
      execution.abort();
      await execution.result;
      await pause(HOUR);
      expect(work.calls).toHaveLength(2);
    }));

  it('timed out: likewise, and no Catch of the children is run', () =>
    inVirtualTime(async () => {
      const work = noting(() => pause(50));
      const caught = noting();
      const child = {
        Work: invoking('work', { End: true, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] }),
        Caught: invoking('caught', { End: true }),
      };
      const machine = aMachine(
        { Items: distributing(child, { End: true }) },
        { work: work.handler, caught: caught.handler },
        { TimeoutSeconds: 40 },
      );
      expect(await machine.start('run-1', ['a', 'b']).result).toEqual({ status: 'TIMED_OUT' });
      await pause(HOUR);
      expect([work.calls.length, caught.calls.length]).toEqual([2, 0]);
    }));

  it('aborted: items that are still queued are never begun', () =>
    inVirtualTime(async () => {
      const work = noting(() => pause(30));
      const items = distributing({ Work: invoking('work', { End: true }) }, { MaxConcurrency: 1, End: true });
      const execution = aMachine({ Items: items }, { work: work.handler }).start('run-1', ['a', 'b', 'c', 'd']);
      await pause(40);
      execution.abort();
      expect(await execution.result).toEqual({ status: 'ABORTED' });
      await pause(HOUR);
      expect(work.calls).toEqual([
        [0, 'a'],
        [30, 'b'],
      ]);
    }));
});

describe('a map that fails takes its items with it, while its execution goes on', () => {
  const caught = { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'After' }], Next: 'After' };
  const after = { Type: 'Wait', Seconds: HOUR, End: true };
  /** `bad` fails after ten seconds. */
  const act = async (input: unknown) => {
    await pause(input === 'bad' ? 10 : 30);
    if (input === 'bad') throw named('Bad');
    return input;
  };

  it('items that are still queued are never begun', () =>
    inVirtualTime(async () => {
      const work = noting(act);
      const items = distributing({ Work: invoking('work', { End: true }) }, { MaxConcurrency: 1, ...caught });
      const execution = aMachine({ Items: items, After: after }, { work: work.handler }).start('run-1', [
        'bad',
        'b',
        'c',
      ]);
      expect((await execution.result).status).toBe('SUCCEEDED');
      expect(work.calls).toEqual([[0, 'bad']]);
    }));

  it('its siblings are aborted: they enter no further state', () =>
    inVirtualTime(async () => {
      const work = noting(act);
      const second = noting();
      const child = { Work: invoking('work', { Next: 'Second' }), Second: invoking('second', { End: true }) };
      const execution = aMachine(
        { Items: distributing(child, caught), After: after },
        { work: work.handler, second: second.handler },
      ).start('run-1', ['bad', 'b']);
      expect((await execution.result).status).toBe('SUCCEEDED');
      expect(work.calls).toHaveLength(2);
      expect(second.calls).toEqual([]);
    }));
});

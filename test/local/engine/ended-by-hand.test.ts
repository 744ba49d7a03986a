import { aMachine, clock, distributing, inVirtualTime, invoking, noting, pause } from './machines.ts';

const HOUR = 3600;
const Catch = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Caught' }];

describe('a time-out by hand', () => {
  it('ends the execution at once, without its Catch; what a function has begun, it ends', () =>
    inVirtualTime(async () => {
      const ends: number[] = [];
      const work = noting(() => pause(30).then(() => ends.push(clock())));
      const caught = noting();
      const states = {
        Work: invoking('work', { Catch, Next: 'Caught' }),
        Caught: invoking('caught', { End: true }),
      };
      const execution = aMachine(states, { work: work.handler, caught: caught.handler }).start('run-1', {});
      await pause(10);
      execution.timeOut();
      expect(await execution.result).toEqual({ status: 'TIMED_OUT' });
      expect(clock()).toBe(10);
      await pause(HOUR);
      expect(ends).toEqual([30]);
      expect([work.calls.length, caught.calls.length]).toEqual([1, 0]);
    }));

  it('stops the children, whose functions go on to their ends, and nothing new is called', () =>
    inVirtualTime(async () => {
      const ends: number[] = [];
      const work = noting(() => pause(30).then(() => ends.push(clock())));
      const after = noting();
      const child = {
        Work: invoking('work', { Next: 'After' }),
        After: invoking('after', { End: true }),
      };
      const items = distributing(child, { MaxConcurrency: 2, ToleratedFailurePercentage: 100, End: true });
      const machine = aMachine({ Items: items }, { work: work.handler, after: after.handler });
      const executions = machine.record();
      const execution = machine.start('run-1', ['a', 'b', 'c']);
      await pause(10);
      execution.timeOut();
      expect(await execution.result).toEqual({ status: 'TIMED_OUT' });
      const record = executions.find(execution.arn);
      expect(record?.mapRuns[0]?.status).toBe('ABORTED');
      expect(record?.mapRuns[0]?.children.map(({ status }) => status)).toEqual(['ABORTED', 'ABORTED']);
      expect(record?.events.at(-1)?.type).toBe('ExecutionTimedOut');
      await pause(HOUR);
      expect(ends).toEqual([30, 30]);
      expect([work.calls.length, after.calls.length]).toEqual([2, 0]);
    }));

  it('and an abort: the first of them counts', () =>
    inVirtualTime(async () => {
      const machine = aMachine({ Sleep: { Type: 'Wait', Seconds: HOUR, End: true } });
      const [one, other] = [machine.start('run-1', {}), machine.start('run-2', {})];
      one.timeOut();
      one.abort('Later');
      other.abort('First');
      other.timeOut();
      expect(await one.result).toEqual({ status: 'TIMED_OUT' });
      expect(await other.result).toEqual({ status: 'ABORTED', error: 'First' });
    }));
});

describe('an abort by hand', () => {
  it('lets a function end what it has begun', () =>
    inVirtualTime(async () => {
      const ends: number[] = [];
      const work = noting(() => pause(30).then(() => ends.push(clock())));
      const execution = aMachine({ Work: invoking('work', { End: true }) }, { work: work.handler }).start('run-1', {});
      await pause(10);
      execution.abort();
      await execution.result;
      await pause(HOUR);
      expect(ends).toEqual([30]);
    }));

  const child = { Sleep: { Type: 'Wait', Seconds: 60, Next: 'Work' }, Work: invoking('work', { End: true }) };

  it('of a single child is a failure that the map tolerates, if it says so: the others go on', () =>
    inVirtualTime(async () => {
      const work = noting();
      const items = distributing(child, { ToleratedFailurePercentage: 100, End: true });
      const machine = aMachine({ Items: items }, { work: work.handler });
      const executions = machine.record();
      const execution = machine.start('run-1', ['a', 'b', 'c']);
      await pause(10);
      const children = executions.find(execution.arn)?.mapRuns[0]?.children ?? [];
      await children[1]?.stop('Enough');
      expect(children.map(({ status }) => status)).toEqual(['RUNNING', 'ABORTED', 'RUNNING']);
      expect(await execution.result).toEqual({ status: 'SUCCEEDED', output: ['a', null, 'c'] });
      expect(work.calls).toEqual([
        [60, 'a'],
        [60, 'c'],
      ]);
      expect(children[1]).toMatchObject({ status: 'ABORTED', error: 'Enough' });
    }));

  it('of a single child fails the map that does not', () =>
    inVirtualTime(async () => {
      const work = noting();
      const machine = aMachine({ Items: distributing(child, { End: true }) }, { work: work.handler });
      const executions = machine.record();
      const execution = machine.start('run-1', ['a', 'b']);
      await pause(10);
      await executions.find(execution.arn)?.mapRuns[0]?.children[0]?.stop();
      expect(await execution.result).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
      await pause(HOUR);
      expect(work.calls).toEqual([]);
    }));
});

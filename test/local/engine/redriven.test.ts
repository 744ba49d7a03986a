import type { Definition } from '../../../local/engine/definition.ts';
import { aMachine, breakable, clock, inVirtualTime, invoking, noting, pause } from './machines.ts';

const DAY = 86_400;
const typesOf = (events: { type: string }[] = []) => events.map(({ type }) => type);

describe('a redriven execution', () => {
  const CONTEXT = { 'id.$': '$$.Execution.Id', 'at.$': '$$.Execution.StartTime', 'input.$': '$$.Execution.Input' };

  it('goes on from the state that did not succeed, as the execution that it was', () =>
    inVirtualTime(async () => {
      const first = noting(() => ({ step: 1 }));
      const second = breakable();
      const states = {
        First: invoking('first', { Next: 'Second' }),
        Second: invoking('second', { Next: 'Look' }),
        Look: { Type: 'Pass', Parameters: { ...CONTEXT, 'was.$': '$' }, End: true },
      };
      const machine = aMachine(states, { first: first.handler, second: second.handler });
      const executions = machine.record();
      const { arn, result } = machine.start('run-1', { given: true });
      expect(await result).toMatchObject({ status: 'FAILED', error: 'Broken' });
      await pause(DAY);
      second.mend();
      const redriven = machine.redrive('run-1');
      expect(executions.find(arn)).toMatchObject({ status: 'RUNNING', stoppedAt: null, error: undefined });
      expect(await redriven.result).toEqual({
        status: 'SUCCEEDED',
        output: { id: arn, at: '2026-12-06T02:00:00.000Z', input: { given: true }, was: { step: 1, worked: true } },
      });
      expect(redriven.arn).toBe(arn);
      expect(first.calls).toHaveLength(1);
      expect(second.calls).toEqual([
        [0, { step: 1 }],
        [DAY, { step: 1 }],
      ]);
      const record = executions.find(arn);
      expect(record).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, error: undefined, input: '{"given":true}' });
      expect(executions.list()).toHaveLength(1);
      expect(typesOf(record?.events).slice(-9)).toEqual([
        'ExecutionFailed',
        'ExecutionRedriven',
        'TaskScheduled',
        'TaskStarted',
        'TaskSucceeded',
        'TaskStateExited',
        'PassStateEntered',
        'PassStateExited',
        'ExecutionSucceeded',
      ]);
    }));

  it('has all its time again, and all its retries', () =>
    inVirtualTime(async () => {
      const work = breakable();
      const Retry = [{ ErrorEquals: ['Broken'], IntervalSeconds: 10, BackoffRate: 1, MaxAttempts: 2 }];
      const states = {
        Wait: { Type: 'Wait', Seconds: 30, Next: 'Work' },
        Work: invoking('work', { Retry, Next: 'Last' }),
        Last: { Type: 'Wait', Seconds: 600, End: true },
      };
      const machine = aMachine(states, { work: work.handler }, { TimeoutSeconds: 100 });
      machine.record({ histories: false });
      expect(await machine.start('run-1', {}).result).toMatchObject({ error: 'Broken' });
      expect(clock()).toBe(50);
      await pause(50);
      expect(await machine.redrive('run-1').result).toMatchObject({ error: 'Broken' });
      expect(work.calls.map(([at]) => at)).toEqual([30, 40, 50, 100, 110, 120]);
      work.mend();
      expect(await machine.redrive('run-1').result).toEqual({ status: 'TIMED_OUT' });
      expect(clock()).toBe(220);
      expect(work.calls).toHaveLength(7);
    }));

  it('that was stopped in a retry calls nothing twice: what the first try had planned is over', () =>
    inVirtualTime(async () => {
      const work = breakable();
      const Retry = [{ ErrorEquals: ['Broken'], IntervalSeconds: 100, BackoffRate: 1, MaxAttempts: 1 }];
      const machine = aMachine({ Work: invoking('work', { Retry, End: true }) }, { work: work.handler });
      machine.record({ histories: false });
      const execution = machine.start('run-1', {});
      await pause(50);
      execution.abort();
      await execution.result;
      const redriven = machine.redrive('run-1');
      await redriven.result;
      await pause(DAY);
      expect(work.calls.map(([at]) => at)).toEqual([0, 50, 150]);
    }));

  it('that ended in a Fail state only fails again', () =>
    inVirtualTime(async () => {
      const work = noting();
      const states: Definition['States'] = {
        Work: invoking('work', { Next: 'Fails' }),
        Fails: { Type: 'Fail', Error: 'RunFailed', Cause: 'on purpose' },
      };
      const machine = aMachine(states, { work: work.handler });
      machine.record({ histories: false });
      await machine.start('run-1', {}).result;
      expect(await machine.redrive('run-1').result).toMatchObject({ status: 'FAILED', error: 'RunFailed' });
      expect(work.calls).toHaveLength(1);
    }));

  it('must have ended without success, not longer than 14 days ago, and be remembered', () =>
    inVirtualTime(async () => {
      const work = breakable();
      const machine = aMachine({ Work: invoking('work', { End: true }) }, { work: work.handler });
      expect(() => machine.redrive('run-1')).toThrow(expect.objectContaining({ name: 'NotRedrivable' }));
      machine.record({ histories: false });
      const running = machine.start('run-1', {});
      expect(() => machine.redrive('run-1')).toThrow('Execution is RUNNING and cannot be redriven');
      await running.result;
      await pause(14 * DAY - 1);
      work.mend();
      await machine.redrive('run-1').result;
      expect(() => machine.redrive('run-1')).toThrow('Execution is SUCCEEDED and cannot be redriven');
      const late = machine.start('run-2', {});
      late.abort();
      await late.result;
      await pause(14 * DAY);
      expect(() => machine.redrive('run-2')).toThrow('Execution redrivable period exceeded');
    }));
});

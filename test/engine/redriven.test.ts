import type { Definition } from '../../local/engine/definition.ts';
import { aMachine, clock, distributing, inVirtualTime, invoking, named, noting, pause } from './machines.ts';

const DAY = 86_400;
const typesOf = (events: { type: string }[] = []) => events.map(({ type }) => type);

/** Fails until it is mended. */
const breakable = () => {
  const state = { isBroken: true };
  const work = noting((input) => {
    if (state.isBroken) throw named('Broken');
    return { ...(input as object), worked: true };
  });
  return { ...work, mend: () => Object.assign(state, { isBroken: false }) };
};

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

describe('a redriven map', () => {
  /** `quick` is done in 10 seconds, `bad` fails unless it is mended, all others take 100 seconds. */
  function aBatchOf(items: string[], more: object) {
    const state = { isBroken: true };
    const first = noting(async (input) => {
      await pause(10);
      return input;
    });
    const second = noting(async (input) => {
      if (input === 'bad' && state.isBroken) throw named('Bad');
      if (input !== 'quick') await pause(90);
      return `${input} done`;
    });
    const child = {
      First: invoking('first', { TimeoutSeconds: 900, Next: 'Second' }),
      Second: invoking('second', { TimeoutSeconds: 900, End: true }),
    };
    const states = { Before: { Type: 'Pass', Next: 'All' }, All: distributing(child, { End: true, ...more }) };
    const functions = { first: first.handler, second: second.handler };
    const machine = aMachine(states, functions, { functionTimeoutSeconds: 900 });
    const executions = machine.record();
    const execution = machine.start('run-1', items);
    const mapRuns = () => executions.find(execution.arn)?.mapRuns ?? [];
    return {
      first,
      second,
      machine,
      execution,
      executions,
      mapRuns,
      mend: () => Object.assign(state, { isBroken: false }),
    };
  }

  it('goes on with its run: who succeeded is left alone, who was stopped goes on, who waited begins', () =>
    inVirtualTime(async () => {
      const story = aBatchOf(['quick', 'slow', 'queued'], { MaxConcurrency: 2 });
      await pause(50);
      // By now the third has taken the place of the first.
      story.execution.abort();
      await story.execution.result;
      const before = story.mapRuns()[0];
      expect(before).toMatchObject({ status: 'ABORTED', itemCount: 3 });
      const arns = before?.children.map(({ arn }) => arn);
      expect(before?.children.map(({ status }) => status)).toEqual(['SUCCEEDED', 'ABORTED', 'ABORTED']);
      await pause(1000);
      const redriven = story.machine.redrive('run-1');
      expect(await redriven.result).toEqual({
        status: 'SUCCEEDED',
        output: ['quick done', 'slow done', 'queued done'],
      });
      expect(story.mapRuns()).toHaveLength(1);
      expect(story.mapRuns()[0]).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, itemCount: 3 });
      expect(story.mapRuns()[0]?.children.map(({ arn }) => arn)).toEqual(arns);
      expect(story.mapRuns()[0]?.children.map(({ redriveCount }) => redriveCount)).toEqual([0, 1, 1]);
      // Each one's first step had been done: it is not done again.
      expect(story.first.calls.map(([, input]) => input)).toEqual(['quick', 'slow', 'queued']);
      expect(story.second.calls.map(([, input]) => input)).toEqual(['quick', 'slow', 'queued', 'slow', 'queued']);
      const types = typesOf(story.executions.find(redriven.arn)?.events);
      expect(types.slice(types.indexOf('MapStateEntered'))).toEqual([
        'MapStateEntered',
        'MapRunStarted',
        'MapRunAborted',
        'ExecutionAborted',
        'ExecutionRedriven',
        'MapRunRedriven',
        'MapRunSucceeded',
        'MapStateExited',
        'ExecutionSucceeded',
      ]);
    }));

  it('starts those that had never begun, when their turn comes', () =>
    inVirtualTime(async () => {
      const story = aBatchOf(['slow', 'next', 'last'], { MaxConcurrency: 1 });
      await pause(50);
      story.execution.abort();
      await story.execution.result;
      expect(story.mapRuns()[0]?.children).toHaveLength(1);
      const begin = clock();
      const redriven = story.machine.redrive('run-1');
      await pause(10);
      expect(story.mapRuns()[0]?.children.map(({ status }) => status)).toEqual(['RUNNING']);
      expect(await redriven.result).toMatchObject({ output: ['slow done', 'next done', 'last done'] });
      expect(clock() - begin).toBe(90 + 100 + 100);
    }));

  it('shows those that wait for their turn as pending, until it ends', () =>
    inVirtualTime(async () => {
      const story = aBatchOf(['bad', 'slow', 'last'], { MaxConcurrency: 1, ToleratedFailurePercentage: 100 });
      const statuses = () => story.mapRuns()[0]?.children.map(({ status }) => status);
      await pause(50);
      story.execution.abort();
      await story.execution.result;
      expect(statuses()).toEqual(['FAILED', 'ABORTED']);
      story.mend();
      const redriven = story.machine.redrive('run-1');
      await pause(30);
      expect(statuses()).toEqual(['RUNNING', 'PENDING_REDRIVE']);
      redriven.timeOut();
      expect(await redriven.result).toEqual({ status: 'TIMED_OUT' });
      expect(statuses()).toEqual(['ABORTED', 'ABORTED']);
      const last = story.machine.redrive('run-1');
      expect(await last.result).toEqual({ status: 'SUCCEEDED', output: ['bad done', 'slow done', 'last done'] });
      expect(story.mapRuns()[0]?.children.map(({ redriveCount }) => redriveCount)).toEqual([2, 1, 0]);
    }));

  it('fails again, or not, by what its children come to now', () =>
    inVirtualTime(async () => {
      const story = aBatchOf(['quick', 'bad', 'slow'], { MaxConcurrency: 3 });
      expect(await story.execution.result).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
      expect(story.mapRuns()[0]?.status).toBe('FAILED');
      expect(await story.machine.redrive('run-1').result).toMatchObject({
        error: 'States.ExceedToleratedFailureThreshold',
      });
      story.mend();
      expect(await story.machine.redrive('run-1').result).toEqual({
        status: 'SUCCEEDED',
        output: ['quick done', 'bad done', 'slow done'],
      });
      expect(story.mapRuns()).toHaveLength(1);
      expect(story.mapRuns()[0]).toMatchObject({ status: 'SUCCEEDED', redriveCount: 2 });
      expect(story.first.calls.filter(([, input]) => input !== 'slow')).toHaveLength(2);
    }));
});

it('a map that is tried again by its own Retry has a new run with new children', () =>
  inVirtualTime(async () => {
    const work = breakable();
    setTimeout(work.mend, 50_000);
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 100, MaxAttempts: 1 }];
    const child = { Work: invoking('work', { End: true }) };
    const machine = aMachine({ All: distributing(child, { Retry, End: true }) }, { work: work.handler });
    const executions = machine.record();
    const { arn, result } = machine.start('run-1', [{ item: 1 }]);
    expect(await result).toEqual({ status: 'SUCCEEDED', output: [{ item: 1, worked: true }] });
    expect(executions.find(arn)?.mapRuns.map(({ status }) => status)).toEqual(['FAILED', 'SUCCEEDED']);
  }));

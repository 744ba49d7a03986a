import { aMachine, breakable, clock, distributing, inVirtualTime, invoking, named, noting, pause } from './machines.ts';

const DAY = 86_400;
const typesOf = (events: { type: string }[] = []) => events.map(({ type }) => type);

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

  it('goes on with its run: a child that succeeded is left alone, one that was stopped goes on, one that waited begins', () =>
    inVirtualTime(async () => {
      const story = aBatchOf(['quick', 'slow', 'queued'], { MaxConcurrency: 2 });
      await pause(50);
      // By now the third has taken the place of the first.
      story.execution.abort();
      await story.execution.result;
      const before = story.mapRuns()[0];
      expect(before).toMatchObject({ status: 'ABORTED', itemCount: 3 });
      const arns = before?.children.map(({ arn }) => arn);
      const startedAt = before?.startedAt;
      expect(before?.children.map(({ status }) => status)).toEqual(['SUCCEEDED', 'ABORTED', 'ABORTED']);
      await pause(1000);
      const redriven = story.machine.redrive('run-1');
      expect(await redriven.result).toEqual({
        status: 'SUCCEEDED',
        output: ['quick done', 'slow done', 'queued done'],
      });
      expect(story.mapRuns()).toHaveLength(1);
      expect(story.mapRuns()[0]).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, itemCount: 3, startedAt });
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

  it('that its own Retry tries again after that has a new run', () =>
    inVirtualTime(async () => {
      const work = breakable();
      const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 100, MaxAttempts: 1 }];
      const child = { Sleep: { Type: 'Wait', Seconds: 60, Next: 'Work' }, Work: invoking('work', { End: true }) };
      const machine = aMachine({ All: distributing(child, { Retry, End: true }) }, { work: work.handler });
      const executions = machine.record();
      const execution = machine.start('run-1', [{ item: 1 }]);
      await pause(10);
      execution.abort();
      await execution.result;
      const redriven = machine.redrive('run-1');
      await pause(100);
      work.mend();
      expect(await redriven.result).toMatchObject({ status: 'SUCCEEDED' });
      const mapRuns = executions.find(execution.arn)?.mapRuns ?? [];
      expect(mapRuns.map(({ status, redriveCount }) => [status, redriveCount])).toEqual([
        ['FAILED', 1],
        ['SUCCEEDED', 0],
      ]);
      expect(mapRuns[1]?.children[0]).toMatchObject({ status: 'SUCCEEDED', redriveCount: 0 });
    }));

  it('leaves a child alone that ended too long ago to be redriven', () =>
    inVirtualTime(async () => {
      const work = noting((input) => (input === 'bad' ? Promise.reject(named('Bad')) : input));
      const child = {
        Work: invoking('work', { Next: 'Long' }),
        Long: { Type: 'Wait', Seconds: 6 * DAY, End: true },
      };
      const items = distributing(child, { ToleratedFailurePercentage: 100, End: true });
      const machine = aMachine({ All: items }, { work: work.handler });
      machine.record({ histories: false });
      const execution = machine.start('run-1', ['bad', 'good']);
      await pause(5 * DAY);
      execution.abort();
      await execution.result;
      // The parent's 14 days are not over yet.
      await pause(10 * DAY);
      expect(await machine.redrive('run-1').result).toEqual({ status: 'SUCCEEDED', output: [null, 'good'] });
      expect(work.calls).toHaveLength(2);
    }));

  it('has a new run, if its payload had been too long', () =>
    inVirtualTime(async () => {
      const work = noting();
      const ItemSelector = { 'one.$': '$$.Map.Item.Value', 'other.$': '$$.Map.Item.Value' };
      const items = distributing({ Work: invoking('work', { End: true }) }, { ItemSelector, End: true });
      const machine = aMachine({ All: items }, { work: work.handler });
      const executions = machine.record();
      const { arn, result } = machine.start('run-1', ['short', 'long'.repeat(50_000)]);
      expect(await result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
      expect(await machine.redrive('run-1').result).toMatchObject({ error: 'States.DataLimitExceeded' });
      const mapRuns = executions.find(arn)?.mapRuns ?? [];
      expect(mapRuns.map(({ status, redriveCount }) => [status, redriveCount])).toEqual([
        ['FAILED', 0],
        ['FAILED', 0],
      ]);
      expect(mapRuns[0]?.children[0]?.arn).not.toBe(mapRuns[1]?.children[0]?.arn);
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

import { aMachine, clock, distributing, inVirtualTime, invoking, named, pause } from './machines.ts';

const typesOf = (events: { type: string }[]) => events.map(({ type }) => type);

describe('a machine that records', () => {
  it('tells each try of a task, and what came of it', () =>
    inVirtualTime(async () => {
      let calls = 0;
      const flaky = async () => {
        calls++;
        if (calls === 1) throw named('Flaky');
        if (calls === 2) await pause(100);
        return { calls };
      };
      const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, BackoffRate: 1, MaxAttempts: 5 }];
      const states = { Work: invoking('flaky', { Retry, TimeoutSeconds: 30, End: true }) };
      const machine = aMachine(states, { flaky }, { functionTimeoutSeconds: 900 });
      const executions = machine.record();
      const { arn, result } = machine.start('run-1', {});
      await result;
      const events = executions.find(arn)?.events ?? [];
      expect(typesOf(events)).toEqual([
        'ExecutionStarted',
        'TaskStateEntered',
        'TaskScheduled',
        'TaskStarted',
        'TaskFailed',
        'TaskScheduled',
        'TaskStarted',
        'TaskTimedOut',
        'TaskScheduled',
        'TaskStarted',
        'TaskSucceeded',
        'TaskStateExited',
        'ExecutionSucceeded',
      ]);
      expect(events[4]?.details).toMatchObject({ name: 'taskFailedEventDetails', content: { error: 'Flaky' } });
      expect(events[7]?.details).toMatchObject({
        name: 'taskTimedOutEventDetails',
        content: { error: 'States.Timeout', resourceType: 'lambda', resource: 'invoke' },
      });
      expect(events.map(({ timestamp }) => timestamp)).toEqual(
        [...events.map(({ timestamp }) => timestamp)].sort((one, other) => one - other),
      );
    }));

  it('tells a caught failure, and the state that it fails in', () =>
    inVirtualTime(async () => {
      const Catch = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Wait' }];
      const states = {
        Work: invoking('broken', { Catch, Next: 'Wait' }),
        Wait: { Type: 'Wait', Seconds: 60, Next: 'Broken' },
        Broken: { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' },
      };
      const machine = aMachine(states, { broken: () => Promise.reject(named('Bad')) });
      const executions = machine.record();
      const { arn, result } = machine.start('run-1', {});
      await result;
      const record = executions.find(arn);
      expect(typesOf(record?.events ?? []).slice(4)).toEqual([
        'TaskFailed',
        'TaskStateExited',
        'WaitStateEntered',
        'WaitStateExited',
        'FailStateEntered',
        'ExecutionFailed',
      ]);
      expect(record).toMatchObject({ status: 'FAILED', error: 'Broken', cause: 'on purpose', output: null });
    }));

  it('tells a map run that fails, with what became of each child', () =>
    inVirtualTime(async () => {
      const odd = async (input: unknown) => {
        if (input === 2) throw named('Odd');
        await pause(100);
      };
      const child = { Work: invoking('odd', { End: true }) };
      const machine = aMachine({ All: distributing(child, { MaxConcurrency: 2, End: true }) }, { odd });
      const executions = machine.record();
      const { arn, result } = machine.start('run-1', [1, 2, 3]);
      await result;
      const record = executions.find(arn);
      const types = ['ExecutionStarted', 'MapStateEntered', 'MapRunStarted', 'MapRunFailed', 'ExecutionFailed'];
      expect(typesOf(record?.events ?? [])).toEqual(types);
      expect(record?.mapRuns).toHaveLength(1);
      expect(record?.mapRuns[0]).toMatchObject({ status: 'FAILED', itemCount: 3, maxConcurrency: 2 });
      expect(record?.mapRuns[0]?.children.map(({ status }) => status)).toEqual(['ABORTED', 'FAILED']);
      expect(executions.list()).toHaveLength(1);
    }));

  it('without histories, too, tells of map runs and children', () =>
    inVirtualTime(async () => {
      const odd = async (input: unknown) => {
        if (input === 2) throw named('Odd');
        await pause(100);
      };
      const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Again' }];
      const child = { Work: invoking('odd', { End: true }) };
      const states = {
        All: distributing(child, { MaxConcurrency: 2, Catch, Next: 'Again' }),
        Again: distributing(child, { Label: 'Others', ItemsPath: '$.list', ItemSelector: { none: 0 }, End: true }),
      };
      const machine = aMachine(states, { odd });
      const executions = machine.record({ histories: false });
      const { arn, result } = machine.start('run-1', [1, 2, 3]);
      await result;
      const { mapRuns, events, error } = executions.find(arn) ?? {};
      expect(events).toEqual([]);
      expect(mapRuns?.map(({ status, itemCount }) => [status, itemCount])).toEqual([
        ['FAILED', 3],
        ['FAILED', 0],
      ]);
      expect(mapRuns?.[0]?.children.map(({ status }) => status)).toEqual(['ABORTED', 'FAILED']);
      expect(mapRuns?.map((mapRun) => mapRun.arn.split(':mapRun:')[1]?.split(':')[0])).toEqual([
        'machine/Items',
        'machine/Others',
      ]);
      expect(error).toBeDefined();
    }));

  it('tells a time-out of the whole, which ends its children', () =>
    inVirtualTime(async () => {
      const child = { Sleep: { Type: 'Wait', Seconds: 3600, End: true } };
      const machine = aMachine({ All: distributing(child, { End: true }) }, {}, { TimeoutSeconds: 150 });
      const executions = machine.record();
      const { arn, result } = machine.start('run-1', [1]);
      await result;
      const record = executions.find(arn);
      expect(clock()).toBe(150);
      expect(record).toMatchObject({ status: 'TIMED_OUT', error: undefined });
      expect(typesOf(record?.events ?? []).slice(-2)).toEqual(['MapRunAborted', 'ExecutionTimedOut']);
      expect(record?.mapRuns[0]?.children.map(({ status }) => status)).toEqual(['ABORTED']);
    }));

  it('says that an execution was stopped, and why; stopping it again changes nothing', () =>
    inVirtualTime(async () => {
      const machine = aMachine({ Sleep: { Type: 'Wait', Seconds: 3600, End: true } });
      const executions = machine.record();
      const { arn } = machine.start('run-1', {});
      await pause(10);
      const record = executions.find(arn);
      await record?.stop('Enough', 'on purpose');
      await record?.stop('Other', 'later');
      expect(record).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'on purpose' });
      expect(typesOf(record?.events ?? [])).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionAborted']);
    }));

  it('forgets an execution 90 days after its end', () =>
    inVirtualTime(async () => {
      const child = { Only: { Type: 'Pass', End: true } };
      const machine = aMachine({ All: distributing(child, { End: true }) });
      const executions = machine.record();
      const { arn, result } = machine.start('run-1', [1]);
      await result;
      const mapRun = executions.find(arn)?.mapRuns[0];
      const childArn = mapRun?.children[0]?.arn ?? '';
      // A timer holds no more than 24 days.
      for (let week = 0; week < 13; week++) await pause(7 * 86_400);
      await machine.start('run-2', [1]).result;
      const found = [executions.find(arn), executions.find(childArn), executions.findMapRun(mapRun?.arn ?? '')];
      expect(found.map((one) => one?.arn)).toEqual([undefined, undefined, undefined]);
      expect(executions.list().map(({ name }) => name)).toEqual(['run-2']);
    }));
});

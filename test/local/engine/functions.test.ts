import { DescribeInstancesCommand, EC2Client, StartInstancesCommand } from '@aws-sdk/client-ec2';
import type { InvocationContext } from '../../../functions/runtime/runtime.ts';
import { connect } from '../../../local/account/in-process.ts';
import { isKilled } from '../../../local/engine/lambda.ts';
import { aFleet, stopped, visit } from '../../support/account.ts';
import { INSTANCE_ID } from '../../support/builders.ts';
import { aMachine, clock, inVirtualTime, invoking, named, pause } from './machines.ts';

const catching = (...ErrorEquals: string[]) => ({
  Work: invoking('work', { Catch: [{ ErrorEquals, ResultPath: '$.error', Next: 'Caught' }], End: true }),
  Caught: { Type: 'Succeed', OutputPath: '$.error' },
});
const throwing = (error: unknown, ...caught: string[]) =>
  inVirtualTime(
    () =>
      aMachine(catching(...caught), {
        work: async () => {
          throw error;
        },
      }).start('run-1', {}).result,
  );

describe("a function's error", () => {
  it('is caught by its name, and its cause is the JSON of Lambda', async () => {
    const result = await throwing(named('EmptyGroup', 'it has no members'), 'EmptyGroup');
    const { Error: name, Cause } = (result as unknown as { output: { Error: string; Cause: string } }).output;
    expect(name).toBe('EmptyGroup');
    expect(JSON.parse(Cause)).toEqual({ errorType: 'EmptyGroup', errorMessage: 'it has no members', trace: [] });
  });

  it('of another name is not caught, and fails the execution under its own', async () => {
    expect(await throwing(named('BrokenGroup'), 'EmptyGroup')).toMatchObject({
      status: 'FAILED',
      error: 'BrokenGroup',
      cause: expect.stringContaining('"errorType":"BrokenGroup"'),
    });
  });

  it.each([
    ['a class without a name of its own', new (class Unnamed extends Error {})('text'), 'Error'],
    ["one of JavaScript's", new TypeError('text'), 'TypeError'],
    ['no error at all', 'text', 'Error'],
  ])('%s', async (_, error, name) => {
    expect(await throwing(error, 'Nothing')).toMatchObject({ status: 'FAILED', error: name });
  });

  it.each(['States.ALL', 'States.TaskFailed'])('is caught by %s', async (wildcard) => {
    expect(await throwing(named('Any'), wildcard)).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'Any' } });
  });

  it('is tried again as its state says', () =>
    inVirtualTime(async () => {
      const calls: number[] = [];
      const work = async () => {
        calls.push(clock());
        if (calls.length < 4) throw named('Flaky');
        return 'done';
      };
      const Retry = [
        { ErrorEquals: ['Flaky'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 3, MaxDelaySeconds: 8 },
      ];
      const { result } = aMachine({ Work: invoking('work', { Retry, End: true }) }, { work }).start('run-1', {});
      expect(await result).toEqual({ status: 'SUCCEEDED', output: 'done' });
      expect(calls).toEqual([0, 5, 13, 21]);
    }));

  it('of one that is not deployed has the name of Lambda', async () => {
    const result = await inVirtualTime(
      () => aMachine({ Work: invoking('work', { End: true }) }).start('run-1', {}).result,
    );
    expect(result).toMatchObject({ status: 'FAILED', error: 'Lambda.ResourceNotFoundException' });
  });
});

describe("a function's context", () => {
  it('counts down to its time-out, and has a request ID of its own', () =>
    inVirtualTime(async () => {
      const seen: [string, number, number][] = [];
      const work = async (_: unknown, context: InvocationContext) => {
        const before = context.getRemainingTimeInMillis();
        await pause(20);
        seen.push([context.awsRequestId, before, context.getRemainingTimeInMillis()]);
        return {};
      };
      const states = { First: invoking('work', { Next: 'Second' }), Second: invoking('work', { End: true }) };
      await aMachine(states, { work }, { functionTimeoutSeconds: 60 }).start('run-1', {}).result;
      expect(seen.map(([, before, after]) => [before, after])).toEqual([
        [60_000, 40_000],
        [60_000, 40_000],
      ]);
      expect(new Set(seen.map(([id]) => id)).size).toBe(2);
    }));
});

describe("a function's time-out", () => {
  const hangs = { work: () => new Promise<never>(() => undefined) };

  it('is Sandbox.Timedout, when its time is up', () =>
    inVirtualTime(async () => {
      const { result } = aMachine(catching('Sandbox.Timedout'), hangs, { functionTimeoutSeconds: 30 }).start(
        'run-1',
        {},
      );
      expect(await result).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'Sandbox.Timedout' } });
      expect(clock()).toBe(30);
      const { Cause } = ((await result) as unknown as { output: { Cause: string } }).output;
      expect(JSON.parse(Cause).errorMessage).toMatch(/Task timed out after 30\.00 seconds$/);
    }));

  it('does not strike a function that ends in time', () =>
    inVirtualTime(async () => {
      const work = () => pause(29).then(() => 'done');
      const { result } = aMachine(catching('States.ALL'), { work }, { functionTimeoutSeconds: 30 }).start('run-1', {});
      expect(await result).toEqual({ status: 'SUCCEEDED', output: 'done' });
      await pause(60);
    }));

  it('kills the invocation: what it asks of AWS afterwards is not heard', () =>
    visit(aFleet(stopped()), async ({ account, machine }) => {
      const ec2 = new EC2Client(connect(account, 'work', 1, { isKilled }));
      const done: string[] = [];
      const work = async () => {
        await ec2.send(new DescribeInstancesCommand({}));
        await pause(40);
        done.push('it lives on, and asks');
        await ec2.send(new StartInstancesCommand({ InstanceIds: [INSTANCE_ID] }));
        done.push('it was answered');
      };
      const { result } = aMachine(catching('States.ALL'), { work }, { functionTimeoutSeconds: 30 }).start('run-1', {});
      await result;
      await pause(600);
      expect(done).toEqual(['it lives on, and asks']);
      expect(machine().state).toBe('stopped');
      expect(account.journal.entries).toMatchObject([{ operation: 'DescribeInstances' }]);
    }));

  it('kills that invocation only: a second try, and others beside it, are heard', () =>
    visit(aFleet(stopped()), async ({ account, until, machine }) => {
      const ec2 = new EC2Client(connect(account, 'work', 1, { isKilled }));
      let tries = 0;
      const work = async () => {
        if (++tries === 1) await pause(3600);
        await ec2.send(new StartInstancesCommand({ InstanceIds: [INSTANCE_ID] }));
        return 'started';
      };
      const Retry = [{ ErrorEquals: ['Sandbox.Timedout'], IntervalSeconds: 1 }];
      const states = { Work: invoking('work', { Retry, End: true }) };
      const { result } = aMachine(states, { work }, { functionTimeoutSeconds: 30 }).start('run-1', {});
      expect(await result).toEqual({ status: 'SUCCEEDED', output: 'started' });
      await until(() => machine().state === 'running');
      await pause(7200);
      expect(account.journal.entries.filter(({ kind }) => kind === 'call')).toHaveLength(1);
    }));

  it('outside of any invocation, nothing is killed', () => {
    expect(isKilled()).toBe(false);
  });
});

describe("a state's own time-out", () => {
  it('is States.Timeout; the function goes on, as in AWS, so that two of it can live at once', () =>
    inVirtualTime(async () => {
      const ends: number[] = [];
      const work = async () => {
        await pause(20);
        ends.push(clock());
        return 'done';
      };
      const Retry = [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1, MaxAttempts: 1 }];
      const states = { Work: invoking('work', { TimeoutSeconds: 5, Retry, End: true }) };
      const { result } = aMachine(states, { work }).start('run-1', {});
      expect(await result).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
      await pause(60);
      expect(ends).toEqual([20, 26]);
    }));

  it('a time-out of the machine is TIMED_OUT, and runs no Catch', () =>
    inVirtualTime(async () => {
      const clean = jest.fn(async () => 'clean');
      const machine = aMachine(
        {
          Work: invoking('work', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Clean' }], End: true }),
          Clean: invoking('clean', { End: true }),
        },
        { work: () => pause(50).then(() => Promise.reject(named('Late'))), clean },
        { TimeoutSeconds: 40 },
      );
      expect(await machine.start('run-1', {}).result).toEqual({ status: 'TIMED_OUT' });
      expect(clock()).toBe(40);
      await pause(3600);
      expect(clean).not.toHaveBeenCalled();
    }));
});

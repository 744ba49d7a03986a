import { aMachine, clock, distributing, inVirtualTime, invoking, named, pause } from './machines.ts';

const failing = async (input: unknown) => {
  if (input === 'bad') throw named('Bad');
  return input;
};
const working = (more = {}) => distributing({ Work: invoking('work', { End: true }) }, { End: true, ...more });
const run = (items: unknown[], more: object, work = failing) =>
  inVirtualTime(() => aMachine({ Items: working(more) }, { work }).start('run-1', items).result);

describe('an item of a distributed map is an execution of its own', () => {
  const context = {
    Look: {
      Type: 'Pass',
      Parameters: {
        'id.$': '$$.Execution.Id',
        'name.$': '$$.Execution.Name',
        'input.$': '$$.Execution.Input',
        'startedAt.$': '$$.Execution.StartTime',
        'parent.$': '$.parent',
      },
      End: true,
    },
  };
  const selecting = { ItemSelector: { 'parent.$': '$$.Execution.Name', 'value.$': '$$.Map.Item.Value' }, End: true };

  it('with its own $$.Execution; the ItemSelector still sees that of the parent', async () => {
    const result = await inVirtualTime(
      () => aMachine({ Items: distributing(context, selecting) }).start('run-1', ['a', 'b']).result,
    );
    const output = (result as unknown as { output: Record<string, unknown>[] }).output;
    expect(output).toHaveLength(2);
    for (const [index, child] of output.entries()) {
      expect(child['name']).toMatch(/^[0-9a-f-]{36}$/);
      expect(child['id']).toBe(`arn:aws:states:eu-central-1:123456789012:execution:machine/Items:${child['name']}`);
      expect(child['parent']).toBe('run-1');
      expect(child['input']).toEqual({ parent: 'run-1', value: ['a', 'b'][index] });
    }
    expect(output[0]?.['name']).not.toBe(output[1]?.['name']);
  });

  it('that begins when its turn comes', async () => {
    const result = await inVirtualTime(() => {
      const child = {
        Look: { Type: 'Pass', Parameters: { 'at.$': '$$.Execution.StartTime' }, Next: 'Wait' },
        Wait: { Type: 'Wait', Seconds: 60, End: true },
      };
      return aMachine({ Items: distributing(child, { MaxConcurrency: 2, End: true }) }).start('run-1', [1, 2, 3])
        .result;
    });
    expect(result).toEqual({
      status: 'SUCCEEDED',
      output: [
        { at: '2026-12-06T02:00:00.000Z' },
        { at: '2026-12-06T02:00:00.000Z' },
        { at: '2026-12-06T02:01:00.000Z' },
      ],
    });
  });

  it('while the parent has the name that it was started with', async () => {
    const states = {
      Look: { Type: 'Pass', Parameters: { 'id.$': '$$.Execution.Id', 'name.$': '$$.Execution.Name' }, End: true },
    };
    const result = await inVirtualTime(() => aMachine(states).start('run-1', {}).result);
    expect(result).toEqual({
      status: 'SUCCEEDED',
      output: { id: 'arn:aws:states:eu-central-1:123456789012:execution:machine:run-1', name: 'run-1' },
    });
  });
});

describe('items run', () => {
  it('as many at once as MaxConcurrency says', () =>
    inVirtualTime(async () => {
      let [now, most] = [0, 0];
      const work = async () => {
        most = Math.max(most, ++now);
        await pause(30);
        now--;
      };
      await aMachine({ Items: working({ MaxConcurrency: 3 }) }, { work }).start('run-1', [1, 2, 3, 4, 5, 6, 7]).result;
      expect(most).toBe(3);
      expect(clock()).toBe(90);
    }));

  it('and their outputs stand in the order of the items, whichever ends first', async () => {
    const slowFirst = async (input: unknown) => {
      await pause(60 - 10 * Number(input));
      return input;
    };
    expect(await run([1, 2, 3], {}, slowFirst)).toEqual({ status: 'SUCCEEDED', output: [1, 2, 3] });
  });

  it('none at all: an empty list is an empty result', async () => {
    expect(await run([], {})).toEqual({ status: 'SUCCEEDED', output: [] });
  });
});

describe('items that fail', () => {
  it('are tolerated, if the map says so: the others go on to their ends', () =>
    inVirtualTime(async () => {
      const done: unknown[] = [];
      const work = async (input: unknown) => {
        await pause(input === 'bad' ? 5 : 30);
        await failing(input);
        done.push(input);
      };
      const items = working({ MaxConcurrency: 2, ToleratedFailurePercentage: 100 });
      const { status } = await aMachine({ Items: items }, { work }).start('run-1', ['bad', 'a', 'bad', 'b']).result;
      expect(status).toBe('SUCCEEDED');
      expect(done.sort()).toEqual(['a', 'b']);
    }));

  it('are tolerated even if all of them fail', async () => {
    expect((await run(['bad', 'bad'], { ToleratedFailurePercentage: 100 })).status).toBe('SUCCEEDED');
  });

  it('fail the map, if it does not say so, under the name that AWS gives it', async () => {
    expect(await run(['a', 'bad'], {})).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
    });
  });

  it('and that name can be caught', async () => {
    const result = await inVirtualTime(() => {
      const Catch = [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], Next: 'Caught' }];
      const items = distributing({ Work: invoking('work', { End: true }) }, { Catch, End: true });
      return aMachine({ Items: items, Caught: { Type: 'Succeed' } }, { work: failing }).start('run-1', ['bad']).result;
    });
    expect(result).toMatchObject({
      status: 'SUCCEEDED',
      output: { Error: 'States.ExceedToleratedFailureThreshold', Cause: expect.any(String) },
    });
  });

  it('because they run into a Fail state count as well', async () => {
    const fails = { Fails: { Type: 'Fail', Error: 'NotRestored', Cause: 'on purpose' } };
    const of = (more: object) =>
      inVirtualTime(() => aMachine({ Items: distributing(fails, { End: true, ...more }) }).start('run-1', [1]).result);
    expect((await of({})).status).toBe('FAILED');
    expect((await of({ ToleratedFailurePercentage: 100 })).status).toBe('SUCCEEDED');
  });
});

import { PAYLOAD_BYTES_MAX } from '../../../local/engine/lambda.ts';
import { aMachine, distributing, inVirtualTime, invoking } from './machines.ts';

/** A text that has just so many bytes as JSON: its quotes count. */
const textOf = (bytes: number) => 'x'.repeat(bytes - 2);

const CATCH_ALL = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
const RETRY_ALL = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1 }];
const caught = { Caught: { Type: 'Succeed' } };

/** Runs one task whose function gives this. */
const giving = (output: unknown, more = {}) =>
  inVirtualTime(
    () =>
      aMachine({ Work: invoking('work', { End: true, ...more }), ...caught }, { work: async () => output }).start(
        'run-1',
        {},
      ).result,
  );
const output = async (value: unknown) => ((await giving(value)) as { output?: unknown }).output;

describe('payloads are JSON', () => {
  it('what a function gives arrives as JSON has it', async () => {
    class Point {
      readonly x = 1;
      toString = () => 'a point';
    }
    const given = {
      date: new Date(0),
      gone: undefined,
      point: new Point(),
      list: [undefined, Number.NaN],
      map: new Map(),
    };
    expect(await output(given)).toEqual({
      date: '1970-01-01T00:00:00.000Z',
      point: { x: 1 },
      list: [null, null],
      map: {},
    });
  });

  it('a function that gives nothing gives null', () =>
    inVirtualTime(async () => {
      const states = { Work: invoking('work', { OutputPath: '$', End: true }) };
      const result = await aMachine(states, { work: async () => undefined }).start('run-1', {}).result;
      expect(result).toEqual({
        status: 'SUCCEEDED',
        output: { ExecutedVersion: '$LATEST', StatusCode: 200, Payload: null },
      });
    }));

  it('what a function gives and keeps, it cannot change afterwards', () =>
    inVirtualTime(async () => {
      const kept = { count: 1 };
      const states = {
        First: invoking('first', { Next: 'Second' }),
        Second: invoking('second', { ResultPath: '$.seen', OutputPath: '$', End: true }),
      };
      const second = async (input: unknown) => {
        kept.count = 99;
        (input as { count: number }).count = 77;
        return 'seen';
      };
      const { result } = aMachine(states, { first: async () => kept, second }).start('run-1', {});
      expect(await result).toMatchObject({ status: 'SUCCEEDED', output: { count: 1 } });
    }));

  it('what an execution is started with, its caller cannot change afterwards', () =>
    inVirtualTime(async () => {
      const input = { value: 'before', at: new Date(0) };
      const states = { Wait: { Type: 'Wait', Seconds: 1, End: true } };
      const { result } = aMachine(states).start('run-1', input);
      input.value = 'after';
      expect(await result).toEqual({
        status: 'SUCCEEDED',
        output: { value: 'before', at: '1970-01-01T00:00:00.000Z' },
      });
    }));
});

describe('payloads have 256 KB at most', () => {
  it('the limit is that of Step Functions', () => {
    expect(PAYLOAD_BYTES_MAX).toBe(256 * 1024);
  });

  it('an output of just so many bytes passes', async () => {
    expect(await giving(textOf(262_144))).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('one byte more is States.DataLimitExceeded', async () => {
    expect(await giving(textOf(262_145))).toEqual({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause: expect.stringContaining('262145 bytes'),
    });
  });

  it('bytes are counted, and not characters', async () => {
    expect(await giving('ü'.repeat(131_072))).toMatchObject({ error: 'States.DataLimitExceeded' });
    expect(await giving('ü'.repeat(131_071))).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('States.ALL neither catches it nor tries it again', async () => {
    const work = jest.fn(async () => textOf(262_145));
    const result = await inVirtualTime(() => {
      const states = { Work: invoking('work', { Retry: RETRY_ALL, Catch: CATCH_ALL, End: true }), ...caught };
      return aMachine(states, { work }).start('run-1', {}).result;
    });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('an input is held to it as well, before the function is called', async () => {
    const work = jest.fn(async () => 'done');
    const result = await inVirtualTime(() => {
      // Each half is small enough, both together are not.
      const states = {
        Half: invoking('half', { ResultPath: '$.second', OutputPath: '$', Next: 'Work' }),
        Work: invoking('work', { End: true }),
      };
      const half = async () => textOf(140_000);
      return aMachine(states, { half, work }).start('run-1', { first: textOf(140_000) }).result;
    });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(work).not.toHaveBeenCalled();
  });

  it('an execution is not even started with more', () =>
    inVirtualTime(async () => {
      const states = { Only: { Type: 'Pass', End: true } };
      expect(() => aMachine(states).start('run-1', textOf(262_145))).toThrow('262145 bytes');
      expect(await aMachine(states).start('run-1', textOf(262_144)).result).toMatchObject({ status: 'SUCCEEDED' });
    }));

  it('a child that gives too much fails alone, where failures are tolerated', async () => {
    const work = async (input: unknown) => (input === 'big' ? textOf(262_145) : input);
    const result = await inVirtualTime(() => {
      const child = { Work: invoking('work', { End: true }) };
      const items = distributing(child, { ToleratedFailurePercentage: 100, ResultPath: null, End: true });
      return aMachine({ Items: { ...items, ItemsPath: '$.items' } }, { work }).start('run-1', { items: ['a', 'big'] })
        .result;
    });
    expect(result).toEqual({ status: 'SUCCEEDED', output: { items: ['a', 'big'] } });
  });
});

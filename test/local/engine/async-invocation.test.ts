import { createRandom } from '../../../local/base/random.ts';
import { invokeAsync } from '../../../local/engine/async-invocation.ts';
import { clock, inVirtualTime, named, pause } from './machines.ts';

/** Invokes a function that fails so many times before it succeeds. */
const invoking = (failures: number, act: () => Promise<unknown> = async () => 'done') =>
  inVirtualTime(async () => {
    const calls: { at: number; event: unknown; requestId: string }[] = [];
    const handler = async (event: unknown, { awsRequestId: requestId }: { awsRequestId: string }) => {
      calls.push({ at: clock(), event: structuredClone(event), requestId });
      (event as { status: string }).status = 'spoilt';
      if (calls.length <= failures) throw named(`Failure${calls.length}`);
      return act();
    };
    const fn = { handler, timeoutSeconds: 60 };
    const outcome = await invokeAsync(fn, { status: 'FAILED' }, createRandom(1, 'requests'));
    return { outcome, calls, endedAt: clock() };
  });

describe('an asynchronous invocation', () => {
  it('that succeeds is made once', async () => {
    const { outcome, calls } = await invoking(0);
    expect(outcome).toEqual({ tries: 1, output: 'done' });
    expect(calls).toHaveLength(1);
  });

  it('that fails is made again after a minute and after two more, as the same request with the same event', async () => {
    const { outcome, calls } = await invoking(2);
    expect(outcome).toEqual({ tries: 3, output: 'done' });
    expect(calls.map(({ at }) => at)).toEqual([0, 60, 180]);
    expect(calls.map(({ event }) => event)).toEqual(Array(3).fill({ status: 'FAILED' }));
    expect(new Set(calls.map(({ requestId }) => requestId)).size).toBe(1);
  });

  it('that fails three times is given up, with the last error', async () => {
    const { outcome, calls, endedAt } = await invoking(3);
    expect(outcome).toMatchObject({ tries: 3, error: { name: 'Failure3' } });
    expect(calls).toHaveLength(3);
    expect(endedAt).toBe(180);
  });

  it('that takes too long has failed, too', async () => {
    const { outcome, calls } = await invoking(0, () => pause(600));
    expect(outcome).toMatchObject({ tries: 3, error: { name: 'Sandbox.Timedout' } });
    expect(calls.map(({ at }) => at)).toEqual([0, 120, 300]);
  });
});

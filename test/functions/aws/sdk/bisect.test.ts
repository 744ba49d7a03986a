import fc from 'fast-check';
import { bisect } from '../../../../functions/aws/sdk/bisect.ts';
import { awsError, instanceIds, throttled } from '../../../support/functions.ts';

const isAboutIds = ({ code }: { code: string }) => code === 'InvalidInstanceID';

/** An API that is all or nothing: one bad ID and none is served. */
function anApi(bad: string[]) {
  const calls: string[][] = [];
  const call = async (ids: string[]) => {
    calls.push(ids);
    if (ids.some((id) => bad.includes(id))) throw awsError('InvalidInstanceID', `bad: ${ids.join()}`);
    return ids;
  };
  return { calls, call };
}

describe('bisect', () => {
  it('asks once when all goes well, and not at all for none', async () => {
    const ids = instanceIds(50);
    const { calls, call } = anApi([]);

    expect(await bisect(ids, call, isAboutIds)).toEqual([ids]);
    expect(await bisect([], call, isAboutIds)).toEqual([]);
    expect(calls).toEqual([ids]);
  });

  it('leaves out one bad ID among fifty with about a dozen calls', async () => {
    const ids = instanceIds(50);
    const [bad = ''] = ids.slice(37);
    const { calls, call } = anApi([bad]);

    const replies = await bisect(ids, call, isAboutIds);

    expect(replies.flat()).toEqual(ids.filter((id) => id !== bad));
    expect(calls.length).toBeLessThanOrEqual(13);
  });

  it('leaves out the bad, keeps the good, in less than twice as many calls as IDs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), async (flags) => {
        const ids = instanceIds(flags.length);
        const bad = ids.filter((_, index) => flags[index]);
        const { calls, call } = anApi(bad);

        const replies = await bisect(ids, call, isAboutIds);

        expect(replies.flat()).toEqual(ids.filter((id) => !bad.includes(id)));
        expect(calls.length).toBeLessThan(2 * ids.length);
      }),
    );
  });

  it('throws what is no ID’s fault, at once', async () => {
    const call = jest.fn().mockRejectedValue(throttled());

    await expect(bisect(instanceIds(8), call, isAboutIds)).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
    expect(call).toHaveBeenCalledTimes(1);
  });
});

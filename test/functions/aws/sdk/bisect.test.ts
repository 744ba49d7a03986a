import fc from 'fast-check';
import { bisect, bisectEach } from '../../../../functions/aws/sdk/bisect.ts';
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
  it('calls once when all goes well', async () => {
    const ids = instanceIds(50);
    const { calls, call } = anApi([]);

    expect(await bisect(ids, call, { isAboutIds })).toEqual({ replies: [ids], refused: [], untried: [] });
    expect(calls).toEqual([ids]);
  });

  it('calls nothing for no ID', async () => {
    const { calls, call } = anApi([]);

    expect(await bisect([], call, { isAboutIds })).toEqual({ replies: [], refused: [], untried: [] });
    expect(calls).toEqual([]);
  });

  it('finds one bad ID among fifty with about a dozen calls, and says what is wrong with it', async () => {
    const ids = instanceIds(50);
    const [bad = ''] = ids.slice(37);
    const { calls, call } = anApi([bad]);

    const { replies, refused } = await bisect(ids, call, { isAboutIds });

    expect(refused).toEqual([
      {
        id: bad,
        failure: {
          code: 'InvalidInstanceID',
          message: `bad: ${bad}`,
          passing: false,
          isRefusal: true,
          nothingWasDone: true,
        },
      },
    ]);
    expect(replies.flat()).toEqual(ids.filter((id) => id !== bad));
    expect(calls.length).toBeLessThanOrEqual(13);
  });

  it('refuses the bad, serves the good, and loses none, in less than twice as many calls as IDs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), async (flags) => {
        const ids = instanceIds(flags.length);
        const bad = ids.filter((_, index) => flags[index]);
        const { calls, call } = anApi(bad);

        const { replies, refused, untried } = await bisect(ids, call, { isAboutIds });

        expect(refused.map(({ id }) => id)).toEqual(bad);
        expect(replies.flat()).toEqual(ids.filter((id) => !bad.includes(id)));
        expect(untried).toEqual([]);
        expect(calls.length).toBeLessThan(2 * ids.length);
      }),
    );
  });

  it('throws what is no ID’s fault, at once', async () => {
    const call = jest.fn().mockRejectedValue(throttled());

    await expect(bisect(instanceIds(8), call, { isAboutIds })).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('leaves untried what it has no time for, and keeps what was done', async () => {
    const ids = instanceIds(4);
    const [first = '', second = '', third = '', fourth = ''] = ids;
    const { calls, call } = anApi([first]);
    let left = 4;

    const outcome = await bisect(ids, call, { isAboutIds, hasTime: () => left-- > 0 });

    expect(calls).toEqual([ids, [first, second], [first], [second]]);
    expect(outcome).toMatchObject({ replies: [[second]], refused: [{ id: first }], untried: [third, fourth] });
  });
});

describe('bisecting several groups', () => {
  it('gives each its turn in order, and finds the bad ones in each', async () => {
    const [first = '', second = '', third = '', fourth = ''] = instanceIds(4);
    const { calls, call } = anApi([second]);

    const outcome = await bisectEach([[first], [second, third], [], [fourth]], call, { isAboutIds });

    expect(calls).toEqual([[first], [second, third], [second], [third], [fourth]]);
    expect(outcome).toMatchObject({ replies: [[first], [third], [fourth]], refused: [{ id: second }], untried: [] });
  });

  it('leaves the later ones untried when time is over', async () => {
    const [first = '', second = '', third = ''] = instanceIds(3);
    const { call } = anApi([]);
    let left = 1;

    const outcome = await bisectEach([[first], [second], [third]], call, { isAboutIds, hasTime: () => left-- > 0 });

    expect(outcome).toEqual({ replies: [[first]], refused: [], untried: [second, third] });
  });
});

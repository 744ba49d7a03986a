import fc from 'fast-check';
import { takeApart } from '../../../../functions/aws/sdk/take-apart.ts';
import { awsError, instanceIds, throttled } from '../../../support/functions.ts';

/** An API that is all or nothing: one bad ID and none is served. */
function anApi(bad: string[], messageOf: (ids: string[]) => string = () => 'no') {
  const calls: string[][] = [];
  const call = async (ids: string[]) => {
    calls.push(ids);
    if (ids.some((id) => bad.includes(id))) throw awsError('OptInRequired', messageOf(ids));
    return ids;
  };
  return { calls, call };
}

const idsOf = (some: { id: string }[]) => some.map(({ id }) => id).sort();

describe('a call for many that is refused because of one', () => {
  it('calls once when all goes well, and not at all for none', async () => {
    const ids = instanceIds(50);
    const { calls, call } = anApi([]);

    expect((await takeApart(ids, call, { turn: 0 })).replies).toEqual([ids]);
    await takeApart([], call, { turn: 0 });
    expect(calls).toEqual([ids]);
  });

  it('three Marketplace instances stand first among fifty: 47 are served, and three are refused', async () => {
    const ids = instanceIds(50);
    const bad = ids.slice(0, 3);
    const { calls, call } = anApi(bad);

    const { replies, refused, undecided } = await takeApart(ids, call, { turn: 0 });

    expect(replies.flat().sort()).toEqual(ids.slice(3).sort());
    expect(idsOf(refused)).toEqual(bad);
    expect(undecided).toEqual([]);
    expect(calls.length).toBeLessThan(20);
  });

  it('sets apart first whom the message names: two calls serve all others', async () => {
    const ids = instanceIds(50);
    const [bad = ''] = ids.slice(20);
    const { calls, call } = anApi([bad], () => `the instance ${bad} is not there`);

    const { replies, refused } = await takeApart(ids, call, { turn: 0 });

    expect(idsOf(refused)).toEqual([bad]);
    expect(replies.flat()).toHaveLength(49);
    expect(calls.length).toBe(3);
  });

  it('blames no one where none of three is served alone: all wait for the next look, which tries others', async () => {
    const ids = instanceIds(9);
    const [good = ''] = ids.slice(2);
    const { call } = anApi(ids.filter((id) => id !== good));

    const first = await takeApart(ids, call, { turn: 0 });
    expect([first.replies, first.refused, idsOf(first.undecided)]).toEqual([[], [], [...ids].sort()]);

    const third = await takeApart(ids, call, { turn: 2 });
    expect(third.replies).toEqual([[good]]);
    expect(idsOf(third.refused)).toHaveLength(8);
  });

  it('asks once only where AWS says that it is asked too often', async () => {
    const call = jest.fn().mockRejectedValue(throttled());
    const ids = instanceIds(8);

    const { undecided } = await takeApart(ids, call, { turn: 0 });

    expect(idsOf(undecided)).toEqual([...ids].sort());
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('throws what does not say that nothing was done', async () => {
    const call = jest.fn().mockRejectedValue(awsError('InternalError', 'an internal error', 500));

    await expect(takeApart(instanceIds(8), call, { turn: 0 })).rejects.toMatchObject({ name: 'InternalError' });
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('leaves untried what it has no time for, and keeps what was done', async () => {
    const ids = instanceIds(6);
    const { call } = anApi(ids.slice(0, 1));
    let left = 4;

    const { replies, refused, untried } = await takeApart(ids, call, { turn: 0, hasTime: () => left-- > 0 });

    expect(idsOf(refused)).toEqual(ids.slice(0, 1));
    expect(replies.flat()).toHaveLength(2);
    expect(untried).toHaveLength(3);
  });

  it('loses none, serves none that is bad, and within some looks serves all that are good', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 6 }),
        async (flags, step) => {
          const ids = instanceIds(flags.length);
          const bad = ids.filter((_, index) => flags[index]);
          const good = ids.filter((id) => !bad.includes(id));
          const { call } = anApi(bad);
          let waiting = ids;
          const served: string[] = [];
          // Other steps count turns, too.
          for (let look = 0; look < 2 * ids.length && waiting.length > 0; look++) {
            const { replies, refused, undecided, untried } = await takeApart(waiting, call, { turn: look * step });
            expect([...replies.flat(), ...idsOf(refused), ...idsOf(undecided)].sort()).toEqual([...waiting].sort());
            expect(untried).toEqual([]);
            for (const { id } of refused) expect(bad).toContain(id);
            served.push(...replies.flat());
            waiting = idsOf(undecided);
          }
          expect(served.sort()).toEqual([...good].sort());
        },
      ),
    );
  });
});

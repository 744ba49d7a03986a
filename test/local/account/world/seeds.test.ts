import { CreateTagsCommand, DescribeInstancesCommand, StartInstancesCommand } from '@aws-sdk/client-ec2';
import { DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import { createRandom, randomUuid } from '../../../../local/base/random.ts';
import { aFleet, changesOf, manyInstances, nthId, type Visit, visit } from '../../../support/account.ts';

const ids = Array.from({ length: 5 }, (_, index) => nthId(index));
const fleet = aFleet(...manyInstances(5));
const start = ({ ec2 }: Visit, id: string) => ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));

/** What became of each machine of itself, and when, in seconds since its start. */
const courses = ({ account }: Visit) =>
  ids.map((id) => {
    const changes = account.journal.entries.flatMap((entry) =>
      entry.kind === 'change' && entry.instanceId === id ? [entry] : [],
    );
    const startedAt = changes[0]?.at ?? 0;
    return changes.map(({ at, what, detail }) => [at - startedAt, what, detail]);
  });

const startAll = (order: string[], meanwhile: (here: Visit) => Promise<unknown> = async () => undefined) => {
  return async (here: Visit) => {
    for (const id of order) {
      await start(here, id);
      await meanwhile(here);
    }
    await here.pass(1800);
    here.account.settle();
    return courses(here);
  };
};

describe('the same seed', () => {
  it('gives the same world, to the byte of its journal', async () => {
    const journal = () =>
      visit(fleet, async (here) => {
        await startAll(ids)(here);
        return JSON.stringify(here.account.journal.entries);
      });
    expect(await journal()).toBe(await journal());
  });

  it('gives each machine the same course, whatever the order of the calls', async () => {
    const forwards = await visit(fleet, startAll(ids));
    const backwards = await visit(fleet, startAll([...ids].reverse()));
    expect(backwards).toEqual(forwards);
    expect(forwards.every((course) => course.length >= 3)).toBe(true);
  });

  it('gives each machine the same course, however much is asked meanwhile', async () => {
    const quiet = await visit(fleet, startAll(ids));
    const curious = await visit(
      fleet,
      startAll(ids, async ({ ec2, ssm }) => {
        await ec2.send(new DescribeInstancesCommand({}));
        await ssm.send(new DescribeInstanceInformationCommand({}));
      }),
    );
    expect(curious).toEqual(quiet);
  });

  it('gives each machine the same course, whatever is done to another one', async () => {
    const alone = await visit(fleet, startAll(ids));
    const disturbed = await visit(fleet, async (here) => {
      const extra = { Resources: [nthId(0)], Tags: [{ Key: 'k', Value: 'v' }] };
      for (let count = 0; count < 3; count++) await here.ec2.send(new CreateTagsCommand(extra));
      return startAll(ids)(here);
    });
    expect(disturbed.slice(1)).toEqual(alone.slice(1));
  });

  it('gives a machine the same course in another fleet', async () => {
    const among = await visit(fleet, startAll(ids));
    const alone = await visit(aFleet(...manyInstances(1)), async (here) => {
      await start(here, nthId(0));
      await here.pass(1800);
      here.account.settle();
      return courses(here)[0];
    });
    expect(alone).toEqual(among[0]);
  });
});

describe('another seed', () => {
  it('gives another world', async () => {
    const worlds = new Set<string>();
    for (const seed of [1, 2, 3, 4]) worlds.add(JSON.stringify(await visit(fleet, startAll(ids), seed)));
    expect(worlds.size).toBe(4);
  });

  it('changes when things happen, not what', async () => {
    for (const seed of [1, 2, 3]) {
      const changes = await visit(
        fleet,
        async (here) => {
          await startAll(ids)(here);
          return changesOf(here.account, nthId(0));
        },
        seed,
      );
      expect(changes).toEqual(['state: pending', 'state: running', 'agent: online, 3.2.1630.0']);
    }
  });
});

describe('randomness', () => {
  const draw = (seed: number, label: string) => {
    const random = createRandom(seed, label);
    return Array.from({ length: 1000 }, () => random.next());
  };

  it('is a stream of its own for each label and each seed', () => {
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
    expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
  });

  it('spreads evenly over [0, 1)', () => {
    const numbers = draw(7, 'spread');
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(numbers.reduce((sum, number) => sum + number, 0) / numbers.length).toBeCloseTo(0.5, 1);
    expect(new Set(numbers).size).toBeGreaterThan(990);
  });

  it('draws whole numbers with both ends', () => {
    const random = createRandom(1, 'dice');
    const faces = new Set(Array.from({ length: 200 }, () => random.integer([1, 6])));
    expect([...faces].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('makes UUIDs of version 4', () => {
    expect(randomUuid(createRandom(1, 'ids'))).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});

import { CreateTagsCommand, DeleteTagsCommand, DescribeInstancesCommand, type Tag } from '@aws-sdk/client-ec2';
import { aFleet, aFleetInstance, describedBy, nthId, refusal, type Visit, visit } from '../../../support/account.ts';
import { INSTANCE_ID } from '../../../support/builders.ts';

const fleet = aFleet(aFleetInstance({ name: 'web-1', behaviours: ['auto-scaling'] }), aFleetInstance({ id: nthId(1) }));
const create = ({ ec2 }: Visit, Tags: Tag[], Resources = [INSTANCE_ID]) =>
  ec2.send(new CreateTagsCommand({ Resources, Tags }));
const remove = ({ ec2 }: Visit, Tags?: Tag[]) =>
  ec2.send(new DeleteTagsCommand({ Resources: [INSTANCE_ID], ...(Tags ? { Tags } : {}) }));

/** The tags, once describes show them. */
const tagsOf = async (here: Visit, id = INSTANCE_ID) => {
  await here.pass(4);
  const { Tags = [] } = await describedBy(here, id);
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
};

const AT_FIRST = { Environment: 'dev', Name: 'web-1', 'aws:autoscaling:groupName': 'dev-asg' };

describe('tags', () => {
  it('are set on several instances at once, with any text in them', async () => {
    const Value = 'a=b&c <"ü"> +%20';
    await visit(fleet, async (here) => {
      await create(here, [{ Key: 'k', Value }], [INSTANCE_ID, nthId(1)]);
      expect(await tagsOf(here)).toEqual({ ...AT_FIRST, k: Value });
      expect(await tagsOf(here, nthId(1))).toEqual({ Environment: 'dev', k: Value });
    });
  });

  it('are not seen at once', async () => {
    const seen: boolean[] = [];
    for (let seed = 0; seed < 10; seed++) {
      await visit(
        fleet,
        async (here) => {
          await create(here, [{ Key: 'k', Value: 'v' }]);
          seen.push((await describedBy(here)).Tags?.some(({ Key }) => Key === 'k') ?? false);
        },
        seed,
      );
    }
    expect(seen).toContain(false);
  });

  it('are found by filters', async () => {
    await visit(fleet, async ({ ec2 }) => {
      const found = async (Name: string, ...Values: string[]) =>
        (await ec2.send(new DescribeInstancesCommand({ Filters: [{ Name, Values }] }))).Reservations?.length;
      expect(await found('tag:Name', 'web-1', 'web-2')).toBe(1);
      expect(await found('tag:Name', 'web-2')).toBe(0);
      expect(await found('tag-key', 'Environment')).toBe(2);
    });
  });

  it('are not set at all if one of the instances is unknown', async () => {
    await visit(fleet, async (here) => {
      await refusal(create(here, [{ Key: 'k', Value: 'v' }], [INSTANCE_ID, nthId(404)]));
      expect(await tagsOf(here)).toEqual(AT_FIRST);
    });
  });

  it('are deleted by key; by key and value only if the value is that one', async () => {
    await visit(fleet, async (here) => {
      await create(here, [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ]);
      await remove(here, [{ Key: 'a', Value: 'another' }, { Key: 'b' }]);
      expect(await tagsOf(here)).toEqual({ ...AT_FIRST, a: '1' });
      await remove(here, [{ Key: 'a', Value: '1' }]);
      expect(await tagsOf(here)).toEqual(AT_FIRST);
    });
  });

  it('are all deleted, except those of AWS, by a delete that names none', async () => {
    await visit(fleet, async (here) => {
      await remove(here);
      expect(await tagsOf(here)).toEqual({ 'aws:autoscaling:groupName': 'dev-asg' });
    });
  });
});

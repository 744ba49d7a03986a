import { DescribeInstancesCommand, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { paginateListGroupResources } from '@aws-sdk/client-resource-groups';
import { PutObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import {
  paginateDescribeInstanceInformation,
  paginateListCommandInvocations,
  paginateListCommands,
} from '@aws-sdk/client-ssm';
import { aFleet, manyInstances, nthId, pagesOf, sendUpdate, type Visit, visit } from '../../../support/account.ts';

const ids = (count: number) => Array.from({ length: count }, (_, index) => nthId(index));
const lengths = (pages: unknown[][]) => pages.map((page) => page.length);
const awake = (count: number) => aFleet(...manyInstances(count, { state: 'running' }));

const putKeys = async ({ s3, account }: Visit, keys: string[]) => {
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: account.bucket, Key, Body: Key }));
};

describe("lists come in pages, which the SDK's own paginators walk", () => {
  it('DescribeInstances: as many instances a page as were asked for', async () => {
    const pages = await visit(awake(23), ({ ec2 }) =>
      pagesOf(paginateDescribeInstances({ client: ec2, pageSize: 10 }, {}), ({ Reservations }) =>
        Reservations?.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId)),
      ),
    );
    expect(lengths(pages)).toEqual([10, 10, 3]);
    expect(pages.flat()).toEqual(ids(23));
  });

  it('DescribeInstances: a filter is applied before the pages are cut', async () => {
    const fleet = aFleet(
      ...manyInstances(20).map((instance, index) => ({
        ...instance,
        state: index % 2 === 0 ? ('running' as const) : ('stopped' as const),
      })),
    );
    const Filters = [{ Name: 'instance-state-name', Values: ['running'] }];
    const pages = await visit(fleet, ({ ec2 }) =>
      pagesOf(paginateDescribeInstances({ client: ec2, pageSize: 5 }, { Filters }), ({ Reservations }) => Reservations),
    );
    expect(lengths(pages)).toEqual([5, 5]);
  });

  it('DescribeInstances: all of a group of 120 in one page, unless less is asked for', async () => {
    const pages = await visit(awake(120), ({ ec2 }) =>
      pagesOf(paginateDescribeInstances({ client: ec2 }, {}), ({ Reservations }) => Reservations),
    );
    expect(lengths(pages)).toEqual([120]);
  });

  it.each([
    [undefined, [10, 10, 3]],
    [50, [23]],
  ])('DescribeInstanceInformation: with MaxResults %p, pages of %j', async (pageSize, expected) => {
    const pages = await visit(awake(23), ({ ssm }) =>
      pagesOf(
        paginateDescribeInstanceInformation({ client: ssm, ...(pageSize ? { pageSize } : {}) }, {}),
        ({ InstanceInformationList }) => InstanceInformationList?.map(({ InstanceId }) => InstanceId),
      ),
    );
    expect(lengths(pages)).toEqual(expected);
    expect(pages.flat()).toEqual(ids(23));
  });

  it('ListCommands: the newest first', async () => {
    const { sent, pages } = await visit(awake(1), async (here) => {
      const sent: string[] = [];
      for (let index = 0; index < 12; index++) {
        sent.push(await sendUpdate(here, { InstanceIds: [nthId(0)], Comment: `number ${index}` }));
      }
      await here.pass(5);
      const paginator = paginateListCommands({ client: here.ssm, pageSize: 5 }, {});
      return { sent, pages: await pagesOf(paginator, ({ Commands }) => Commands?.map(({ CommandId }) => CommandId)) };
    });
    expect(lengths(pages)).toEqual([5, 5, 2]);
    expect(pages.flat()).toEqual(sent.reverse());
  });

  it('ListCommandInvocations: one for each instance of the command', async () => {
    const pages = await visit(awake(50), async (here) => {
      const CommandId = await sendUpdate(here, { InstanceIds: ids(50) });
      await sendUpdate(here, { InstanceIds: [nthId(0)] });
      await here.pass(5);
      return pagesOf(
        paginateListCommandInvocations({ client: here.ssm, pageSize: 20 }, { CommandId }),
        ({ CommandInvocations }) => CommandInvocations?.map(({ InstanceId }) => InstanceId),
      );
    });
    expect(lengths(pages)).toEqual([20, 20, 10]);
    expect(pages.flat()).toEqual(ids(50));
  });

  it('ListGroupResources: at most 50 a page', async () => {
    const pages = await visit(aFleet(...manyInstances(120)), ({ groups }) =>
      pagesOf(paginateListGroupResources({ client: groups }, { Group: 'dev' }), ({ Resources }) =>
        Resources?.map(({ Identifier }) => Identifier?.ResourceArn),
      ),
    );
    expect(lengths(pages)).toEqual([50, 50, 20]);
    expect(pages.flat()).toEqual(ids(120).map((id) => `arn:aws:ec2:eu-central-1:123456789012:instance/${id}`));
  });

  it('ListObjectsV2: keys of a prefix in order, and none twice', async () => {
    const keys = Array.from({ length: 25 }, (_, index) => `runs/${String(index).padStart(2, '0')}.json`);
    const pages = await visit(aFleet(), async (here) => {
      await putKeys(here, ['other/a', 'zzz', ...[...keys].reverse()]);
      return pagesOf(
        paginateListObjectsV2({ client: here.s3, pageSize: 10 }, { Bucket: here.account.bucket, Prefix: 'runs/' }),
        ({ Contents }) => Contents?.map(({ Key }) => Key),
      );
    });
    expect(lengths(pages)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual(keys);
  });

  it('ListObjectsV2: begins after StartAfter', async () => {
    const pages = await visit(aFleet(), async (here) => {
      await putKeys(here, ['a', 'b', 'c', 'd']);
      const paginator = paginateListObjectsV2({ client: here.s3 }, { Bucket: here.account.bucket, StartAfter: 'b' });
      return pagesOf(paginator, ({ Contents }) => Contents?.map(({ Key }) => Key));
    });
    expect(pages).toEqual([['c', 'd']]);
  });

  it('a last page that is full is not followed by an empty one', async () => {
    const pages = await visit(awake(20), ({ ssm }) =>
      pagesOf(
        paginateDescribeInstanceInformation({ client: ssm }, {}),
        ({ InstanceInformationList }) => InstanceInformationList,
      ),
    );
    expect(lengths(pages)).toEqual([10, 10]);
  });

  it('a list of nothing is one empty page', async () => {
    const pages = await visit(aFleet(), ({ groups }) =>
      pagesOf(paginateListGroupResources({ client: groups }, { Group: 'dev' }), ({ Resources }) => Resources),
    );
    expect(pages).toEqual([[]]);
  });
});

describe('where services give short pages', () => {
  const short = { pageSizeMax: 2 };

  it('every listing has a second page, and nothing is lost', () =>
    visit(
      awake(5),
      async (here) => {
        const { ec2, ssm, s3, groups, account } = here;
        await sendUpdate(here, { InstanceIds: ids(5) });
        await here.pass(60);
        await putKeys(here, ['a/1', 'a/2', 'a/3']);
        const Filters = [{ Name: 'instance-state-name', Values: ['running'] }];
        const instances = await pagesOf(
          paginateDescribeInstances({ client: ec2 }, { Filters }),
          (page) => page.Reservations,
        );
        const members = await pagesOf(
          paginateListGroupResources({ client: groups }, { Group: 'dev' }),
          (page) => page.Resources,
        );
        const agents = await pagesOf(
          paginateDescribeInstanceInformation({ client: ssm, pageSize: 50 }, {}),
          (page) => page.InstanceInformationList,
        );
        const invocations = await pagesOf(
          paginateListCommandInvocations({ client: ssm, pageSize: 50 }, {}),
          (page) => page.CommandInvocations,
        );
        const keys = await pagesOf(
          paginateListObjectsV2({ client: s3 }, { Bucket: account.bucket, Prefix: 'a/' }),
          (page) => page.Contents,
        );
        for (const pages of [instances, members, agents, invocations]) expect(lengths(pages)).toEqual([2, 2, 1]);
        expect(lengths(keys)).toEqual([2, 1]);
      },
      1,
      short,
    ));

  it('a caller that names instances of EC2 gets all of them at once', () =>
    visit(
      awake(5),
      async ({ ec2 }) => {
        const { Reservations, NextToken } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: ids(5) }));
        expect(Reservations).toHaveLength(5);
        expect(NextToken).toBeUndefined();
      },
      1,
      short,
    ));
});

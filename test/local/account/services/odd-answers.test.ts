import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { DescribeSessionsCommand, ListCommandInvocationsCommand, ListCommandsCommand } from '@aws-sdk/client-ssm';
import { aFleet, aFleetInstance, nthId, refusal, visit } from '../../../support/account.ts';

const [ODD, OTHER] = [nthId(0), nthId(1)];

const withOdd = (call: string, times?: number) =>
  aFleet(
    aFleetInstance({
      id: ODD,
      answers: [{ call, code: 'SomethingNew', message: 'not this one', ...(times === undefined ? {} : { times }) }],
    }),
    aFleetInstance({ id: OTHER }),
  );

describe('an instance with an odd answer', () => {
  it('makes AWS refuse a call that names it, and nothing of it is done', () =>
    visit(withOdd('StartInstances'), async ({ ec2 }) => {
      const InstanceIds = [OTHER, ODD];
      expect(await refusal(ec2.send(new StartInstancesCommand({ InstanceIds })))).toMatchObject({
        name: 'SomethingNew',
        message: 'not this one',
        status: 400,
      });
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
      const states = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ State }) => State?.Name));
      expect(states).toEqual(['stopped', 'stopped']);
      await expect(ec2.send(new StartInstancesCommand({ InstanceIds: [OTHER] }))).resolves.toBeDefined();
    }));

  it('does so as often as the fleet file says', () =>
    visit(withOdd('CreateTags', 2), async ({ ec2 }) => {
      const tag = () => ec2.send(new CreateTagsCommand({ Resources: [ODD], Tags: [{ Key: 'team', Value: 'web' }] }));
      expect(await refusal(tag())).toMatchObject({ name: 'SomethingNew' });
      expect(await refusal(tag())).toMatchObject({ name: 'SomethingNew' });
      await expect(tag()).resolves.toBeDefined();
    }));

  it('does so in a dry run, too', () =>
    visit(withOdd('StopInstances'), async ({ ec2 }) => {
      const stop = (id: string) => ec2.send(new StopInstancesCommand({ InstanceIds: [id], DryRun: true }));
      expect(await refusal(stop(ODD))).toMatchObject({ name: 'SomethingNew' });
      expect(await refusal(stop(OTHER))).toMatchObject({ name: 'DryRunOperation' });
    }));

  it('is named in a filter as well', () =>
    visit(withOdd('DescribeSessions'), async ({ ssm }) => {
      const of = (value: string) =>
        ssm.send(new DescribeSessionsCommand({ State: 'Active', Filters: [{ key: 'Target', value }] }));
      expect(await refusal(of(ODD))).toMatchObject({ name: 'SomethingNew' });
      await expect(of(OTHER)).resolves.toBeDefined();
      await expect(ssm.send(new DescribeSessionsCommand({ State: 'Active' }))).resolves.toBeDefined();
    }));
});

it('a region can be full of open commands of others, which are on none of its instances', () =>
  visit(
    aFleet(aFleetInstance()),
    async ({ ssm }) => {
      const list = (value: string, NextToken?: string) =>
        ssm.send(
          new ListCommandInvocationsCommand({
            Filters: [{ key: 'Status', value }],
            MaxResults: 50,
            ...(NextToken === undefined ? {} : { NextToken }),
          }),
        );
      const first = await list('InProgress');
      const second = await list('InProgress', first.NextToken);
      const ids = [first, second].flatMap(({ CommandInvocations = [] }) => CommandInvocations);
      expect(new Set(ids.map(({ CommandId }) => CommandId)).size).toBe(70);
      expect(second.NextToken).toBeUndefined();
      expect((await list('Pending')).CommandInvocations).toEqual([]);
      const own = { InstanceId: aFleetInstance().id };
      expect((await ssm.send(new ListCommandInvocationsCommand(own))).CommandInvocations).toEqual([]);
      expect((await ssm.send(new ListCommandsCommand(own))).Commands).toEqual([]);
    },
    1,
    { openCommandsOfOthers: 70 },
  ));

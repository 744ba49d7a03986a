import { CreateTagsCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CancelCommandCommand,
  GetCommandInvocationCommand,
  ListCommandsCommand,
  type ListCommandsCommandInput,
  type SendCommandCommandInput,
  type Target,
} from '@aws-sdk/client-ssm';
import type { FleetInstance } from '../../../../local/account/fleet/fleet.ts';
import { aFleet, nthId, refusal, running, stopped, visit } from '../../../support/account.ts';
import { INSTANCE_ID, OLD, TARGET } from '../../../support/builders.ts';
import { asleep, awake, GROUP, invocationsOf, listed, over, send, TYPES, target, toDev } from '../targets.ts';

const NOTHING = {
  Status: 'Success',
  StatusDetails: 'NoInstancesInTag',
  TargetCount: 0,
  CompletedCount: 0,
  ErrorCount: 0,
};

/** How a command to these targets ends. */
const endOf = (Targets: Target[], ...instances: FleetInstance[]) =>
  visit(aFleet(...instances), async (here) => over(here, await send(here.ssm, { Targets })));

describe('a command to a resource group', () => {
  it('counts no target in its reply, and finds them some moments later', () =>
    visit(aFleet(awake(1), awake(2)), async (here) => {
      const reply = await send(here.ssm, { Targets: toDev });
      expect(reply).toMatchObject({ Status: 'Pending', StatusDetails: 'Pending', TargetCount: 0, InstanceIds: [] });

      await here.pass(5);
      expect(await listed(here, reply)).toMatchObject({ TargetCount: 2, InstanceIds: [], Targets: toDev });
      expect(Object.keys(await invocationsOf(here, reply))).toEqual([nthId(1), nthId(2)]);
    }));

  it('updates the agents of those that are awake, and skips in silence those that sleep', () =>
    visit(aFleet(awake(1), asleep(2), awake(3), asleep(4)), async (here) => {
      const command = await over(here, await send(here.ssm, { Targets: toDev }));

      expect(command).toMatchObject({ Status: 'Success', StatusDetails: 'Success', TargetCount: 2, CompletedCount: 2 });
      expect(await invocationsOf(here, command)).toEqual({ [nthId(1)]: 'Success', [nthId(3)]: 'Success' });
      const versions = [1, 2, 3, 4].map((index) => here.machine(nthId(index)).agent.version);
      expect(versions).toEqual([TARGET, OLD, TARGET, OLD]);
      const asked = { CommandId: command.CommandId, InstanceId: nthId(2) };
      expect((await refusal(here.ssm.send(new GetCommandInvocationCommand(asked)))).name).toBe(
        'InvocationDoesNotExist',
      );
    }));

  it('of which every member sleeps ends as a success', async () => {
    expect(await endOf(toDev, asleep(1), asleep(2))).toMatchObject(NOTHING);
  });

  it.each<[string, Target[], FleetInstance[]]>([
    ['that is empty', toDev, []],
    ['that does not exist', [target(GROUP, 'nowhere')], [running()]],
    ['whose members never registered', toDev, [running('never-registers')]],
    ['whose members EC2 does not know', toDev, [stopped('ghost')]],
    ['to whose members SSM refuses to send', toDev, [running('send-refused')]],
    ['of which another type is asked for', [...toDev, target(TYPES, 'AWS::SSM::ManagedInstance')], [running()]],
  ])('%s ends in the same way', async (_, targets, instances) => {
    expect(await endOf(targets, ...instances)).toMatchObject(NOTHING);
  });

  it('that is broken ends in the same way', () => {
    const queryError = 'CLOUDFORMATION_STACK_INACTIVE' as const;
    const fleet = { ...aFleet(), groups: [{ name: 'dev', queryError, instances: [running()] }] };
    return visit(fleet, async (here) => {
      expect(await over(here, await send(here.ssm, { Targets: toDev }))).toMatchObject(NOTHING);
    });
  });

  it('takes the ARN of the group, too, and types of resources', async () => {
    const arn = 'arn:aws:resource-groups:eu-central-1:123456789012:group/dev';
    const types = target(TYPES, 'AWS::EC2::Instance', 'AWS::S3::Bucket');
    expect(await endOf([target(GROUP, arn), types], running())).toMatchObject({ TargetCount: 1 });
  });

  it('goes to those that are awake when it is looked up, not when it was sent', () =>
    visit(aFleet(awake(1), awake(2)), async (here) => {
      const reply = await send(here.ssm, { Targets: toDev });
      await here.ec2.send(new StopInstancesCommand({ InstanceIds: [nthId(1)] }));
      expect(await over(here, reply)).toMatchObject({ Status: 'Success', TargetCount: 1 });
    }));

  it('goes to no instance if it is cancelled before that', () =>
    visit(aFleet(running()), async (here) => {
      const reply = await send(here.ssm, { Targets: toDev });
      await here.ssm.send(new CancelCommandCommand({ CommandId: reply.CommandId }));
      await here.pass(60);
      expect(await listed(here, reply)).toMatchObject({ Status: 'Cancelled', TargetCount: 0 });
      expect(here.machine().agent.version).toBe(OLD);
    }));

  it('is listed for the instances that it went to, and by its status details', () =>
    visit(aFleet(awake(1), asleep(2)), async (here) => {
      const reached = await over(here, await send(here.ssm, { Targets: toDev }));
      const empty = await over(here, await send(here.ssm, { Targets: [target(GROUP, 'nowhere')] }));
      const find = async (input: ListCommandsCommandInput) =>
        ((await here.ssm.send(new ListCommandsCommand(input))).Commands ?? []).map(({ CommandId }) => CommandId);

      expect(await find({ InstanceId: nthId(1) })).toEqual([reached.CommandId]);
      expect(await find({ InstanceId: nthId(2) })).toEqual([]);
      expect(await find({ Filters: [{ key: 'Status', value: 'NoInstancesInTag' }] })).toEqual([empty.CommandId]);
    }));
});

describe('a command to tags', () => {
  const tagged = (Targets: Target[]) =>
    visit(aFleet(awake(1), awake(2), asleep(3)), async (here) => {
      const tag = (index: number, Key: string, Value: string) =>
        here.ec2.send(new CreateTagsCommand({ Resources: [nthId(index)], Tags: [{ Key, Value }] }));
      await tag(1, 'team', 'blue');
      await tag(2, 'team', 'red');
      await tag(3, 'team', 'blue');
      await tag(2, 'note', '');
      await here.pass(4);
      return Object.keys(await invocationsOf(here, await over(here, await send(here.ssm, { Targets }))));
    });

  it.each<[string, Target[], string[]]>([
    ['goes to what has the value and is awake', [target('tag:team', 'blue')], [nthId(1)]],
    ['goes to what has any of the values', [target('tag:team', 'blue', 'red')], [nthId(1), nthId(2)]],
    ['goes to what has all of the tags', [target('tag:team', 'red'), target('tag:Environment', 'dev')], [nthId(2)]],
    ['takes an empty value for what it is, not for a missing tag', [target('tag:note', '')], [nthId(2)]],
    ['goes to no instance if none has the value', [target('tag:team', 'green')], []],
  ])('%s', async (_, targets, reached) => {
    expect(await tagged(targets)).toEqual(reached);
  });
});

describe('a command with targets is refused', () => {
  const values = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);
  const tags = (count: number) => values(count).map((name) => target(`tag:${name}`, 'x'));

  it.each<[string, Partial<SendCommandCommandInput>, string, string]>([
    ['with instance IDs as well', { InstanceIds: [INSTANCE_ID], Targets: toDev }, 'InvalidParameters', 'either'],
    ['and without both', {}, 'InvalidParameters', 'either'],
    ['with six of them', { Targets: tags(6) }, 'ValidationException', ''],
    ['without a value', { Targets: [target('tag:a')] }, 'ValidationException', ''],
    ['with six values of a tag', { Targets: [target('tag:a', ...values(6))] }, 'ValidationException', 'at most 5'],
    ['with a key that is not known here', { Targets: [target('tag-key', 'a')] }, 'ValidationException', 'tag:KEY'],
    [
      'with a key twice',
      { Targets: [target('tag:a', 'x'), target('tag:a', 'y')] },
      'ValidationException',
      'Duplicate keys',
    ],
    ['with a value twice', { Targets: [target('tag:a', 'x', 'x')] }, 'ValidationException', 'Duplicate values'],
    [
      'for two groups',
      { Targets: [target(GROUP, 'dev', 'prod')] },
      'ValidationException',
      'Multiple resource key values',
    ],
    ['for a group and a tag', { Targets: [...toDev, ...tags(1)] }, 'ValidationException', 'Remove one target type'],
    [
      'for types that take no commands',
      { Targets: [...toDev, target(TYPES, 'AWS::S3::Bucket')] },
      'ValidationException',
      'at least one of the valid send-command resource types',
    ],
    ['for types without a group', { Targets: [target(TYPES, 'AWS::EC2::Instance')] }, 'ValidationException', GROUP],
  ])('%s', async (_, input, name, words) => {
    const refused = await visit(aFleet(running()), ({ ssm }) => refusal(send(ssm, input)));
    expect(refused).toMatchObject({ name, status: 400 });
    expect(refused.message).toContain(words);
  });

  it('and taken with five', () => visit(aFleet(running()), ({ ssm }) => send(ssm, { Targets: tags(5) })));
});

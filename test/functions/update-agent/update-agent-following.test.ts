import { EC2Client } from '@aws-sdk/client-ec2';
import 'aws-sdk-client-mock-jest';
import { S3Client } from '@aws-sdk/client-s3';
import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { createUpdateAgent } from '../../../functions/update-agent/update-agent.ts';
import { givenLock } from '../../support/bucket.ts';
import { aBatch, anInvocation, aWokenInstance, INSTANCE_ID, OLD, stamp, TARGET } from '../../support/builders.ts';
import { aContext, aRuntime, awsError, callOrder, givenState, instanceIds, listed } from '../../support/functions.ts';
import { heldAt } from '../../support/looks.ts';

const s3 = mockClient(S3Client);
const ec2 = mockClient(EC2Client);
const ssm = mockClient(SSMClient);

/** It was sent its first command at 02:02:10. */
const anUpdating = (instanceId = INSTANCE_ID, commandId = 'command-1') =>
  aWokenInstance({
    instanceId,
    step: 'update',
    stepSince: stamp('02:02'),
    versionBefore: OLD,
    commands: [{ commandId, sentAt: stamp('02:02:10'), endedAt: null }],
  });

const look = (...instances: ReturnType<typeof anUpdating>[]) =>
  createUpdateAgent(aRuntime('02:04'))(aBatch(instances, { sends: 1 }), aContext());

const ENDED = stamp('02:03:30');
const succeeded = (output: string) =>
  anInvocation({ status: 'Success', statusDetails: 'Success', endedAt: ENDED, output });
const failed = (output: string, changes = {}) =>
  anInvocation({ status: 'Failed', statusDetails: 'Failed', endedAt: ENDED, output, ...changes });

const givenInvocations = (...invocations: ReturnType<typeof anInvocation>[]) =>
  ssm.on(ListCommandInvocationsCommand).resolves({ CommandInvocations: invocations.map(listed) });

const PROGRESS = [
  'Successfully downloaded manifest',
  `Updating amazon-ssm-agent from ${OLD} to ${TARGET}`,
  'Successfully downloaded https://s3.eu-central-1.amazonaws.com/amazon-ssm-agent.tar.gz',
].join('\n');

const DONE = `amazon-ssm-agent updated successfully to ${TARGET}`;

beforeEach(() => {
  givenState(ec2, 'running');
  s3.reset();
  givenLock(s3);
  ssm.reset();
  ssm.on(ListCommandInvocationsCommand).resolves({ CommandInvocations: [] });
  ssm.on(GetCommandInvocationCommand).resolves({});
  ssm.on(DescribeInstanceInformationCommand).resolves({ InstanceInformationList: [] });
});

describe('UpdateAgent, following a command', () => {
  it.each([
    ['its invocation is not listed yet', () => givenInvocations()],
    [
      'SSM does not know the command yet',
      () => ssm.on(ListCommandInvocationsCommand).rejects(awsError('InvalidCommandId')),
    ],
    ['the agent has not taken it yet', () => givenInvocations(anInvocation({ status: 'Pending' }))],
    ['the agent is at it', () => givenInvocations(anInvocation({ status: 'InProgress' }))],
  ])('waits while %s', async (_what, given) => {
    given();

    const { instances } = await look(anUpdating());

    expect(instances).toEqual([anUpdating()]);
    expect(ssm).not.toHaveReceivedCommand(SendCommandCommand);
  });

  it.each([
    ['updated', `${PROGRESS}\namazon-ssm-agent updated successfully to ${TARGET}`],
    ['already installed', `amazon-ssm-agent ${TARGET} has already been installed\nupdate skipped`],
  ])('takes a Success that says "%s" to be verified, never for granted', async (_meaning, output) => {
    givenInvocations(succeeded(output));

    const { instances } = await look(anUpdating());

    const { hasRefusedTarget, commands } = heldAt('verify', instances[0]);
    expect(hasRefusedTarget).toBe(false);
    expect(commands[0]?.endedAt).toBe(ENDED);
  });

  it('takes a Failed that says "older version" to be verified as well: the agent is newer than the target', async () => {
    givenInvocations(failed(`Updating amazon-ssm-agent to an older version ${TARGET}, please enable allow downgrade`));

    const { instances } = await look(anUpdating());

    const { hasRefusedTarget, commands } = heldAt('verify', instances[0]);
    expect(hasRefusedTarget).toBe(true);
    expect(commands[0]?.endedAt).toBe(ENDED);
  });

  it('takes a Success that says "inactive, update skipped" for what it is: a failure', async () => {
    givenInvocations(succeeded(`amazon-ssm-agent version ${TARGET} is deprecated/inactive, update skipped`));

    const { instances } = await look(anUpdating());

    expect(instances[0]).toMatchObject({
      step: 'restore',
      outcome: 'failed',
      reason: { code: 'target-not-active', text: expect.stringContaining('update skipped') },
    });
  });

  it.each([
    ['unsupported-platform', `amazon-ssm-agent target version ${TARGET} is unsupported on current platform`],
    ['unsupported-platform', 'Failed update precondition check: Failed Bottlerocket precondition: Bottlerocket has'],
    ['no-disk-space', 'Insufficient available disk space'],
    ['updater-died', 'Updater died before updating, make sure your system is supported'],
    ['update-rolled-back', `${PROGRESS}\nrolledback amazon-ssm-agent to ${OLD}`],
  ])('names the failure: %s', async (code, output) => {
    givenInvocations(failed(output));

    const { instances } = await look(anUpdating());

    expect(instances[0]).toMatchObject({ step: 'restore', outcome: 'failed', reason: { code } });
    expect(heldAt('restore', instances[0]).commands[0]?.endedAt).toBe(ENDED);
  });

  it('reads the whole output where the listing says too little: stderr names the failure', async () => {
    givenInvocations(failed(PROGRESS));
    ssm.on(GetCommandInvocationCommand, { CommandId: 'command-1', InstanceId: INSTANCE_ID }).resolves({
      StandardOutputContent: PROGRESS,
      StandardErrorContent: 'Insufficient available disk space',
    });

    const { instances } = await look(anUpdating());

    expect(instances[0]).toMatchObject({ outcome: 'failed', reason: { code: 'no-disk-space' } });
  });

  it('does not take "No rollback needed" for a rollback, and quotes what it does not know', async () => {
    const output = `Failed to parse manifest: 403\nFailed to update amazon-ssm-agent to ${TARGET}\nNo rollback needed`;
    givenInvocations(failed(output));
    ssm.on(GetCommandInvocationCommand).resolves({ StandardOutputContent: output, StandardErrorContent: '' });

    const { instances } = await look(anUpdating());

    expect(heldAt('restore', instances[0]).reason).toEqual({
      code: 'update-failed',
      text: expect.stringContaining('Failed to parse manifest: 403'),
    });
  });

  it('does not fetch the output where the listing says enough', async () => {
    givenInvocations(succeeded(DONE));

    await look(anUpdating());

    expect(callOrder(ssm)).toEqual(['ListCommandInvocations']);
  });

  it('lists each command once, page by page, and gives every instance its own verdict', async () => {
    const [done = '', bad = '', busy = ''] = instanceIds(3);
    const first = { NextToken: 'more', CommandInvocations: [listed({ ...succeeded(DONE), instanceId: done })] };
    const second = {
      CommandInvocations: [
        listed({ ...failed('Insufficient available disk space'), instanceId: bad }),
        listed(anInvocation({ instanceId: busy })),
      ],
    };
    ssm
      .on(ListCommandInvocationsCommand)
      .callsFake(({ NextToken }: { NextToken?: string }) => (NextToken === 'more' ? second : first));

    const { instances } = await look(anUpdating(done), anUpdating(bad), anUpdating(busy));

    expect(instances.map(({ step }) => step)).toEqual(['verify', 'restore', 'update']);
    expect(ssm).toHaveReceivedCommandTimes(ListCommandInvocationsCommand, 2);
  });

  it('keeps two commands of one batch apart', async () => {
    const [one = '', two = ''] = instanceIds(2);
    ssm.on(ListCommandInvocationsCommand, { CommandId: 'command-1' }).resolves({
      CommandInvocations: [listed({ ...succeeded(DONE), instanceId: one })],
    });
    ssm.on(ListCommandInvocationsCommand, { CommandId: 'command-2' }).resolves({ CommandInvocations: [] });

    const { instances } = await look(anUpdating(one, 'command-1'), anUpdating(two, 'command-2'));

    expect(instances.map(({ step }) => step)).toEqual(['verify', 'update']);
  });

  it('keeps the output out of the payload', async () => {
    givenInvocations(failed(`Insufficient available disk space ${'x'.repeat(2400)}`));

    const batch = await look(anUpdating());

    expect(JSON.stringify(batch)).not.toContain('x'.repeat(400));
  });
});

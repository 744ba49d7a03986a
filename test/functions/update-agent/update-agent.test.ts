import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import 'aws-sdk-client-mock-jest';
import { S3Client } from '@aws-sdk/client-s3';
import {
  CancelCommandCommand,
  DescribeInstanceInformationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { InstanceAt } from '../../../functions/domain/batch/batch-instance.ts';
import { chosenWork } from '../../../functions/domain/work/chosen-work.ts';
import { commandComment } from '../../../functions/domain/work/command-comment.ts';
import { createUpdateAgent } from '../../../functions/update-agent/update-agent.ts';
import { aRunLock, givenLock } from '../../support/bucket.ts';
import { aBatch, aRun, at, aWokenInstance, OLD, stamp, TARGET, wokenFacts } from '../../support/builders.ts';
import {
  aContext,
  aRuntime,
  awsError,
  callOrder,
  described,
  givenState,
  instanceIds,
} from '../../support/functions.ts';
import { heldAt } from '../../support/looks.ts';

const s3 = mockClient(S3Client);
const ec2 = mockClient(EC2Client);
const ssm = mockClient(SSMClient);

/** Its agent pinged, so it can be sent the update. */
const aReadyInstance = (instanceId: string, changes: Partial<InstanceAt<'update'>> = {}) =>
  aWokenInstance({ instanceId, step: 'update', stepSince: stamp('02:02'), versionBefore: OLD, ...changes });

const readyBatch = (ids: string[]) => aBatch(ids.map((id) => aReadyInstance(id)));
const update = (batch = readyBatch(instanceIds(1)), context = aContext()) =>
  createUpdateAgent(aRuntime('02:02:10'))(batch, context);
const sentCommands = () => ssm.commandCalls(SendCommandCommand).map(({ args: [{ input }] }) => input);

/** SSM refuses every command that has one of `bad` in it, and numbers the others. */
function givenRefusals(bad: string[]): void {
  let sent = 0;
  ssm.on(SendCommandCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => {
    if (InstanceIds.some((id) => bad.includes(id))) throw awsError('InvalidInstanceId', 'not in a valid state');
    sent += 1;
    return { Command: { CommandId: `command-${sent}` } };
  });
}

beforeEach(() => {
  givenState(ec2, 'running');
  s3.reset();
  givenLock(s3);
  ssm.reset();
  ssm.on(ListCommandsCommand).resolves({ Commands: [] });
  ssm.on(ListCommandInvocationsCommand).resolves({ CommandInvocations: [] });
  ssm.on(DescribeInstanceInformationCommand).resolves({ InstanceInformationList: [] });
  ssm.on(CancelCommandCommand).resolves({});
  ssm.on(SendCommandCommand).resolves({ Command: { CommandId: 'command-1' } });
});

describe('UpdateAgent, sending', () => {
  it('sends one command to all that are ready, with the explicit version and without downgrades', async () => {
    const ids = instanceIds(50);

    const { instances, sends } = await update(readyBatch(ids));

    expect(ssm).toHaveReceivedCommandTimes(SendCommandCommand, 1);
    expect(ssm).toHaveReceivedCommandWith(SendCommandCommand, {
      DocumentName: 'AWS-UpdateSSMAgent',
      Parameters: { version: [TARGET], allowDowngrade: ['false'] },
      InstanceIds: ids,
      MaxErrors: '100%',
    });
    expect(sends).toBe(1);
    const commands = [{ commandId: 'command-1', sentAt: stamp('02:02:10'), endedAt: null }];
    expect(instances.every(({ step }) => step === 'update')).toBe(true);
    expect(instances.map((instance) => heldAt('update', instance).commands)).toEqual(ids.map(() => commands));
  });

  it('sends nothing to an instance whose owner has put the opt-out tag on it by now', async () => {
    const ids = instanceIds(2);
    const [first = '', second = ''] = ids;
    const facts = [
      wokenFacts({ instanceId: first, tags: { 'reveille:opt-out': 'mine' } }),
      wokenFacts({ instanceId: second }),
    ];
    ec2.on(DescribeInstancesCommand).resolves(described(...facts));

    const { instances } = await update(readyBatch(ids));

    expect(sentCommands().map(({ InstanceIds }) => InstanceIds)).toEqual([[second]]);
    expect(instances[0]).toMatchObject({ step: 'restore', outcome: 'excluded', reason: { code: 'opted-out-in-run' } });

    ec2.on(DescribeInstancesCommand).resolves(described(...facts.slice(0, 1)));
    await update(readyBatch([first]));
    expect(sentCommands()).toHaveLength(1);
  });

  it('names run, batch and attempt in the comment, within 100 characters even for the longest run', async () => {
    const run = aRun({ runId: 'r'.repeat(80) });
    givenLock(s3, aRunLock({ runId: run.runId }));

    await update(aBatch([aReadyInstance('i-1')], { run, index: 9, sends: 2 }));

    const [command] = sentCommands();
    expect(command?.Comment).toBe(`reveille ${run.runId} b9 a3`);
    expect(command?.Comment?.length).toBeLessThanOrEqual(100);
  });

  it('leaves out what boots, verifies or has the version already', async () => {
    const [ready = '', current = '', booting = ''] = instanceIds(3);
    const batch = aBatch([
      aReadyInstance(ready),
      aReadyInstance(current, { versionBefore: '3.3.600.0' }),
      aWokenInstance({ instanceId: booting }),
    ]);

    const { instances } = await update(batch);

    expect(sentCommands()).toMatchObject([{ InstanceIds: [ready] }]);
    expect(instances.map(({ step }) => step)).toEqual(['update', 'restore', 'readiness']);
    expect(instances[1]).toMatchObject({
      ...{ outcome: 'already-current', versionAfter: '3.3.600.0' },
      reason: { code: 'newer-than-target' },
    });
  });

  it('finds its command again after a crash has lost the ID: no instance is sent a second one', async () => {
    const [first = '', second = ''] = instanceIds(2);
    const batch = readyBatch([first, second]);
    ssm.on(ListCommandsCommand).resolves({
      Commands: [
        {
          CommandId: 'lost-command',
          Comment: commandComment(batch, 1),
          InstanceIds: [first, second],
          RequestedDateTime: at('02:02:05'),
        },
        { CommandId: 'of-batch-10', Comment: 'reveille run-1 b10 a1', InstanceIds: [first] },
      ],
    });

    const { instances } = await update(batch);

    expect(ssm).not.toHaveReceivedCommand(SendCommandCommand);
    const commands = [{ commandId: 'lost-command', sentAt: stamp('02:02:05'), endedAt: null }];
    expect(instances.map((instance) => heldAt('update', instance).commands)).toEqual([commands, commands]);
  });

  it('sends the rest what a lost command did not reach', async () => {
    const [reached = '', missed = ''] = instanceIds(2);
    const batch = readyBatch([reached, missed]);
    const lost = { CommandId: 'lost-command', Comment: commandComment(batch, 1), InstanceIds: [reached] };
    ssm.on(ListCommandsCommand).resolves({ Commands: [lost] });

    const { instances } = await update(batch);

    expect(sentCommands()).toMatchObject([{ InstanceIds: [missed] }]);
    expect(instances.map((instance) => heldAt('update', instance).commands[0]?.commandId)).toEqual([
      'lost-command',
      'command-1',
    ]);
  });

  it('looks for a command that was sent before it sends one, from 45 minutes ago on: a dead run’s may be at work', async () => {
    await update();

    expect(callOrder(ssm)).toEqual(['ListCommands', 'SendCommand']);
    expect(ssm).toHaveReceivedCommandWith(ListCommandsCommand, {
      Filters: [
        { key: 'DocumentName', value: 'AWS-UpdateSSMAgent' },
        { key: 'InvokedAfter', value: '2026-12-06T01:12:10Z' },
      ],
    });
  });

  it('splits where SSM refuses an instance: only that one is left to be tried again', async () => {
    const ids = instanceIds(8);
    const [, , refused = ''] = ids;
    givenRefusals([refused]);

    const { instances } = await update(readyBatch(ids));

    const unsent = instances.filter((instance) => heldAt('update', instance).commands.length === 0);
    expect(unsent).toMatchObject([
      {
        instanceId: refused,
        step: 'update',
        retryAt: stamp('02:03:10'),
        lastRefusal: 'SendCommand: InvalidInstanceId: not in a valid state',
      },
    ]);
    const accepted = sentCommands().filter(({ InstanceIds }) => !InstanceIds?.includes(refused));
    expect(accepted.flatMap(({ InstanceIds }) => InstanceIds).sort()).toEqual(ids.filter((id) => id !== refused));
  });

  it('does not ask again before the time for it has come', async () => {
    const waiting = aReadyInstance('i-1', { retryAt: stamp('02:03'), lastRefusal: 'InvalidInstanceId: no' });

    const { instances } = await update(aBatch([waiting]));

    expect(instances).toEqual([waiting]);
    expect(ssm).not.toHaveReceivedCommand(SendCommandCommand);
  });

  it('fails an instance that SSM refuses until the deadline', async () => {
    const refused = aReadyInstance('i-1', {
      lastRefusal: 'InvalidInstanceId: not in a valid state',
      retryAt: stamp('02:11'),
    });

    const { instances } = await createUpdateAgent(aRuntime('02:12', { UPDATE_DEADLINE_SECONDS: '600' }))(
      aBatch([refused]),
      aContext(),
    );

    expect(instances[0]).toMatchObject({
      step: 'restore',
      outcome: 'failed',
      reason: { code: 'update-undeliverable', text: expect.stringContaining('not in a valid state') },
    });
  });

  it('sends nothing once its time is nearly over: they are left for the next look', async () => {
    const { instances } = await update(readyBatch(instanceIds(2)), aContext({ remainingSeconds: 5 }));

    expect(ssm).not.toHaveReceivedCommand(SendCommandCommand);
    expect(instances).toMatchObject([
      { step: 'update', commands: [] },
      { step: 'update', commands: [] },
    ]);
  });

  it('asks alone for those that had no turn at the last look, and last for those that were refused', async () => {
    const [refused = '', waiting = '', first = '', second = ''] = instanceIds(4);
    const { instances } = await update(readyBatch([waiting]), aContext({ remainingSeconds: 5 }));
    const due = { retryAt: stamp('02:02'), lastRefusal: 'InvalidInstanceId: no' };

    await update(aBatch([aReadyInstance(refused, due), ...instances, aReadyInstance(first), aReadyInstance(second)]));

    expect(sentCommands().map(({ InstanceIds }) => InstanceIds)).toEqual([[first, second], [waiting], [refused]]);
  });

  it.each([
    ['ThrottlingException', 1],
    ['AccessDeniedException', 4],
  ])('fails none where SSM refuses all by %s: they are asked for again', async (code, calls) => {
    ssm.on(SendCommandCommand).rejects(awsError(code));

    const { instances } = await update(readyBatch(instanceIds(4)));

    const waiting = instances.map((instance) => heldAt('update', instance));
    expect(waiting.map(({ lastRefusal }) => lastRefusal)).toEqual(waiting.map(() => `SendCommand: ${code}: ${code}!`));
    expect(ssm).toHaveReceivedCommandTimes(SendCommandCommand, calls);
  });

  it('counts in its log what they wait for, by code', async () => {
    const runtime = aRuntime('02:02:10');
    const [taken = '', refused = '', waiting = ''] = instanceIds(3);
    givenRefusals([refused]);
    const batch = aBatch([
      aReadyInstance(taken),
      aReadyInstance(refused),
      aReadyInstance(waiting, { retryAt: stamp('02:03'), lastRefusal: 'InvalidInstanceId: no' }),
    ]);

    await createUpdateAgent(runtime)(batch, aContext());

    expect(runtime.logger.info).toHaveBeenCalledWith(
      'UpdateAgent has looked',
      expect.objectContaining({ waiting: { 'update-pending': 1, 'waiting-to-send': 2 } }),
    );
  });

  it('does the work that it is given', async () => {
    const other = { ...chosenWork, documentName: 'Other-Document', parameters: () => ({ level: ['1'] }) };

    await createUpdateAgent(aRuntime('02:02:10'), other)(readyBatch(instanceIds(1)), aContext());

    expect(sentCommands()).toMatchObject([{ DocumentName: 'Other-Document', Parameters: { level: ['1'] } }]);
  });

  it('asks nothing when no instance is to be updated', async () => {
    await update(aBatch([aWokenInstance()]));

    expect(callOrder(ssm)).toEqual([]);
  });
});

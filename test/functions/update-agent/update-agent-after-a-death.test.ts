import { EC2Client } from '@aws-sdk/client-ec2';
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
import { commandComment } from '../../../functions/domain/work/command-comment.ts';
import { createUpdateAgent } from '../../../functions/update-agent/update-agent.ts';
import { givenLock } from '../../support/bucket.ts';
import { aBatch, aRun, at, aWokenInstance, OLD, stamp, TARGET } from '../../support/builders.ts';
import { aContext, aRuntime, givenState, instanceIds } from '../../support/functions.ts';
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

/** An update that a run which is dead by now had sent. */
const ofDeadRun = (ids: string[]) => ({
  CommandId: 'dead-1',
  Comment: commandComment({ run: aRun({ runId: 'run-0' }), index: 0 }, 1),
  InstanceIds: ids,
  RequestedDateTime: at('02:01:40'),
  Parameters: { version: [TARGET], allowDowngrade: ['false'] },
});

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

describe('UpdateAgent, after a run has died', () => {
  it('sends nothing to what a dead run’s update is still at work on: that one is followed', async () => {
    const [busy = '', free = ''] = instanceIds(2);
    ssm.on(ListCommandsCommand).resolves({ Commands: [ofDeadRun([busy])] });
    ssm.on(ListCommandInvocationsCommand).resolves({
      CommandInvocations: [{ CommandId: 'dead-1', InstanceId: busy, Status: 'InProgress' }],
    });

    const { instances } = await update(readyBatch([busy, free]));

    expect(sentCommands().map(({ InstanceIds }) => InstanceIds)).toEqual([[free]]);
    expect(instances.map((instance) => heldAt('update', instance).commands)).toMatchObject([
      [{ commandId: 'dead-1', sentAt: stamp('02:01:40'), endedAt: null }],
      [{ commandId: 'command-1' }],
    ]);
  });

  it('sends a command of its own once the dead run’s is over', async () => {
    const [id = ''] = instanceIds(1);
    ssm.on(ListCommandsCommand).resolves({ Commands: [ofDeadRun([id])] });
    ssm.on(ListCommandInvocationsCommand).resolves({
      CommandInvocations: [
        {
          CommandId: 'dead-1',
          InstanceId: id,
          Status: 'Success',
          CommandPlugins: [{ Output: `amazon-ssm-agent updated successfully to ${TARGET}` }],
        },
      ],
    });

    await update(readyBatch([id]));

    expect(sentCommands()).toHaveLength(1);
  });
});

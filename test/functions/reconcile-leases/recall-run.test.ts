import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ListCommandInvocationsCommand, ListCommandsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { createBucket } from '../../../functions/aws/bucket.ts';
import { createS3Client, createSsmClient } from '../../../functions/aws/sdk/clients.ts';
import { updateSsmAgent } from '../../../functions/domain/work/update-ssm-agent.ts';
import { recallRun } from '../../../functions/reconcile-leases/recall-run.ts';
import { anInvocation, aRun, at, INSTANCE_ID, stamp } from '../../support/builders.ts';
import { awsError, listed, silentLogger, stored } from '../../support/functions.ts';

const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);
const logger = silentLogger();
const options = { region: 'eu-central-1', credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'test' } };
const tools = {
  bucket: createBucket(createS3Client(options), 'reveille-bucket'),
  ssm: createSsmClient(options),
  work: updateSsmAgent,
  logger,
  now: () => at('03:00'),
};
const recall = async () => (await recallRun(tools, aRun(), [INSTANCE_ID])).get(INSTANCE_ID);

/** What passes have filed, in the order of their keys. */
function givenPasses(...passes: { at: string; action: string; finalState: string | null; wokenAt?: string }[]): void {
  const keys = passes.map((_, index) => `runs/run-1/reconciled/pass-${index}.json`);
  const Contents = [...keys, 'runs/run-1/reconciled/refusals-told.json'].map((Key) => ({ Key }));
  s3.on(ListObjectsV2Command).resolves({ Contents });
  for (const [index, { at: time, ...one }] of passes.entries()) {
    const filed = { runId: 'run-1', at: stamp(time), instances: [{ instanceId: INSTANCE_ID, text: null, ...one }] };
    s3.on(GetObjectCommand, { Key: keys[index] ?? '' }).resolves(stored(filed));
  }
}

const sent = (CommandId: string, time: string) => ({
  CommandId,
  Comment: 'reveille run-1 b0 a1',
  InstanceIds: [INSTANCE_ID],
  RequestedDateTime: at(time),
});

beforeEach(() => {
  for (const mock of [s3, ssm]) mock.reset();
  givenPasses();
  ssm.on(ListCommandsCommand).resolves({});
  ssm.on(ListCommandInvocationsCommand).resolves({});
});

describe('what is recalled of a run that died', () => {
  it('is how ReconcileLeases has settled an instance, and when', async () => {
    givenPasses({ at: '02:35', action: 'restored', finalState: 'hibernated', wokenAt: stamp('02:00:30') });

    expect(await recall()).toEqual({
      finalState: 'hibernated',
      wokenAt: stamp('02:00:30'),
      restoredAt: stamp('02:35'),
    });
  });

  it('is what the last pass said that settled it: a redrive may have woken it again', async () => {
    givenPasses(
      { at: '03:35', action: 'restored', finalState: 'stopped', wokenAt: stamp('03:00') },
      { at: '02:35', action: 'restored', finalState: 'hibernated', wokenAt: stamp('02:00:30') },
    );

    expect(await recall()).toMatchObject({ finalState: 'stopped', restoredAt: stamp('03:35') });
  });

  it.each(['handed-over', 'gone'])('calls nothing put back that is not: %s', async (action) => {
    givenPasses({ at: '02:35', action, finalState: action, wokenAt: stamp('02:00:30') });

    expect(await recall()).toMatchObject({ finalState: action, restoredAt: null });
  });

  it('is nothing of a run of the same name, months before', async () => {
    givenPasses({ at: '01:59', action: 'restored', finalState: 'stopped' });

    expect(await recall()).toEqual({});
  });

  it('is what became of its last command, and that a success is no proof', async () => {
    ssm.on(ListCommandsCommand).resolves({ Commands: [sent('command-2', '02:20'), sent('command-1', '02:02')] });
    const over = anInvocation({ commandId: 'command-2', status: 'Success', endedAt: stamp('02:21') });
    ssm.on(ListCommandInvocationsCommand, { CommandId: 'command-1', Details: true }).resolves({
      CommandInvocations: [listed(anInvocation({ commandId: 'command-1', status: 'InProgress' }))],
    });
    ssm.on(ListCommandInvocationsCommand, { CommandId: 'command-2', Details: true }).resolves({
      CommandInvocations: [listed({ ...over, output: 'amazon-ssm-agent updated successfully to 3.3.551.0' })],
    });

    expect(await recall()).toEqual({
      command: `the command that it was sent (command-2) is Success at ${stamp('02:21')}, and its agent was not heard after it`,
      commands: [
        { commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null, status: null },
        { commandId: 'command-2', sentAt: stamp('02:20'), endedAt: stamp('02:21'), status: 'Success' },
      ],
    });
  });

  it('is left out where it can not be read: the run must have its report', async () => {
    s3.on(ListObjectsV2Command).rejects(awsError('AccessDenied', 'no', 403));
    ssm.on(ListCommandsCommand).rejects(awsError('AccessDeniedException', 'no'));

    expect(await recall()).toEqual({});
    expect(logger.warn).toHaveBeenCalledTimes(2);
  });
});

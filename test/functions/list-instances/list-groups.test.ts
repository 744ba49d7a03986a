import 'aws-sdk-client-mock-jest';
import { DescribeInstanceAttributeCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ListGroupResourcesCommand, ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { manifestSchema } from '../../../functions/domain/listing/manifest.ts';
import { createListInstances } from '../../../functions/list-instances/list-instances.ts';
import { givenLock } from '../../support/bucket.ts';
import { instanceFacts, stamp, TARGET } from '../../support/builders.ts';
import {
  aContext,
  aListRequest,
  aRuntime,
  awsError,
  callOrder,
  contentOf,
  described,
  eventBus,
  grouped,
  instanceIds,
  ownListing,
  reported,
  stored,
} from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const resourceGroups = mockClient(ResourceGroupsClient);
const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);

const [FIRST = '', SECOND = '', THIRD = ''] = instanceIds(3);

const listIn = async (runtime: ReturnType<typeof aRuntime>, input = {}, context = aContext()) =>
  ownListing(await createListInstances(runtime)(aListRequest(input), context));
const list = (input = {}) => listIn(aRuntime('02:00:05'), input);

const manifest = () => {
  const put = s3.commandCalls(PutObjectCommand).find(({ args: [{ input }] }) => input.Key?.endsWith('manifest.json'));
  return manifestSchema.parse(contentOf(put?.args[0].input.Body));
};

const events = () =>
  eventBus.commandCalls(PutEventsCommand).flatMap(({ args: [{ input }] }) =>
    (input.Entries ?? []).map(({ Source, DetailType, Detail }) => ({
      Source,
      DetailType,
      detail: JSON.parse(Detail ?? '') as Record<string, unknown>,
    })),
  );

const TAKEN = { FailedEntryCount: 0, Entries: [{ EventId: 'event-1' }] };

beforeEach(() => {
  for (const mock of [ec2, resourceGroups, s3, ssm, eventBus]) mock.reset();
  eventBus.on(PutEventsCommand).resolves(TAKEN);
  ec2.on(DescribeInstanceAttributeCommand).resolves({ DisableApiStop: { Value: false } });
  ec2.on(DescribeInstancesCommand).resolves(
    described(
      instanceFacts({ instanceId: FIRST }),
      instanceFacts({ instanceId: SECOND, state: 'running' }),
      instanceFacts({
        instanceId: THIRD,
        stateReason: { code: 'Client.UserInitiatedHibernate', message: 'Client.UserInitiatedHibernate' },
      }),
    ),
  );
  ssm.on(DescribeInstanceInformationCommand).resolves(reported());
  resourceGroups.on(ListGroupResourcesCommand).resolves(grouped(FIRST, SECOND, THIRD));
  s3.on(PutObjectCommand).resolves({});
  givenLock(s3, null);
  s3.on(GetObjectCommand, { Bucket: 'amazon-ssm-eu-central-1', Key: 'latest/VERSION' }).resolves(stored(`${TARGET}\n`));
});

describe('what a group holds beside instances', () => {
  it('excludes nodes outside of EC2, asks EC2 nothing of them, and counts the rest', async () => {
    const other = (ResourceType: string, ResourceArn: string) => ({ Identifier: { ResourceType, ResourceArn } });
    resourceGroups.on(ListGroupResourcesCommand, { Group: 'dev' }).resolves({
      Resources: [
        other('AWS::SSM::ManagedInstance', 'arn:aws:ssm:eu-central-1:123456789012:managed-instance/mi-1'),
        other('AWS::S3::Bucket', 'arn:aws:s3:::logs'),
        ...(grouped(FIRST).Resources ?? []),
      ],
    });

    const { batches } = await list();

    expect(batches).toHaveLength(1);
    expect(manifest()).toMatchObject({
      otherResources: 1,
      instances: [
        { instanceId: FIRST, decision: 'take-part' },
        { instanceId: 'mi-1', group: 'dev', state: null, decision: 'excluded', reason: { code: 'not-an-instance' } },
      ],
    });
    expect(ec2).not.toHaveReceivedCommandWith(DescribeInstancesCommand, {
      Filters: [{ Name: 'instance-id', Values: expect.arrayContaining(['mi-1']) }],
    });
  });
});

describe('the event of a run that begins', () => {
  it('names those that will be woken, and the latest end, once the manifest is written', async () => {
    await list();

    expect(events()).toEqual([
      {
        Source: 'reveille',
        DetailType: 'Reveille Run Started',
        detail: {
          runId: 'run-1',
          stateMachine: 'reveille-update-agents',
          targetVersion: TARGET,
          instanceIds: [FIRST, THIRD],
          latestEndAt: stamp('07:00'),
          manifest: { bucket: 'reveille-bucket', key: 'runs/run-1/manifest.json' },
        },
      },
    ]);
    expect(callOrder(s3, eventBus).at(-1)).toBe('PutEvents');
  });

  it('is not sent of a dry run', async () => {
    await list({ dryRun: true });

    expect(events()).toEqual([]);
  });

  it.each([
    ['EventBridge refuses it', () => eventBus.on(PutEventsCommand).rejects(awsError('AccessDeniedException'))],
    [
      'EventBridge answers, and has not taken it',
      () =>
        eventBus
          .on(PutEventsCommand)
          .resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'sorry' }] }),
    ],
  ])('costs the run nothing where %s: the log says so', async (_, given) => {
    given();
    const runtime = aRuntime('02:00:05');

    const { batches } = await listIn(runtime);

    expect(batches[0]?.instances).toHaveLength(3);
    expect(runtime.logger.warn).toHaveBeenCalledWith(
      'an event could not be sent',
      expect.objectContaining({ runId: 'run-1' }),
    );
  });

  it('is left out where no time is left for it', async () => {
    const runtime = aRuntime('02:00:05');

    const { batches } = await listIn(runtime, {}, aContext({ remainingSeconds: 20 }));

    expect(batches[0]?.instances).toHaveLength(3);
    expect(events()).toEqual([]);
    expect(runtime.logger.warn).toHaveBeenCalledWith('no time was left for an event', expect.anything());
  });
});

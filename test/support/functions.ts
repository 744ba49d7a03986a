import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandOutput,
  EC2Client,
  type Instance,
} from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { ListGroupResourcesCommandOutput } from '@aws-sdk/client-resource-groups';
import { type GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { type CommandInvocation, type DescribeInstanceInformationCommandOutput, SSMClient } from '@aws-sdk/client-ssm';
import { type AwsClientStub, mockClient } from 'aws-sdk-client-mock';
import type { ClientOptions } from '../../functions/aws/sdk/clients.ts';
import type { AgentFacts, InstanceFacts } from '../../functions/domain/model/instance.ts';
import { LEASE_TAG } from '../../functions/domain/ownership/lease.ts';
import type { Invocation } from '../../functions/domain/work/work.ts';
import type { LeftToOtherRun, Listed } from '../../functions/list-instances/list-instances.ts';
import type { InvocationContext, Runtime } from '../../functions/runtime/runtime.ts';
import { aRun, at, wokenFacts } from './builders.ts';

/** What a function takes from outside, and what AWS answers it: for tests of one function alone. */

const ENVIRONMENT = {
  BUCKET_NAME: 'reveille-bucket',
  TOPIC_ARN: 'arn:aws:sns:eu-central-1:123456789012:reveille',
  MESSAGE_LANGUAGE: 'en',
  GROUPS: 'dev',
  TARGET_VERSION: 'latest',
  OPT_OUT_TAG: 'reveille:opt-out',
  SCHEDULE_TIMEZONE: 'UTC',
  BATCH_SIZE: '50',
  PARTITION: 'aws',
  STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:123456789012:stateMachine:reveille-update-agents',
  WINDOW_SECONDS: '14400',
  LISTINGS_MAX: '5',
  START_DEADLINE_SECONDS: '1800',
  READINESS_DEADLINE_SECONDS: '900',
  UPDATE_DEADLINE_SECONDS: '600',
  VERIFY_DEADLINE_SECONDS: '900',
  RESTORE_DEADLINE_SECONDS: '1800',
};

/** Every client that a function may have, answering nothing yet. */
export const mockClients = () => ({
  ec2: mockClient(EC2Client),
  s3: mockClient(S3Client),
  sfn: mockClient(SFNClient),
  sns: mockClient(SNSClient),
  ssm: mockClient(SSMClient),
});

/** EventBridge takes what it is sent, where a test says nothing else. */
export const eventBus = mockClient(EventBridgeClient);
eventBus.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'event-1' }] });

export const silentLogger = () => ({ info: jest.fn(), warn: jest.fn(), error: jest.fn() });

/** A runtime whose clock stands still at this time of the night. */
export const aRuntime = (time: string, environment: Record<string, string> = {}): Runtime => ({
  now: () => at(time),
  logger: silentLogger(),
  environment: { ...ENVIRONMENT, ...environment },
  clientOptions: {
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'test' },
  } satisfies ClientOptions,
});

/** Lambda's context: the first attempt, with all of its minute left. */
export const aContext = ({ attempt = 'attempt-1', remainingSeconds = 60 } = {}): InvocationContext => ({
  awsRequestId: attempt,
  getRemainingTimeInMillis: () => remainingSeconds * 1000,
});

/** Time for just so many more calls, then none. */
export const aContextWithTimeFor = (calls: number): InvocationContext => {
  let left = calls;
  return { awsRequestId: 'attempt-1', getRemainingTimeInMillis: () => (left-- > 0 ? 60_000 : 1000) };
};

/** An error as the SDK throws it. */
export const awsError = (name: string, message = `${name}!`, httpStatusCode = 400): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

export const throttled = () => awsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
export const noCapacity = () => awsError('InsufficientInstanceCapacity', 'Insufficient capacity.', 500);

const toEc2Instance = (facts: InstanceFacts): Instance => ({
  InstanceId: facts.instanceId,
  State: { Name: facts.state },
  RootDeviceType: facts.rootDeviceType === 'instance-store' ? 'instance-store' : 'ebs',
  Tags: Object.entries({ ...(facts.name === null ? {} : { Name: facts.name }), ...facts.tags }).map(([Key, Value]) => ({
    Key,
    Value,
  })),
  ...(facts.stateReason && { StateReason: { Code: facts.stateReason.code, Message: facts.stateReason.message } }),
  ...(facts.transitionReason && { StateTransitionReason: facts.transitionReason }),
  ...(facts.platform && { PlatformDetails: facts.platform }),
  ...(facts.architecture && { Architecture: facts.architecture as 'x86_64' }),
  RootDeviceName: '/dev/xvda',
  BlockDeviceMappings: facts.lacksRootVolume ? [] : [{ DeviceName: '/dev/xvda' }],
  ...(facts.zone && { Placement: { AvailabilityZone: facts.zone } }),
  ...(facts.launchTime && { LaunchTime: new Date(facts.launchTime) }),
  ...(facts.isSpot && { InstanceLifecycle: 'spot' as const }),
  ...(facts.instanceProfileArn && { IamInstanceProfile: { Arn: facts.instanceProfileArn } }),
  ...(facts.managedBy && { Operator: { Managed: true, Principal: facts.managedBy } }),
});

/** DescribeInstances' reply: one reservation for each instance. */
export const described = (...facts: InstanceFacts[]): DescribeInstancesCommandOutput => ({
  $metadata: {},
  Reservations: facts.map((one) => ({ Instances: [toEc2Instance(one)] })),
});

/** EC2 says of each instance that it is asked for that it is in this state. */
export const givenState = (ec2: AwsClientStub<EC2Client>, state: InstanceFacts['state']) =>
  ec2
    .on(DescribeInstancesCommand)
    .callsFake(({ InstanceIds }: { InstanceIds: string[] }) =>
      described(...InstanceIds.map((instanceId) => wokenFacts({ instanceId, state }))),
    );

/** DescribeInstanceInformation's reply. */
export const reported = (...agents: AgentFacts[]): DescribeInstanceInformationCommandOutput => ({
  $metadata: {},
  InstanceInformationList: agents.map(({ instanceId, pingStatus, lastPingAt, version }) => ({
    InstanceId: instanceId,
    PingStatus: pingStatus === 'Online' ? 'Online' : 'ConnectionLost',
    ...(lastPingAt && { LastPingDateTime: new Date(lastPingAt) }),
    ...(version && { AgentVersion: version }),
  })),
});

/** An invocation in ListCommandInvocations' reply. */
export const listed = ({ output, startedAt, endedAt, ...invocation }: Invocation): CommandInvocation => ({
  CommandId: invocation.commandId,
  InstanceId: invocation.instanceId,
  Status: invocation.status as NonNullable<CommandInvocation['Status']>,
  StatusDetails: invocation.statusDetails,
  CommandPlugins: [
    {
      Output: output,
      ...(startedAt && { ResponseStartDateTime: new Date(startedAt) }),
      ...(endedAt && { ResponseFinishDateTime: new Date(endedAt) }),
    },
  ],
});

/** ListGroupResources' reply. */
export const grouped = (...ids: string[]): ListGroupResourcesCommandOutput => ({
  $metadata: {},
  Resources: ids.map((id) => ({
    Identifier: {
      ResourceArn: `arn:aws:ec2:eu-central-1:123456789012:instance/${id}`,
      ResourceType: 'AWS::EC2::Instance',
    },
  })),
});

/** What the state machine hands to ListInstances first. */
export const aListRequest = (input: Record<string, unknown> = {}) => ({
  input,
  listing: 0,
  executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:reveille-update-agents:run-1',
  startedAt: aRun().startedAt,
});

/** GetObject's reply. */
export const stored = (content: unknown): GetObjectCommandOutput => {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const Body = { transformToString: async () => text } as unknown as NonNullable<GetObjectCommandOutput['Body']>;
  return { $metadata: {}, Body };
};

export const noSuchKey = () => awsError('NoSuchKey', 'The specified key does not exist.', 404);

/** A body that PutObject was given, read again. */
export const contentOf = (body: unknown): unknown => JSON.parse(String(body));

/** Tags that carry this lease. */
export const leased = (value: string): Record<string, string> => ({ [LEASE_TAG]: value });

/** `count` different instance IDs, in order. */
export const instanceIds = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `i-${String(index + 1).padStart(17, '0')}`);

interface Recorded {
  calls(): { args: unknown[]; calledBefore(other: never): boolean }[];
}

/** The names of all calls to several clients, in the order in which they were made. */
export const callOrder = (...mocks: Recorded[]): string[] =>
  mocks
    .flatMap((mock) => mock.calls())
    .sort((one, other) => (one.calledBefore(other as never) ? -1 : 1))
    .map(({ args: [command] }) => (command as object).constructor.name.replace(/Command$/, ''));

/** The reply of a ListInstances whose run does its own work. */
export function ownListing(reply: Listed | LeftToOtherRun): Listed {
  if (!('doneBy' in reply)) return reply;
  throw new Error(`left to run ${reply.doneBy}: ${reply.claim}`);
}

import { DeleteTagsCommand, DescribeInstancesCommand, type EC2Client, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { ListCommandInvocationsCommand, ListCommandsCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { AwsClientStub } from 'aws-sdk-client-mock';
import type { InstanceFacts } from '../../functions/domain/model/instance.ts';
import type { StartRecord } from '../../functions/domain/ownership/start-record.ts';
import { createReconcileLeases } from '../../functions/reconcile-leases/reconcile-leases.ts';
import { executionArnOf, givenLock, givenNoNeighbours, givenRecords, rememberLock } from './bucket.ts';
import { at } from './builders.ts';
import { aContext, aRuntime, described } from './functions.ts';

/** What ReconcileLeases is given, and what it sees: the night in which run-1 was aborted at 02:30. */

export interface Mocks {
  ec2: AwsClientStub<EC2Client>;
  s3: AwsClientStub<S3Client>;
  sfn: AwsClientStub<SFNClient>;
  sns: AwsClientStub<SNSClient>;
  ssm: AwsClientStub<SSMClient>;
}

export const SCHEDULE = { trigger: 'schedule' } as const;
/** EventBridge's event of that abort. */
export const ABORTED = {
  version: '0',
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: { executionArn: executionArnOf('run-1'), status: 'ABORTED' },
} as const;

/** It answers to everything, run and child ended at 02:30, and no one else is at work. */
export function givenAbortedRun({ ec2, s3, sfn, sns, ssm }: Mocks): void {
  for (const mock of [ec2, s3, sfn, sns, ssm]) mock.reset();
  ec2.on(DescribeInstancesCommand).resolves(described());
  ec2.on(StopInstancesCommand).resolves({});
  ec2.on(DeleteTagsCommand).resolves({});
  s3.on(PutObjectCommand).resolves({});
  s3.on(DeleteObjectCommand).resolves({});
  sfn.on(DescribeExecutionCommand).resolves({ status: 'ABORTED', stopDate: at('02:30') });
  sns.on(PublishCommand).resolves({});
  ssm.on(ListCommandsCommand).resolves({});
  ssm.on(ListCommandInvocationsCommand).resolves({});
  givenNoNeighbours(ssm);
  givenRecords(s3);
  givenLock(s3, null);
  rememberLock(s3);
}

/** These instances carry a lease tag, and these records are in the bucket; the lock is free. */
export function givenCarriers({ ec2, s3 }: Mocks, facts: InstanceFacts[], records: StartRecord[]): void {
  ec2.on(DescribeInstancesCommand).resolves(described(...facts));
  givenRecords(s3, ...records);
  givenLock(s3, null);
}

export const metrics = { addMetric: jest.fn(), publishStoredMetrics: jest.fn() };
/** The metrics of the last pass, by name. */
export const measured = (): Record<string, number> =>
  Object.fromEntries(metrics.addMetric.mock.calls.map(([name, , value]) => [name, value]));

export const reconcile = (time: string, event: unknown = SCHEDULE, context = aContext({ attempt: 'pass-1' })) =>
  createReconcileLeases(aRuntime(time), metrics)(event, context);

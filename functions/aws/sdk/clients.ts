import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AdaptiveRetryStrategy } from '@smithy/core/retry';
import { lacksCapacity } from '../../domain/model/aws-errors.ts';

export type { EC2Client, EventBridgeClient, ResourceGroupsClient, SFNClient, SNSClient, SSMClient };

/**
 * The parts of a client's configuration that every client takes. Lambda's own environment gives region and credentials;
 * the embedded account gives them and its `requestHandler`.
 */
export type ClientOptions = Pick<S3ClientConfig, 'region' | 'credentials' | 'requestHandler'>;

/** One call and five retries, with up to 3 s between them in all; 15.5 s where AWS throttles. Adaptive: slows down by itself under throttling. */
const MAX_ATTEMPTS = 6;

/**
 * A silent connection must not eat the function's time: a try of 8 s and the pauses between six tries fit into half of it.
 * Without `throwOnRequestTimeout`, a time-out of the request is only a warning.
 */
export const REQUEST_TIMEOUT_SECONDS = 8;

const requestHandler = {
  connectionTimeout: 3_000,
  requestTimeout: REQUEST_TIMEOUT_SECONDS * 1000,
  throwOnRequestTimeout: true,
};

const patient = { retryMode: 'adaptive', maxAttempts: MAX_ATTEMPTS, requestHandler } as const;

/**
 * EC2 says that it lacks capacity with a server error, which the SDK would try again at once; capacity comes back in
 * minutes (docs/aws-behaviour.md 18), so that is the state machine's to wait for.
 */
class CapacityAwareRetryStrategy extends AdaptiveRetryStrategy {
  override async refreshRetryTokenForRetry(...args: Parameters<AdaptiveRetryStrategy['refreshRetryTokenForRetry']>) {
    const { error } = args[1];
    if (error instanceof Error && lacksCapacity(error.name)) throw error;
    return super.refreshRetryTokenForRetry(...args);
  }
}

export const createEc2Client = (options: ClientOptions = {}): EC2Client =>
  new EC2Client({
    requestHandler,
    retryStrategy: new CapacityAwareRetryStrategy(async () => MAX_ATTEMPTS),
    ...options,
  });

export const createSsmClient = (options: ClientOptions = {}): SSMClient => new SSMClient({ ...patient, ...options });

export const createResourceGroupsClient = (options: ClientOptions = {}): ResourceGroupsClient =>
  new ResourceGroupsClient({ ...patient, ...options });

export const createS3Client = (options: ClientOptions = {}): S3Client => new S3Client({ ...patient, ...options });

/** For what a function can do without: two tries, which take 23 s at most, and no more of its time. */
export const createHastyS3Client = (options: ClientOptions = {}): S3Client =>
  new S3Client({ ...patient, maxAttempts: 2, ...options });

export const createSnsClient = (options: ClientOptions = {}): SNSClient => new SNSClient({ ...patient, ...options });

/** For what a function can do without, too: two tries of three seconds. */
export const createHastyEventsClient = (options: ClientOptions = {}): EventBridgeClient =>
  new EventBridgeClient({
    retryMode: 'adaptive',
    maxAttempts: 2,
    requestHandler: { ...requestHandler, requestTimeout: 3_000 },
    ...options,
  });

export const createSfnClient = (options: ClientOptions = {}): SFNClient => new SFNClient({ ...patient, ...options });

import { EC2Client } from '@aws-sdk/client-ec2';
import { ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';

/**
 * The parts of a client's configuration that every client takes. Lambda's own environment gives region and credentials;
 * the embedded account gives them and its `requestHandler`.
 */
export type ClientOptions = Pick<S3ClientConfig, 'region' | 'credentials' | 'requestHandler'>;

/** Adaptive: slows down by itself under throttling. Below Lambda's 60 s even if every attempt is slow. */
const patient = { retryMode: 'adaptive', maxAttempts: 6 } as const;

export const createEc2Client = (options: ClientOptions = {}): EC2Client => new EC2Client({ ...patient, ...options });
export const createSsmClient = (options: ClientOptions = {}): SSMClient => new SSMClient({ ...patient, ...options });
export const createResourceGroupsClient = (options: ClientOptions = {}): ResourceGroupsClient =>
  new ResourceGroupsClient({ ...patient, ...options });
export const createS3Client = (options: ClientOptions = {}): S3Client => new S3Client({ ...patient, ...options });
export const createSnsClient = (options: ClientOptions = {}): SNSClient => new SNSClient({ ...patient, ...options });

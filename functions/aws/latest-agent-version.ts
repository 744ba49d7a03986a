import type { S3Client } from '@aws-sdk/client-s3';
import { agentVersionSchema } from '../domain/model/agent-version.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { readObject } from './bucket.ts';
import { describeFailure } from './sdk/failures.ts';

/**
 * The newest agent version that this region has: the object that AWS itself keeps (docs/aws-behaviour.md 2).
 * @throws UnknownAgentVersion if it is missing, may not be read, or is not a version
 */
export async function readLatestAgentVersion(s3: S3Client, region: string): Promise<string> {
  const bucket = `amazon-ssm-${region}`;
  const refuse = (why: string) => new ReveilleError('UnknownAgentVersion', `s3://${bucket}/latest/VERSION: ${why}`);
  const found = await readObject(s3, bucket, 'latest/VERSION').catch((error: unknown) => {
    const { code, message } = describeFailure(error);
    if (code !== 'AccessDenied') throw error;
    // We may not list AWS's bucket, so S3 says so of a missing key, too (docs/aws-behaviour.md 34).
    throw refuse(`access was denied, so it may not be read, or is missing: ${message}`);
  });
  if (found === null) throw refuse('it is missing');
  const text = found.value.trim();
  const parsed = agentVersionSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw refuse(`it says "${text.slice(0, 40)}"`);
}

import type { S3Client } from '@aws-sdk/client-s3';
import { agentVersionSchema } from '../domain/model/agent-version.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { readObject } from './bucket.ts';
import { describeFailure } from './sdk/failures.ts';

/** We may not list AWS's bucket, so a missing key there answers AccessDenied (docs/aws-behaviour.md 34). */
async function readVersionObject(s3: S3Client, region: string): Promise<string | null> {
  try {
    return (await readObject(s3, `amazon-ssm-${region}`, 'latest/VERSION'))?.value ?? null;
  } catch (error) {
    if (describeFailure(error).code === 'AccessDenied') return null;
    throw error;
  }
}

/**
 * The newest agent version that this region has: the object that AWS itself keeps (docs/aws-behaviour.md 2).
 * @throws UnknownAgentVersion if it is missing or is not a version
 */
export async function readLatestAgentVersion(s3: S3Client, region: string): Promise<string> {
  const text = await readVersionObject(s3, region);
  const parsed = agentVersionSchema.safeParse(text?.trim());
  if (parsed.success) return parsed.data;
  const said = text === null ? 'it is missing, or may not be read' : `it says "${text.trim().slice(0, 40)}"`;
  throw new ReveilleError('UnknownAgentVersion', `s3://amazon-ssm-${region}/latest/VERSION: ${said}`);
}

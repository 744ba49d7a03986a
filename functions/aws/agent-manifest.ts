import type { S3Client } from '@aws-sdk/client-s3';
import { type AgentManifest, agentManifestSchema } from '../domain/listing/agent-manifest.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { readObject } from './bucket.ts';

/**
 * Which versions of the agent this region has, by file (docs/aws-behaviour.md 122). It has some megabytes.
 * @throws UnexpectedReply if it is missing, or is no manifest
 */
export async function readAgentManifest(s3: S3Client, region: string): Promise<AgentManifest> {
  const found = await readObject(s3, `amazon-ssm-${region}`, 'ssm-agent-manifest.json');
  if (found === null) throw new ReveilleError('UnexpectedReply', 'ssm-agent-manifest.json: it is missing');
  const parsed = agentManifestSchema.safeParse(JSON.parse(found.value));
  if (!parsed.success) throw new ReveilleError('UnexpectedReply', 'ssm-agent-manifest.json: it is no manifest');
  return parsed.data;
}

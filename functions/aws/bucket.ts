import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { ReveilleError } from '../domain/errors.ts';
import { agentVersionSchema } from '../domain/versions.ts';
import { describeFailure } from './failures.ts';

/** The run's files: JSON objects in the one bucket. */
export interface Bucket {
  /** Writes, replacing what is there. */
  put(key: string, value: unknown): Promise<void>;
  /** Writes only if the key is new. @returns false if it was there already */
  putOnce(key: string, value: unknown): Promise<boolean>;
  /** Keys that begin with the prefix, at most so many. */
  list(prefix: string, keysMax: number): Promise<string[]>;
  /** @returns null if there is no such key. @throws UnexpectedReply if the content doesn't fit the schema */
  get<T>(key: string, schema: z.ZodType<T>): Promise<T | null>;
}

export function createBucket(s3: S3Client, name: string): Bucket {
  const write = (key: string, value: unknown, condition: { IfNoneMatch?: string } = {}) =>
    s3.send(
      new PutObjectCommand({
        Bucket: name,
        Key: key,
        Body: JSON.stringify(value, null, 2),
        ContentType: 'application/json',
        ...condition,
      }),
    );
  return {
    async put(key, value) {
      await write(key, value);
    },
    async putOnce(key, value) {
      try {
        await write(key, value, { IfNoneMatch: '*' });
        return true;
      } catch (error) {
        if (describeFailure(error).code === 'PreconditionFailed') return false;
        throw error;
      }
    },
    async list(prefix, keysMax) {
      const keys: string[] = [];
      const pages = paginateListObjectsV2({ client: s3 }, { Bucket: name, Prefix: prefix });
      for await (const { Contents = [] } of pages) {
        keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
        if (keys.length >= keysMax) break;
      }
      return keys.slice(0, keysMax);
    },
    async get(key, schema) {
      const text = await readObject(s3, name, key);
      return text === null ? null : parseContent(text, key, schema);
    },
  };
}

async function readObject(s3: S3Client, bucket: string, key: string): Promise<string | null> {
  try {
    const reply = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await reply.Body?.transformToString()) ?? '';
  } catch (error) {
    if (describeFailure(error).code === 'NoSuchKey') return null;
    throw error;
  }
}

function parseContent<T>(text: string, key: string, schema: z.ZodType<T>): T {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new ReveilleError('UnexpectedReply', `${key} is not JSON`, { cause: error });
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw new ReveilleError('UnexpectedReply', `${key}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** We may not list AWS's bucket, so a missing key there answers AccessDenied (docs/aws-behaviour.md 34). */
async function readVersionObject(s3: S3Client, region: string): Promise<string | null> {
  try {
    return await readObject(s3, `amazon-ssm-${region}`, 'latest/VERSION');
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

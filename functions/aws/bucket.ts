import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { ReveilleError } from '../domain/model/errors.ts';
import { parsePlainly } from '../domain/model/plain-words.ts';
import { validationMessage } from '../domain/model/validation-message.ts';
import { describeFailure } from './sdk/failures.ts';

/** An object's content, and the mark of this version of it. */
export interface Versioned<T> {
  value: T;
  etag: string;
}

/** The run's files in the one bucket: JSON objects, and the page of each report. */
export interface Bucket {
  /** Writes, replacing what is there. */
  put(key: string, value: unknown): Promise<void>;
  /** Writes a page of HTML, replacing what is there. */
  putPage(key: string, page: string): Promise<void>;
  /** Writes only if the key is new. @returns the mark of what was written; null if it was there already */
  putOnce(key: string, value: unknown): Promise<string | null>;
  /** Writes only if the object is still this version. @returns false if it is another, or gone */
  putIfSame(key: string, value: unknown, etag: string): Promise<boolean>;
  /** Deletes only if the object is still this version. It is no error if it is another one, or gone. */
  deleteIfSame(key: string, etag: string): Promise<void>;
  /** Deletes. It is no error if the object is gone already. */
  delete(key: string): Promise<void>;
  /** All keys that begin with the prefix: a list that is cut off can't be told from a whole one, and would hide the rest. */
  list(prefix: string): Promise<string[]>;
  /** @returns null if there is no such key. @throws UnexpectedReply if the content doesn't fit the schema */
  get<T>(key: string, schema: z.ZodType<T>): Promise<T | null>;
  /** The same, with the mark of its version. */
  getVersioned<T>(key: string, schema: z.ZodType<T>): Promise<Versioned<T> | null>;
}

/** Answers to a condition that does not hold, of writes and of deletes (docs/aws-behaviour.md 34). */
const NOT_THE_SAME = new Set(['PreconditionFailed', 'NoSuchKey']);

export function createBucket(s3: S3Client, name: string): Bucket {
  const write = (key: string, value: unknown, condition: { IfNoneMatch?: string; IfMatch?: string } = {}) =>
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
    async putPage(key, page) {
      await s3.send(
        new PutObjectCommand({ Bucket: name, Key: key, Body: page, ContentType: 'text/html; charset=utf-8' }),
      );
    },
    async putOnce(key, value) {
      const reply = await ifMet(() => write(key, value, { IfNoneMatch: '*' }));
      return reply === null ? null : (reply.ETag ?? '');
    },
    putIfSame: async (key, value, etag) => (await ifMet(() => write(key, value, { IfMatch: etag }))) !== null,
    async deleteIfSame(key, etag) {
      await ifMet(() => s3.send(new DeleteObjectCommand({ Bucket: name, Key: key, IfMatch: etag })));
    },
    async delete(key) {
      await s3.send(new DeleteObjectCommand({ Bucket: name, Key: key }));
    },
    async list(prefix) {
      const keys: string[] = [];
      const pages = paginateListObjectsV2({ client: s3 }, { Bucket: name, Prefix: prefix });
      for await (const { Contents = [] } of pages) {
        keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
      }
      return keys;
    },
    async get(key, schema) {
      const found = await readObject(s3, name, key);
      return found === null ? null : parseContent(found.value, key, schema);
    },
    async getVersioned(key, schema) {
      const found = await readObject(s3, name, key);
      return found === null ? null : { value: parseContent(found.value, key, schema), etag: found.etag };
    },
  };
}

/** What stands under one key can't be had: it does not fit its schema, or S3 refuses it. To ask again is no use. */
export const isUnreadable = (error: unknown): boolean =>
  (error instanceof ReveilleError && error.name === 'UnexpectedReply') || describeFailure(error).isRefusal;

/** The reply to a conditional call; null if its condition did not hold. */
async function ifMet<Reply>(call: () => Promise<Reply>): Promise<Reply | null> {
  try {
    return await call();
  } catch (error) {
    if (NOT_THE_SAME.has(describeFailure(error).code)) return null;
    throw error;
  }
}

export async function readObject(s3: S3Client, bucket: string, key: string): Promise<Versioned<string> | null> {
  try {
    const { Body, ETag = '' } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { value: (await Body?.transformToString()) ?? '', etag: ETag };
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
  const parsed = parsePlainly(schema, content);
  if (!parsed.success) throw new ReveilleError('UnexpectedReply', `${key}: ${validationMessage(parsed.error)}`);
  return parsed.data;
}

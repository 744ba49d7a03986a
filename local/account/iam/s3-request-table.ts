import { type Asks, ask, asks } from './access-request.ts';
import type { Context } from './conditions.ts';
import type { AccessRequest } from './policy.ts';

/** A request of S3, as far as IAM looks at it. */
export interface S3Asked {
  bucket: string;
  key: string;
  query: Record<string, string>;
  headers: Record<string, string>;
}

const bucketArn = ({ bucket }: S3Asked): string => `arn:aws:s3:::${bucket}`;

const onObject = (action: string, asked: S3Asked): AccessRequest => ask(action, `${bucketArn(asked)}/${asked.key}`);

/**
 * That a key is missing is told only to a principal that may list the bucket (docs/aws-behaviour.md 34). Nothing is listed, so the
 * request has no s3:prefix, and a permission to list under a prefix does not help.
 */
const read = asks<S3Asked>((asked, { objects }) => {
  const get = onObject('s3:GetObject', asked);
  if (objects.has(asked.bucket, asked.key)) return [get];
  return [get, ask('s3:ListBucket', bucketArn(asked))];
});

/** A write that depends on what is there by its ETag reads that, too (docs/aws-behaviour.md 34). */
const write = (action: string): Asks =>
  asks<S3Asked>((asked) => {
    const match = asked.headers['if-match'] ?? '*';
    const own = onObject(action, asked);
    return match === '*' ? [own] : [own, onObject('s3:GetObject', asked)];
  });

const list = asks<S3Asked>((asked) => {
  const { prefix } = asked.query;
  const context: Context = (key) => (key === 's3:prefix' && prefix !== undefined ? [prefix] : undefined);
  return [ask('s3:ListBucket', bucketArn(asked), context)];
});

export const s3Requests: Record<string, Asks> = {
  PutObject: write('s3:PutObject'),
  GetObject: read,
  HeadObject: read,
  DeleteObject: write('s3:DeleteObject'),
  ListObjectsV2: list,
};

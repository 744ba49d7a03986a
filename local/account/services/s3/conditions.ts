import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ServiceError } from '../../wire/service-error.ts';
import type { StoredObject } from './object-store.ts';

export const noSuchKey = () => new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);

const preconditionFailed = () =>
  new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);

type Headers = Record<string, string>;

const bare = (etag: string) => etag.trim().replace(/^W\//, '').replaceAll('"', '');

/** Whether a header with one or several ETags, or *, means this object. */
const means = (header: string, { etag }: StoredObject): boolean =>
  header.split(',').some((one) => bare(one) === '*' || bare(one) === bare(etag));

/** For writes: If-None-Match: * wants it absent; If-Match wants it present and the same. */
export function assertMayWrite(headers: Headers, existing: StoredObject | undefined): void {
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw new ServiceError('NotImplemented', 'If-None-Match takes only *', 501);
  }
  if (noneMatch === '*' && existing !== undefined) throw preconditionFailed();
  const match = headers['if-match'];
  if (match === undefined) return;
  if (existing === undefined) throw noSuchKey();
  if (!means(match, existing)) throw preconditionFailed();
}

/**
 * For reads.
 * @returns whether the caller has it already: then the answer is 304
 */
export function isUnmodified(headers: Headers, existing: StoredObject): boolean {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match !== undefined && !means(match, existing)) throw preconditionFailed();
  return noneMatch !== undefined && means(noneMatch, existing);
}

const hash = (algorithm: string) => (body: Buffer) => createHash(algorithm).update(body).digest('base64');

/** Node has no CRC32C and no CRC64NVME: these are taken as they come. */
const digests: Record<string, { words: string; of(body: Buffer): string }> = {
  'content-md5': { words: 'Content-MD5', of: hash('md5') },
  'x-amz-checksum-sha1': { words: 'SHA1', of: hash('sha1') },
  'x-amz-checksum-sha256': { words: 'SHA256', of: hash('sha256') },
  'x-amz-checksum-crc32': {
    words: 'CRC32',
    of(body) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(crc32(body));
      return bytes.toString('base64');
    },
  },
};

/** @throws BadDigest if the body is not what its sender says that it is */
export function assertDigests(headers: Headers, body: Buffer): void {
  for (const [name, { words, of }] of Object.entries(digests)) {
    const said = headers[name];
    if (said === undefined || said === of(body)) continue;
    throw new ServiceError('BadDigest', `The ${words} you specified did not match what we received.`);
  }
}

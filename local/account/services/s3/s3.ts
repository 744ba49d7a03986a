import { createHash } from 'node:crypto';
import type { WireRequest, WireResponse } from '../../wire/http.ts';
import { ServiceError } from '../../wire/service-error.ts';
import { document, element } from '../../wire/xml.ts';
import { assertDigests, assertMayWrite, isUnmodified, noSuchKey } from './conditions.ts';
import { listObjects } from './list.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';

const BODY_BYTES_MAX = 10 * 1024 * 1024;

const KEY_BYTES_MAX = 1024;

const xml = { 'content-type': 'application/xml' };

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new ServiceError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

/** `bucket.s3.region.amazonaws.com/key`, or `s3.region.amazonaws.com/bucket/key`, or any other host with a path. */
function locate({ hostname, path }: WireRequest): { bucket: string; key: string } {
  const decoded = decode(path).replace(/^\//, '');
  const host = /^(?<bucket>.+)\.s3[.-]/.exec(hostname)?.groups?.['bucket'];
  if (host !== undefined) return { bucket: host, key: decoded };
  const [bucket = '', ...key] = decoded.split('/');
  return { bucket, key: key.join('/') };
}

const OPERATIONS: Record<string, string> = {
  PUT: 'PutObject',
  GET: 'GetObject',
  HEAD: 'HeadObject',
  DELETE: 'DeleteObject',
};

export function route(request: WireRequest) {
  const { bucket, key } = locate(request);
  if (key === '') {
    const lists = request.method === 'GET' && request.query['list-type'] === '2';
    return { operation: lists ? 'ListObjectsV2' : `${request.method} on a bucket`, bucket, key };
  }
  return { operation: OPERATIONS[request.method] ?? request.method, bucket, key };
}

/** What a request may say beside its key: anything else would be ignored, and is refused instead. */
const QUERY_KNOWN = new Set([
  'x-id',
  'list-type',
  'prefix',
  'delimiter',
  'encoding-type',
  'max-keys',
  'continuation-token',
  'start-after',
]);

/** Its operations, with the headers and query parameters that they know. */
export const S3_OPERATIONS: Record<string, string[]> = {
  PutObject: ['If-None-Match', 'If-Match', 'Content-Type'],
  GetObject: ['If-Match', 'If-None-Match'],
  HeadObject: ['If-Match', 'If-None-Match'],
  DeleteObject: ['If-Match'],
  ListObjectsV2: [...QUERY_KNOWN].filter((name) => name !== 'x-id'),
};

const HEADERS_KNOWN =
  /^x-amz-(date|content-sha256|user-agent|security-token|sdk-checksum-algorithm|checksum-[\w-]+|te)$/;

const HEADERS_UNKNOWN = new Set(['range', 'if-modified-since', 'if-unmodified-since']);

function assertKnown({ query, headers }: WireRequest): void {
  const unknown = [
    ...Object.keys(query).filter((name) => !QUERY_KNOWN.has(name)),
    ...Object.keys(headers).filter(
      (name) => HEADERS_UNKNOWN.has(name) || (name.startsWith('x-amz-') && !HEADERS_KNOWN.test(name)),
    ),
  ];
  if (unknown.length === 0) return;
  const message = `A header or query you provided implies functionality that is not implemented: ${unknown.join(', ')}`;
  throw new ServiceError('NotImplemented', message, 501);
}

export const s3Error = ({ code, message, statusCode }: ServiceError, requestId: string): WireResponse => ({
  statusCode,
  headers: { ...xml, 'x-amz-request-id': requestId },
  body: document(element('Error', { Code: code, Message: message, RequestId: requestId })),
});

const empty = (headers: Record<string, string> = {}, statusCode = 200): WireResponse => ({
  statusCode,
  headers,
  body: Buffer.alloc(0),
});

/** @param pageSizeMax no page of a listing has more than this */
export function createObjectStore(pageSizeMax = Number.POSITIVE_INFINITY): ObjectStore {
  const buckets = new Map<string, Map<string, StoredObject>>();
  const objectsOf = (bucket: string) => {
    const objects = buckets.get(bucket);
    if (objects === undefined) throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404);
    return objects;
  };
  const store = (bucket: string, key: string, given: Pick<StoredObject, 'body' | 'contentType'>, now: number) => {
    const etag = `"${createHash('md5').update(given.body).digest('hex')}"`;
    objectsOf(bucket).set(key, { ...given, etag, modifiedAt: now });
    return etag;
  };

  return {
    create: (bucket) => void buckets.set(bucket, buckets.get(bucket) ?? new Map()),
    put: (bucket, key, body, now) =>
      void store(bucket, key, { body: Buffer.from(body), contentType: 'text/plain' }, now),
    read: (bucket, key) => buckets.get(bucket)?.get(key)?.body.toString() ?? null,
    has: (bucket, key) => buckets.get(bucket)?.has(key) ?? false,
    keys: (bucket) => [...(buckets.get(bucket)?.keys() ?? [])].sort(),
    route,
    handle(request, now) {
      const { operation, bucket, key } = route(request);
      assertKnown(request);
      const existing = objectsOf(bucket).get(key);
      switch (operation) {
        case 'ListObjectsV2':
          return listObjects(request, { name: bucket, objects: objectsOf(bucket), pageSizeMax });
        case 'PutObject':
          if (request.body.length > BODY_BYTES_MAX) {
            throw new ServiceError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
          }
          if (Buffer.byteLength(key) > KEY_BYTES_MAX) {
            throw new ServiceError('KeyTooLongError', 'Your key is too long');
          }
          assertDigests(request.headers, request.body);
          assertMayWrite(request.headers, existing);
          return empty({
            etag: store(
              bucket,
              key,
              { body: request.body, contentType: request.headers['content-type'] ?? 'binary/octet-stream' },
              now,
            ),
          });
        case 'GetObject':
        case 'HeadObject': {
          // To a HEAD nothing is said but the status.
          if (existing === undefined && operation === 'HeadObject') return empty({}, 404);
          if (existing === undefined) throw noSuchKey();
          const { body, etag, contentType, modifiedAt } = existing;
          const headers = {
            etag,
            'content-type': contentType,
            'content-length': String(body.length),
            'last-modified': new Date(modifiedAt).toUTCString(),
          };
          if (isUnmodified(request.headers, existing))
            return empty({ etag, 'last-modified': headers['last-modified'] }, 304);
          return { statusCode: 200, headers, body: operation === 'GetObject' ? body : Buffer.alloc(0) };
        }
        case 'DeleteObject':
          assertMayWrite(request.headers, existing);
          objectsOf(bucket).delete(key);
          return empty({}, 204);
        default:
          throw new ServiceError('MethodNotAllowed', `The embedded account does not know ${operation}`, 405);
      }
    },
  };
}

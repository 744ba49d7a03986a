import type { WireRequest, WireResponse } from '../../wire/http.ts';
import { ServiceError } from '../../wire/service-error.ts';
import { document, element, type XmlValue } from '../../wire/xml.ts';
import type { StoredObject } from './object-store.ts';

const KEYS_MAX = 1000;

const NAMESPACE = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

const TOKEN_PREFIX = 'after:';

/** Where a listing goes on: after the entry that the token names. */
function continueAfter(query: Record<string, string>): string {
  const token = query['continuation-token'];
  if (token === undefined) return query['start-after'] ?? '';
  const text = Buffer.from(token, 'base64url').toString();
  if (text.startsWith(TOKEN_PREFIX)) return text.slice(TOKEN_PREFIX.length);
  throw new ServiceError('InvalidArgument', 'The continuation token provided is incorrect');
}

/** What stands for a key in a listing: itself, or, up to the first delimiter behind the prefix, the "folder" it is in. */
function entryOf(key: string, prefix: string, delimiter: string): string {
  const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return end < 0 ? key : key.slice(0, end + delimiter.length);
}

/** S3's order is that of UTF-8; the order of JavaScript's texts differs from it beyond U+FFFF. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A number of keys, as the query gives it. */
function maxKeys(query: Record<string, string>): number {
  const text = query['max-keys'] ?? String(KEYS_MAX);
  if (!/^\d{1,9}$/.test(text))
    throw new ServiceError('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  return Math.min(Number(text), KEYS_MAX);
}

/** ListObjectsV2: a page of keys, those behind a delimiter gathered into common prefixes. */
export function listObjects(
  { query }: WireRequest,
  { name, objects, pageSizeMax }: { name: string; objects: ReadonlyMap<string, StoredObject>; pageSizeMax: number },
): WireResponse {
  const { prefix = '', delimiter = '' } = query;
  const encoding = query['encoding-type'];
  if (encoding !== undefined && encoding !== 'url')
    throw new ServiceError('InvalidArgument', 'Invalid Encoding Method specified in Request');
  const encode = (text: string) => (encoding === 'url' ? encodeURIComponent(text).replaceAll('%2F', '/') : text);
  const max = maxKeys(query);
  const after = continueAfter(query);
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix));
  const entries = [...new Set(keys.map((key) => entryOf(key, prefix, delimiter)))]
    .filter((entry) => byBytes(entry, after) > 0)
    .sort(byBytes);
  const page = entries.slice(0, Math.min(max, pageSizeMax));
  const last = page.at(-1);
  const isTruncated = last !== undefined && entries.length > page.length;

  const contents = page.flatMap((key) => {
    const object = objects.get(key);
    if (object === undefined) return [];
    const entry: XmlValue = {
      Key: encode(key),
      LastModified: new Date(object.modifiedAt).toISOString(),
      ETag: object.etag,
      Size: object.body.length,
      StorageClass: 'STANDARD',
    };
    return [element('Contents', entry)];
  });
  const folders = page
    .filter((entry) => !objects.has(entry))
    .map((entry) => element('CommonPrefixes', { Prefix: encode(entry) }));
  const head: Record<string, XmlValue> = {
    Name: name,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    EncodingType: encoding,
    KeyCount: page.length,
    MaxKeys: max,
    IsTruncated: isTruncated,
    ContinuationToken: query['continuation-token'],
    NextContinuationToken: isTruncated ? Buffer.from(`${TOKEN_PREFIX}${last}`).toString('base64url') : undefined,
    StartAfter: query['start-after'],
  };
  const inner = Object.entries(head).map(([field, value]) => element(field, value));
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/xml' },
    body: document(`<ListBucketResult${NAMESPACE}>${[...inner, ...contents, ...folders].join('')}</ListBucketResult>`),
  };
}

import type { WireRequest, WireResponse } from '../../wire/http.ts';

export interface StoredObject {
  body: Buffer;
  etag: string;
  modifiedAt: number;
  contentType: string;
}

/** Buckets by name; objects by key. */
export interface ObjectStore {
  create(bucket: string): void;
  put(bucket: string, key: string, body: Buffer | string, now: number): void;
  read(bucket: string, key: string): string | null;
  has(bucket: string, key: string): boolean;
  keys(bucket: string): string[];
  /** Which operation a request is, and its bucket and key. */
  route(request: WireRequest): { operation: string; bucket: string; key: string };
  handle(request: WireRequest, now: number): WireResponse;
}

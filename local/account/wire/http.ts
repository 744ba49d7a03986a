/** A request as both doors bring it. */
export interface WireRequest {
  method: string;
  hostname: string;
  path: string;
  query: Record<string, string>;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
}

export interface WireResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: Buffer;
}

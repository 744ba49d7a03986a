import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Account } from '../account/account.ts';
import type { WireRequest, WireResponse } from '../account/wire/http.ts';
import { ServiceError } from '../account/wire/service-error.ts';
import { refuseUnsigned } from './authorization.ts';
import { decodeChunks } from './aws-chunked.ts';
import { MAIL_PATH, mailPage } from './mail.ts';

const HOST = '127.0.0.1';

const BODY_BYTES_MAX = 10 * 1024 * 1024;

export interface HttpDoor {
  port: number;
  url: string;
  close(): Promise<void>;
}

/** Reads a body up to the limit. @throws RequestEntityTooLarge beyond it; the rest is thrown away */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk as Buffer);
  }
  if (bytes <= BODY_BYTES_MAX) return Buffer.concat(chunks);
  throw new ServiceError(
    'RequestEntityTooLarge',
    `The request has ${bytes} bytes; at most ${BODY_BYTES_MAX} are allowed`,
    413,
  );
}

const flatten = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')]),
  );

/** The caller is the owner of the key that the request is signed with. Signatures themselves are not checked. */
const principalOf = (headers: Record<string, string>): string =>
  /Credential=(?<key>[^/]+)\//.exec(headers['authorization'] ?? '')?.groups?.['key'] ?? 'anonymous';

function splitAt(text: string, mark: string): [string, string] {
  const place = text.indexOf(mark);
  return place < 0 ? [text, ''] : [text.slice(0, place), text.slice(place + mark.length)];
}

async function toWire(request: IncomingMessage): Promise<WireRequest> {
  const headers = flatten(request.headers);
  // Not by URL, which would take `.`, `..` and `//` for more than a part of a key.
  const [path = '/', query = ''] = splitAt(request.url ?? '/', '?');
  const body = await readBody(request);
  return {
    method: request.method ?? 'GET',
    hostname: (headers['host'] ?? HOST).replace(/:\d+$/, ''),
    path: path.replace(/^https?:\/\/[^/]*/i, '') || '/',
    query: Object.fromEntries(new URLSearchParams(query)),
    headers,
    body: headers['content-encoding']?.includes('aws-chunked') ? decodeChunks(body) : body,
  };
}

function send(response: ServerResponse, { statusCode, headers, body }: WireResponse, method: string): void {
  // S3's replies have no room for an ID in their bodies; the other services have given theirs already.
  const requestId = 'x-amzn-requestid' in headers ? {} : { 'x-amz-request-id': randomUUID() };
  response.writeHead(statusCode, {
    ...requestId,
    ...headers,
    'content-length': String(method === 'HEAD' ? (headers['content-length'] ?? 0) : body.length),
    // The account's clock, and not that of the machine: SDKs take their clock from here.
    date: new Date().toUTCString(),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

/**
 * The account's door for any AWS client on this machine: HTTP on the loopback interface, and nowhere else.
 * @param port 0 takes any free one
 * @throws if the port is taken
 */
export async function openHttpDoor(account: Account, port: number): Promise<HttpDoor> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const headers = flatten(request.headers);
    try {
      const wire = await toWire(request);
      if (wire.method === 'GET' && wire.path === MAIL_PATH) return send(response, mail(account), wire.method);
      const unsigned = refuseUnsigned(wire);
      if (unsigned !== null) {
        noteRefused(account, request, headers['authorization'] ? 'not signed well' : 'not signed');
        return send(response, unsigned, wire.method);
      }
      send(response, await account.handle(wire, principalOf(headers)), wire.method);
    } catch (error) {
      const known = error instanceof ServiceError ? error : new ServiceError('InternalFailure', String(error), 500);
      noteRefused(account, request, known.code);
      send(response, account.refuse(headers, known), request.method ?? 'GET');
    }
  };
  const server: Server = createServer(
    { keepAliveTimeout: 1000 },
    (request, response) => void answer(request, response),
  );
  // What is no HTTP at all gets a word and no more; it must never take the server down.
  server.on(
    'clientError',
    (_, socket) => socket.destroyed || socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const { port: opened } = server.address() as AddressInfo;
  return {
    port: opened,
    url: `http://${HOST}:${opened}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const mail = ({ messages }: Account): WireResponse => ({
  statusCode: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: Buffer.from(mailPage(messages)),
});

/** What is refused before a service has read it stands in the journal, too: a person wants to know why it went wrong. */
const noteRefused = ({ journal }: Account, { method = 'GET', url = '/' }: IncomingMessage, error: string): void =>
  journal.write({
    kind: 'call',
    at: Date.now(),
    principal: 'unknown',
    service: 'http',
    operation: `${method} ${url}`,
    parameters: null,
    error,
  });

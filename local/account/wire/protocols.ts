import type { ZodError } from 'zod';
import * as z from 'zod';
import type { WireRequest, WireResponse } from './http.ts';
import { jsonError, jsonReply, restJsonError, restJsonReply } from './json.ts';
import { decodeQuery, ec2Error, ec2Reply, queryError, queryReply } from './query.ts';
import { ServiceError } from './service-error.ts';
import type { XmlValue } from './xml.ts';

export interface Decoded {
  operation: string;
  parameters: unknown;
}

/** A service's way of speaking: how a request is read, and how replies and errors are written. */
export interface Protocol {
  decode(request: WireRequest): Decoded;
  reply(operation: string, requestId: string, content: unknown): WireResponse;
  error(error: ServiceError, requestId: string): WireResponse;
  unknownOperation(operation: string): ServiceError;
  /** For parameters that its schema refuses. */
  badParameters(error: ZodError): ServiceError;
  /** How it says that there were too many calls. */
  throttled(): ServiceError;
}

const fromQuery = (request: WireRequest): Decoded => {
  const { action, parameters } = decodeQuery(request);
  return { operation: action, parameters };
};

export const ec2Protocol: Protocol = {
  decode: fromQuery,
  reply: (operation, requestId, content) => ec2Reply(operation, requestId, content as Record<string, XmlValue>),
  error: ec2Error,
  unknownOperation: (operation) =>
    new ServiceError('InvalidAction', `The action ${operation} is not valid for this web service.`),
  badParameters(error) {
    const [issue] = error.issues;
    const name = issue?.path.join('.') ?? '';
    if (issue?.code === 'unrecognized_keys') {
      return new ServiceError('UnknownParameter', `The parameter ${issue.keys[0]} is not recognized`);
    }
    if (issue?.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
      return new ServiceError('MissingParameter', `The request must contain the parameter ${name}`);
    }
    return new ServiceError('InvalidParameterValue', z.prettifyError(error));
  },
  // EC2's throttling is a 503 with a name of its own (docs/aws-behaviour.md 24).
  throttled: () => new ServiceError('RequestLimitExceeded', 'Request limit exceeded.', 503),
};

export const queryProtocol = (namespace: string): Protocol => ({
  decode: fromQuery,
  reply: (operation, requestId, content) =>
    queryReply(operation, requestId, namespace, content as Record<string, XmlValue>),
  error: (error, requestId) => queryError(error, requestId, namespace),
  unknownOperation: (operation) =>
    new ServiceError('InvalidAction', `The action ${operation} is not valid for this endpoint.`),
  badParameters: (error) => new ServiceError('InvalidParameter', z.prettifyError(error)),
  throttled: () => new ServiceError('Throttled', 'Rate exceeded', 429),
});

function parseBody(body: Buffer): object {
  let content: unknown;
  try {
    content = JSON.parse(body.toString() || '{}');
  } catch {
    throw new ServiceError('SerializationException', 'The request body is not JSON');
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content;
  throw new ServiceError('SerializationException', 'The request body is not a JSON object');
}

/** To another content type there is no such operation, whatever the target says. */
function targetOf(headers: WireRequest['headers']): string {
  const type = headers['content-type'] ?? '';
  if (!/^application\/x-amz-json-1\.[01]\b/i.test(type)) {
    throw new ServiceError('UnknownOperationException', `the content type "${type}" is not application/x-amz-json-1.x`);
  }
  return (headers['x-amz-target'] ?? '').split('.').at(-1) ?? '';
}

export const jsonProtocol: Protocol = {
  decode: ({ headers, body }) => ({
    operation: targetOf(headers),
    parameters: parseBody(body),
  }),
  reply: (_, requestId, content) => jsonReply(content, requestId),
  error: jsonError,
  unknownOperation: (operation) => new ServiceError('UnknownOperationException', `unknown operation ${operation}`),
  badParameters: (error) => new ServiceError('ValidationException', z.prettifyError(error)),
  throttled: () => new ServiceError('ThrottlingException', 'Rate exceeded'),
};

/** Reads a path with names in braces, such as `/functions/{FunctionName}`. */
export interface Route {
  method: string;
  path: string;
  operation: string;
}

/** A part of a path, with its percent signs resolved. @throws ValidationException if they are not well formed */
export function decodePathPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ServiceError('ValidationException', `"${part}" in the path is not well formed`);
  }
}

function match({ method, path }: WireRequest, route: Route): Record<string, string> | null {
  if (method !== route.method) return null;
  const pattern = route.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const groups = new RegExp(`^${pattern}/?$`).exec(path);
  if (groups === null) return null;
  return Object.fromEntries(Object.entries(groups.groups ?? {}).map(([name, value]) => [name, decodePathPart(value)]));
}

/** REST with JSON bodies: the operation is in method and path, parameters are in path, query and body. */
export const restJsonProtocol = (routes: Route[]): Protocol => ({
  decode(request) {
    for (const route of routes) {
      const names = match(request, route);
      if (names === null) continue;
      const body = request.method === 'GET' ? {} : parseBody(request.body);
      return { operation: route.operation, parameters: { ...body, ...request.query, ...names } };
    }
    return { operation: `${request.method} ${request.path}`, parameters: {} };
  },
  reply: (_, requestId, content) => restJsonReply(content, requestId),
  error: restJsonError,
  unknownOperation: (operation) => new ServiceError('NotFoundException', `unknown operation ${operation}`, 404),
  badParameters: (error) => new ServiceError('BadRequestException', z.prettifyError(error)),
  throttled: () => new ServiceError('TooManyRequestsException', 'Rate exceeded', 429),
});

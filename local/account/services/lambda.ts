import * as z from 'zod';
import type { WireRequest, WireResponse } from '../wire/http.ts';
import { decodePathPart, type Protocol, type Route, restJsonProtocol } from '../wire/protocols.ts';
import { ServiceError } from '../wire/service-error.ts';
import { type Call, type Operations, operation, paginate } from './operation.ts';

/** Lambda's limits of a synchronous invocation. */
const PAYLOAD_BYTES_MAX = 6 * 1024 * 1024;

const PAGE_MAX = 50;

const routes: Route[] = [
  { method: 'GET', path: '/2015-03-31/functions', operation: 'ListFunctions' },
  { method: 'POST', path: '/2015-03-31/functions/{FunctionName}/invocations', operation: 'Invoke' },
];

const restJson = restJsonProtocol(routes);

const INVOCATION = /^\/2015-03-31\/functions\/(?<name>[^/]+)\/invocations\/?$/;

/** Where Invoke keeps its parameters beside the payload. */
const HEADERS: Record<string, string> = {
  'x-amz-invocation-type': 'InvocationType',
  'x-amz-log-type': 'LogType',
  'x-amz-client-context': 'ClientContext',
};

interface Invoked {
  statusCode: number;
  functionError: string | null;
  payload: string;
}

function decodeInvoke({ query, headers, body }: WireRequest, name: string) {
  const fromHeaders = Object.entries(HEADERS).flatMap(([header, parameter]) =>
    headers[header] === undefined ? [] : [[parameter, headers[header]]],
  );
  return {
    operation: 'Invoke',
    parameters: {
      ...query,
      ...Object.fromEntries(fromHeaders),
      FunctionName: decodePathPart(name),
      Payload: body.toString(),
    },
  };
}

function invokeReply({ statusCode, functionError, payload }: Invoked, requestId: string): WireResponse {
  const failed = functionError === null ? {} : { 'x-amz-function-error': functionError };
  const headers = {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    'x-amz-executed-version': '$LATEST',
    ...failed,
  };
  return { statusCode, headers, body: Buffer.from(payload) };
}

/** REST with JSON, except that what Invoke sends and answers is the function's own payload, and its parameters are headers. */
export const lambdaProtocol: Protocol = {
  ...restJson,
  decode(request) {
    const name = request.method === 'POST' ? INVOCATION.exec(request.path)?.groups?.['name'] : undefined;
    return name === undefined ? restJson.decode(request) : decodeInvoke(request, name);
  },
  reply: (name, requestId, content) =>
    name === 'Invoke' ? invokeReply(content as Invoked, requestId) : restJson.reply(name, requestId, content),
  badParameters: (error) => new ServiceError('InvalidParameterValueException', z.prettifyError(error)),
};

/** A function as it is deployed. */
export interface DeployedFunction {
  name: string;
  /** What ListFunctions tells of it beside its name and ARN. */
  configuration: Record<string, unknown>;
  /** Runs it once. @returns its answer, or Lambda's description of its error; as JSON */
  run(event: unknown): Promise<{ payload: string; failed: boolean }>;
}

function parsePayload(payload: string): unknown {
  const bytes = Buffer.byteLength(payload);
  if (bytes > PAYLOAD_BYTES_MAX) {
    const message = `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${PAYLOAD_BYTES_MAX} bytes)`;
    throw new ServiceError('RequestTooLargeException', message, 413);
  }
  try {
    return JSON.parse(payload === '' ? '{}' : payload);
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`;
    throw new ServiceError('InvalidRequestContentException', message);
  }
}

/** Lambda with these functions on it; each can be called by its name or its ARN. */
export function lambda(functions: DeployedFunction[], region: string): Operations {
  const arnOf = (name: string, { account }: Call) => `arn:aws:lambda:${region}:${account}:function:${name}`;
  const find = (wanted: string, qualifier: string | undefined, call: Call): DeployedFunction => {
    const [, name = '', inName] =
      /^(?:(?:arn:aws:lambda:[a-z0-9-]+:)?\d{12}:function:)?([\w-]+)(?::(\$LATEST|[\w-]+))?$/.exec(wanted) ?? [];
    const found = functions.find((one) => one.name === name);
    const version = qualifier ?? inName ?? '$LATEST';
    const isElsewhere = wanted.includes(':function:') && !arnOf(name, call).endsWith(wanted.replace(`:${inName}`, ''));
    if (found !== undefined && version === '$LATEST' && !isElsewhere) return found;
    const suffix = version === '$LATEST' ? '' : `:${version}`;
    const arn = wanted.startsWith('arn:') ? wanted : `${arnOf(name || wanted, call)}${suffix}`;
    throw new ServiceError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
  };

  return {
    Invoke: operation(
      z.strictObject({
        FunctionName: z.string().min(1).max(170),
        Qualifier: z.string().optional(),
        InvocationType: z.enum(['RequestResponse', 'DryRun']).default('RequestResponse'),
        LogType: z.literal('None').optional(),
        Payload: z.string(),
      }),
      async ({ FunctionName, Qualifier, InvocationType, Payload }, call): Promise<Invoked> => {
        const found = find(FunctionName, Qualifier, call);
        const event = parsePayload(Payload);
        if (InvocationType === 'DryRun') return { statusCode: 204, functionError: null, payload: '' };
        const { payload, failed } = await found.run(event);
        if (Buffer.byteLength(payload) <= PAYLOAD_BYTES_MAX) {
          return { statusCode: 200, functionError: failed ? 'Unhandled' : null, payload };
        }
        const errorType = 'Function.ResponseSizeTooLarge';
        const errorMessage = `Response payload size exceeded maximum allowed payload size (${PAYLOAD_BYTES_MAX} bytes).`;
        return { statusCode: 200, functionError: 'Unhandled', payload: JSON.stringify({ errorMessage, errorType }) };
      },
    ),
    ListFunctions: operation(
      z.strictObject({
        Marker: z.string().optional(),
        MaxItems: z.coerce.number().int().min(1).max(10_000).default(PAGE_MAX),
        FunctionVersion: z.literal('ALL').optional(),
      }),
      ({ Marker, MaxItems }, call) => {
        const badMarker = () => new ServiceError('InvalidParameterValueException', 'Invalid marker');
        const marker = Marker === '' ? undefined : Marker;
        const { page, nextToken } = paginate(call, functions, {
          size: Math.min(MaxItems, PAGE_MAX),
          token: marker,
          invalidToken: badMarker,
        });
        const Functions = page.map(({ name, configuration }) => ({
          FunctionName: name,
          FunctionArn: arnOf(name, call),
          ...configuration,
          Version: '$LATEST',
        }));
        return { Functions, NextMarker: nextToken };
      },
    ),
  };
}

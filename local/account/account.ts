import * as z from 'zod';
import type { Fleet } from './fleet.ts';
import { createJournal, type Journal } from './journal.ts';
import { createRandom, randomUuid } from './random.ts';
import { type Call, type Operations, ServiceError } from './service.ts';
import { changing } from './services/ec2-change.ts';
import { describing } from './services/ec2-describe.ts';
import { resourceGroups } from './services/resource-groups.ts';
import { createObjectStore, type ObjectStore, S3_OPERATIONS, s3Error } from './services/s3.ts';
import { type Message, sns, sts } from './services/sns-sts.ts';
import { agents } from './services/ssm-agents.ts';
import { commands } from './services/ssm-commands.ts';
import { createThrottle } from './throttle.ts';
import type { WireRequest, WireResponse } from './wire/http.ts';
import { jsonError, jsonReply, restJsonError, restJsonReply } from './wire/json.ts';
import { decodeQuery, ec2Error, ec2Reply, queryError, queryReply } from './wire/query.ts';
import type { XmlValue } from './wire/xml.ts';
import { createWorld, type World } from './world/world.ts';

export const ACCOUNT_ID = '123456789012';

export interface AccountOptions {
  fleet: Fleet;
  seed: number;
  /** Milliseconds since the epoch: virtual or real, the account only reads it. */
  now(): number;
}

/** An AWS account that lives in this process: of just the operations in use, and strict about them. */
export interface Account {
  id: string;
  region: string;
  bucket: string;
  topicArn: string;
  world: World;
  journal: Journal;
  objects: ObjectStore;
  messages: Message[];
  /** What it can do: the names of its operations, by service. */
  operations: Record<string, string[]>;
  /** Answers one request of a principal, as AWS would. Never throws. */
  handle(request: WireRequest, principal: string): WireResponse;
  /** Lets everything happen that is due now. */
  settle(): void;
}

interface Decoded {
  operation: string;
  parameters: unknown;
}

/** A service's way of speaking: how a request is read, and how replies and errors are written. */
interface Protocol {
  decode(request: WireRequest): Decoded;
  reply(operation: string, requestId: string, content: unknown): WireResponse;
  error(error: ServiceError, requestId: string): WireResponse;
  unknownOperation(operation: string): ServiceError;
  badParameters(message: string): ServiceError;
}

const fromQuery = (request: WireRequest): Decoded => {
  const { action, parameters } = decodeQuery(request);
  return { operation: action, parameters };
};

const ec2Protocol: Protocol = {
  decode: fromQuery,
  reply: (operation, requestId, content) => ec2Reply(operation, requestId, content as Record<string, XmlValue>),
  error: ec2Error,
  unknownOperation: (operation) =>
    new ServiceError('InvalidAction', `The action ${operation} is not valid for this web service.`),
  badParameters: (message) => new ServiceError('InvalidParameterValue', message),
};

const queryProtocol = (namespace: string): Protocol => ({
  decode: fromQuery,
  reply: (operation, requestId, content) =>
    queryReply(operation, requestId, namespace, content as Record<string, XmlValue>),
  error: (error, requestId) => queryError(error, requestId, namespace),
  unknownOperation: (operation) =>
    new ServiceError('InvalidAction', `The action ${operation} is not valid for this endpoint.`),
  badParameters: (message) => new ServiceError('InvalidParameter', message),
});

const parseBody = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString() || '{}');
  } catch {
    throw new ServiceError('SerializationException', 'The request body is not JSON');
  }
};

const jsonProtocol: Protocol = {
  decode: ({ headers, body }) => ({
    operation: (headers['x-amz-target'] ?? '').split('.').at(-1) ?? '',
    parameters: parseBody(body),
  }),
  reply: (_, requestId, content) => jsonReply(content, requestId),
  error: jsonError,
  unknownOperation: (operation) => new ServiceError('UnknownOperationException', `unknown operation ${operation}`),
  badParameters: (message) => new ServiceError('ValidationException', message),
};

const REST_PATHS: Record<string, string> = { '/list-group-resources': 'ListGroupResources', '/get-group': 'GetGroup' };

const restJsonProtocol: Protocol = {
  decode: ({ path, body }) => ({ operation: REST_PATHS[path] ?? path, parameters: parseBody(body) }),
  reply: (_, requestId, content) => restJsonReply(content, requestId),
  error: restJsonError,
  unknownOperation: (operation) => new ServiceError('NotFoundException', `unknown operation ${operation}`, 404),
  badParameters: (message) => new ServiceError('BadRequestException', message),
};

/** EC2's throttling is a 503 with a name of its own (docs/aws-behaviour.md 24). */
const throttled = (service: string) =>
  service === 'ec2'
    ? new ServiceError('RequestLimitExceeded', 'Request limit exceeded.', 503)
    : new ServiceError(service === 'sns' ? 'Throttled' : 'ThrottlingException', 'Rate exceeded', 400);

/** The service that a request was signed for. */
const serviceOf = ({ headers }: WireRequest): string =>
  /Credential=[^/]+\/\d{8}\/[^/]+\/(?<service>[^/]+)\/aws4_request/.exec(headers['authorization'] ?? '')?.groups?.[
    'service'
  ] ?? '';

const resourcesIn = (parameters: unknown): number => {
  const ids = (parameters as { InstanceId?: unknown }).InstanceId;
  return Array.isArray(ids) ? ids.length : 1;
};

export function createAccount({ fleet, seed, now }: AccountOptions): Account {
  const journal = createJournal();
  const world = createWorld(fleet, seed, journal, now());
  const objects = createObjectStore();
  const messages: Message[] = [];
  const throttle = createThrottle();
  const requestIds = createRandom(seed, 'request-ids');
  const bucket = `reveille-${ACCOUNT_ID}-${fleet.region}`;
  const topicArn = `arn:aws:sns:${fleet.region}:${ACCOUNT_ID}:reveille`;
  objects.create(bucket);
  objects.create(`amazon-ssm-${fleet.region}`);
  objects.put(`amazon-ssm-${fleet.region}`, 'latest/VERSION', `${fleet.agentVersion}\n`, now());

  const services: Record<string, { protocol: Protocol; operations: Operations }> = {
    ec2: { protocol: ec2Protocol, operations: { ...describing, ...changing } },
    ssm: { protocol: jsonProtocol, operations: { ...agents, ...commands } },
    'resource-groups': { protocol: restJsonProtocol, operations: resourceGroups(fleet) },
    sns: { protocol: queryProtocol('http://sns.amazonaws.com/doc/2010-03-31/'), operations: sns(messages, topicArn) },
    sts: { protocol: queryProtocol('https://sts.amazonaws.com/doc/2011-06-15/'), operations: sts },
  };

  const note = (call: Call, service: string, operation: string, parameters: unknown, error: string | null) =>
    journal.write({ kind: 'call', at: call.now, principal: call.principal, service, operation, parameters, error });

  /** Runs one operation; its error, if it is one of AWS's, is noted and passed on. */
  function perform<T>(call: Call, service: string, operation: string, parameters: unknown, act: () => T): T {
    try {
      if (!throttle.admit(service, operation, resourcesIn(parameters), call.now)) throw throttled(service);
      const result = act();
      note(call, service, operation, parameters, null);
      return result;
    } catch (error) {
      note(call, service, operation, parameters, error instanceof ServiceError ? error.code : 'InternalError');
      throw error;
    }
  }

  function handleS3(request: WireRequest, call: Call): WireResponse {
    const { operation, bucket: name, key } = objects.route(request);
    return perform(call, 's3', operation, { bucket: name, key }, () => objects.handle(request, call.now));
  }

  function handleOther(service: string, request: WireRequest, call: Call, requestId: string): WireResponse {
    const known = services[service];
    if (known === undefined)
      throw new ServiceError('UnknownService', `The embedded account has no service "${service}"`);
    const { protocol, operations } = known;
    const { operation, parameters } = protocol.decode(request);
    const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (found === undefined) throw protocol.unknownOperation(operation);
    return perform(call, service, operation, parameters, () => {
      const parsed = found.parse(parameters);
      if (!parsed.success) throw protocol.badParameters(z.prettifyError(parsed.error));
      return protocol.reply(operation, requestId, found.act(parsed.data, call));
    });
  }

  return {
    id: ACCOUNT_ID,
    region: fleet.region,
    bucket,
    topicArn,
    world,
    journal,
    objects,
    messages,
    operations: {
      ...Object.fromEntries(Object.entries(services).map(([name, { operations }]) => [name, Object.keys(operations)])),
      s3: S3_OPERATIONS,
    },
    settle: () => world.runUntil(now()),
    handle(request, principal) {
      const call: Call = { world, now: now(), account: ACCOUNT_ID, principal };
      world.runUntil(call.now);
      const requestId = randomUuid(requestIds);
      const service = serviceOf(request);
      try {
        return service === 's3' ? handleS3(request, call) : handleOther(service, request, call, requestId);
      } catch (error) {
        const answer =
          error instanceof ServiceError
            ? error
            : new ServiceError('InternalFailure', `the embedded account itself failed: ${String(error)}`, 500);
        if (service === 's3') return s3Error(answer, requestId);
        return (services[service]?.protocol ?? jsonProtocol).error(answer, requestId);
      }
    },
  };
}

import { createRandom, randomUuid } from '../base/random.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { Range } from './fleet/platforms.ts';
import { type Access, createAccess } from './iam/access.ts';
import { targetRequests } from './iam/request-table.ts';
import { createDisturbances, type DisturbanceRule } from './injected-errors.ts';
import { createOddAnswers } from './odd-answers.ts';
import { createPeople, type People } from './people.ts';
import { agentManifest } from './services/agent-manifest.ts';
import { changing } from './services/ec2/change.ts';
import { describing } from './services/ec2/describe.ts';
import { eventBridge } from './services/event-bridge.ts';
import type { Call, Operations, Reach } from './services/operation.ts';
import type { Message } from './services/published-message.ts';
import { GROUP_ROUTES, resourceGroups } from './services/resource-groups.ts';
import type { ObjectStore } from './services/s3/object-store.ts';
import { createObjectStore, S3_OPERATIONS, s3Error } from './services/s3/s3.ts';
import { sns, sts } from './services/sns-sts.ts';
import { agents } from './services/ssm/agents.ts';
import { commands } from './services/ssm/commands.ts';
import { neighbours } from './services/ssm/other-activity.ts';
import { createThrottle } from './throttle.ts';
import type { WireRequest, WireResponse } from './wire/http.ts';
import { ec2Protocol, jsonProtocol, type Protocol, queryProtocol, restJsonProtocol } from './wire/protocols.ts';
import { ServiceError } from './wire/service-error.ts';
import { createJournal, type Journal } from './world/journal.ts';
import type { World } from './world/model.ts';
import type { UnkindHabits } from './world/unkind-habits.ts';
import { createWorld } from './world/world.ts';

export const ACCOUNT_ID = '123456789012';

/** How AWS behaves, within what it may: pages may be short, and describes may lag. */
export interface ServiceHabits extends UnkindHabits {
  /** No page of any listing has more than this; left out: as many as AWS allows. */
  pageSizeMax?: number;
  /** How long describes of EC2 lag behind a change at the most; 3 seconds if left out (docs/aws-behaviour.md 45). */
  describeLagSeconds?: number;
  /** So many commands of others are open in the region all the time; none if left out. */
  openCommandsOfOthers?: number;
  /** When a boot's LaunchTime comes, in seconds from its start; from -2 to +2 if left out (docs/aws-behaviour.md 44). */
  launchTimeSeconds?: Range;
  /** On what sleeps, a session of someone is still listed as active, of the boot before; none if left out (docs/aws-behaviour.md 84). */
  hasOldSessions?: boolean;
}

export interface AccountOptions extends ServiceHabits {
  fleet: Fleet;
  seed: number;
  /** Milliseconds since the epoch: virtual or real, the account only reads it. */
  now(): number;
}

const DESCRIBE_LAG_SECONDS = 3;

const LAUNCH_TIME_SECONDS: Range = [-2, 2];

/** A service: how it speaks, and what it can do. */
export interface Service {
  protocol: Protocol;
  operations: Operations;
}

interface Asked {
  service: string;
  operation: string;
  parameters: unknown;
}

/** An AWS account that lives in this process: of just the operations in use, and strict about them. */
export interface Account {
  id: string;
  region: string;
  bucket: string;
  /** The topic that the application brings with it. */
  topicArn: string;
  /** All topics, by ARN: that one, and those that someone else has made. */
  topics: Set<string>;
  world: World;
  journal: Journal;
  objects: ObjectStore;
  messages: Message[];
  people: People;
  /** From now on, calls that the rule matches get its error. @returns what ends it */
  disturb(rule: DisturbanceRule): () => void;
  /** IAM: what each principal may do. */
  access: Access;
  /** What it can do: its operations by service, each with the parameters that it knows. */
  operations(): Record<string, Record<string, string[]>>;
  /** Adds a service: what a deployment brings with it (Step Functions, Lambda, the schedule). */
  install(name: string, service: Service): void;
  /** Answers one request of a principal, as AWS would. Never rejects. */
  handle(request: WireRequest, principal: string): Promise<WireResponse>;
  /** What is refused before it is a request at all, in the words of the service that was asked. */
  refuse(headers: Record<string, string>, error: ServiceError): WireResponse;
  /** Lets everything happen that is due now. */
  settle(): void;
}

/** The service that a request was signed for. */
const serviceOf = ({ headers }: Pick<WireRequest, 'headers'>): string =>
  /Credential=[^/]+\/\d{8}\/[^/]+\/(?<service>[^/]+)\/aws4_request/.exec(headers['authorization'] ?? '')?.groups?.[
    'service'
  ] ?? '';

/** What was asked for, as far as a request says so that no service has understood. */
const guess = ({ headers, body, method, path }: WireRequest): string =>
  headers['x-amz-target']?.split('.').at(-1) ??
  /^(?:.*&)?Action=(?<action>\w+)/.exec(body.toString('latin1'))?.groups?.['action'] ??
  `${method} ${path}`;

const resourcesIn = (parameters: unknown): number => {
  const ids = (parameters as { InstanceId?: unknown }).InstanceId;
  return Array.isArray(ids) ? ids.length : 1;
};

export function createAccount(options: AccountOptions): Account {
  const { fleet, seed, now, pageSizeMax = Number.POSITIVE_INFINITY, openCommandsOfOthers = 0 } = options;
  const journal = createJournal();
  const world = createWorld(fleet, {
    seed,
    journal,
    now: now(),
    describeLagSeconds: options.describeLagSeconds ?? DESCRIBE_LAG_SECONDS,
    launchTimeSeconds: options.launchTimeSeconds ?? LAUNCH_TIME_SECONDS,
    hasOldSessions: options.hasOldSessions ?? false,
    habits: options,
  });
  const objects = createObjectStore(pageSizeMax);
  const messages: Message[] = [];
  const throttle = createThrottle();
  const disturbances = createDisturbances();
  const oddAnswers = createOddAnswers();
  const access = createAccess();
  const requestIds = createRandom(seed, 'request-ids');
  const bucket = `reveille-${ACCOUNT_ID}-${fleet.region}`;
  const topicArn = `arn:aws:sns:${fleet.region}:${ACCOUNT_ID}:reveille`;
  const topics = new Set([topicArn]);
  objects.create(bucket);
  objects.create(`amazon-ssm-${fleet.region}`);
  objects.put(`amazon-ssm-${fleet.region}`, 'latest/VERSION', `${fleet.agentVersion}\n`, now());
  objects.put(`amazon-ssm-${fleet.region}`, 'ssm-agent-manifest.json', agentManifest(fleet), now());

  const services: Record<string, Service> = {
    ec2: { protocol: ec2Protocol, operations: { ...describing, ...changing } },
    ssm: { protocol: jsonProtocol, operations: { ...agents, ...commands, ...neighbours } },
    'resource-groups': { protocol: restJsonProtocol(GROUP_ROUTES), operations: resourceGroups(fleet) },
    sns: { protocol: queryProtocol('http://sns.amazonaws.com/doc/2010-03-31/'), operations: sns(messages, topics) },
    events: { protocol: jsonProtocol, operations: eventBridge(createRandom(seed, 'event-ids')) },
    sts: { protocol: queryProtocol('https://sts.amazonaws.com/doc/2011-06-15/'), operations: sts },
  };

  const note = ({ now: at, principal }: Call, asked: Asked, error: string | null) =>
    journal.write({ kind: 'call', at, principal, ...asked, error });

  /** Errors that stand in the journal already: those of operations. Any other is of a request that none has taken. */
  const noted = new WeakSet<object>();

  const sceneAt = (moment: number) => ({ account: ACCOUNT_ID, region: fleet.region, now: moment, world, objects });

  /** Asks IAM; after the throttle, which counts denied calls, too, and after the parameters are read. */
  const authorize = ({ principal, now: moment }: Call, asked: Asked) => access.check(principal, asked, sceneAt(moment));

  const reachOf = (principal: string): Reach => ({
    group: (name, at) => access.decide(principal, targetRequests.group(name, sceneAt(at))).isAllowed,
    instance: (id, at) => access.decide(principal, targetRequests.instance(id, sceneAt(at))).isAllowed,
  });

  /** Runs one operation; its error, if it is one of AWS's, is noted and passed on. */
  async function perform<T>(
    call: Call,
    asked: Asked,
    throttled: () => ServiceError,
    act: () => T | Promise<T>,
  ): Promise<T> {
    const { service, operation, parameters } = asked;
    try {
      const disturbed = disturbances.errorFor(service, operation, call.principal, throttled);
      if (disturbed !== null) throw disturbed;
      if (!throttle.admit(service, operation, resourcesIn(parameters), call.now)) throw throttled();
      const result = act();
      // Noted at once where it is done at once: the journal has things in the order in which they happened.
      if (!(result instanceof Promise)) {
        note(call, asked, null);
        return result;
      }
      const later = await result;
      note(call, asked, null);
      return later;
    } catch (error) {
      note(call, asked, error instanceof ServiceError ? error.code : 'InternalError');
      noted.add(error as object);
      throw error;
    }
  }

  function handleS3(request: WireRequest, call: Call): Promise<WireResponse> {
    const { operation, bucket: name, key } = objects.route(request);
    const asked: Asked = { service: 's3', operation, parameters: { bucket: name, key } };
    const slowDown = () => new ServiceError('SlowDown', 'Please reduce your request rate.', 503);
    return perform(call, asked, slowDown, () => {
      authorize(call, { ...asked, parameters: { bucket: name, key, query: request.query, headers: request.headers } });
      return objects.handle(request, call.now);
    });
  }

  async function handleOther(
    service: string,
    request: WireRequest,
    call: Call,
    requestId: string,
  ): Promise<WireResponse> {
    const known = services[service];
    if (known === undefined)
      throw new ServiceError('UnknownService', `The embedded account has no service "${service}"`);
    const { protocol, operations } = known;
    const { operation, parameters } = protocol.decode(request);
    const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (found === undefined) throw protocol.unknownOperation(operation);
    const content = await perform(call, { service, operation, parameters }, protocol.throttled, () => {
      const parsed = found.parse(parameters);
      if (!parsed.success) throw protocol.badParameters(parsed.error);
      authorize(call, { service, operation, parameters: parsed.data });
      oddAnswers.refuse(operation, parsed.data, world);
      return found.act(parsed.data, call);
    });
    return protocol.reply(operation, requestId, content);
  }

  /** An error in the words of the service that was asked. */
  function refuse(headers: Record<string, string>, error: ServiceError, requestId: string): WireResponse {
    const service = serviceOf({ headers });
    if (service === 's3') return s3Error(error, requestId);
    return (services[service]?.protocol ?? jsonProtocol).error(error, requestId);
  }

  return {
    id: ACCOUNT_ID,
    region: fleet.region,
    bucket,
    topicArn,
    topics,
    world,
    journal,
    objects,
    messages,
    people: createPeople({ world, journal, account: ACCOUNT_ID, seed, now }),
    disturb: (rule) => disturbances.begin(rule),
    access,
    operations: () => ({
      ...Object.fromEntries(
        Object.entries(services).map(([name, { operations }]) => [
          name,
          Object.fromEntries(Object.entries(operations).map(([operation, { parameters }]) => [operation, parameters])),
        ]),
      ),
      s3: S3_OPERATIONS,
    }),
    install: (name, service) => {
      services[name] = service;
    },
    refuse: (headers, error) => refuse(headers, error, randomUuid(requestIds)),
    settle: () => world.runUntil(now()),
    async handle(request, principal) {
      const reach = reachOf(principal);
      const habits = { pageSizeMax, openCommandsOfOthers };
      const call: Call = { world, now: now(), account: ACCOUNT_ID, principal, ...habits, reach };
      world.runUntil(call.now);
      const requestId = randomUuid(requestIds);
      const service = serviceOf(request);
      try {
        if (service === 's3') return await handleS3(request, call);
        return await handleOther(service, request, call, requestId);
      } catch (error) {
        const answer =
          error instanceof ServiceError
            ? error
            : new ServiceError('InternalFailure', `the embedded account itself failed: ${String(error)}`, 500);
        if (!noted.has(error as object))
          note(call, { service, operation: guess(request), parameters: null }, answer.code);
        const refused = refuse(request.headers, answer, requestId);
        // To a HEAD nothing is said but the status.
        return request.method === 'HEAD' ? { ...refused, body: Buffer.alloc(0) } : refused;
      }
    },
  };
}

import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstanceAttributeCommand,
  type EC2Client,
  type Instance,
  paginateDescribeInstances,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import * as z from 'zod';
import { ReveilleError } from '../domain/errors.ts';
import { ec2StateSchema, type InstanceFacts } from '../domain/instances.ts';
import { explainMisfit } from '../domain/misfits.ts';
import { lacksCapacity } from '../domain/starting.ts';
import { type Bisected, bisect, OutOfTime } from './bisect.ts';
import { chunks, mapConcurrently } from './chunks.ts';
import { type AwsFailure, describeFailure } from './failures.ts';

/** EC2 takes up to 200 values in a filter. */
const FILTER_VALUES_MAX = 200;
const ATTRIBUTE_CALLS_AT_ONCE = 8;

/** What we rely on in DescribeInstances' reply; everything else may be missing. */
const replySchema = z.object({
  InstanceId: z.string(),
  State: z.object({ Name: ec2StateSchema }),
  StateReason: z.object({ Code: z.string().default(''), Message: z.string().default('') }).optional(),
  LaunchTime: z.date().optional(),
  RootDeviceType: z.string().optional(),
  InstanceLifecycle: z.string().optional(),
  IamInstanceProfile: z.object({ Arn: z.string().optional() }).optional(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string().default('') })).default([]),
});

function toFacts(instance: Instance): InstanceFacts {
  const parsed = replySchema.safeParse(instance);
  if (!parsed.success) {
    throw new ReveilleError('UnexpectedReply', `DescribeInstances: ${explainMisfit(parsed.error)}`);
  }
  const { data } = parsed;
  const tags = Object.fromEntries(data.Tags.map(({ Key, Value }) => [Key, Value]));
  return {
    instanceId: data.InstanceId,
    name: tags['Name'] ?? null,
    state: data.State.Name,
    stateReason: data.StateReason ? { code: data.StateReason.Code, message: data.StateReason.Message } : null,
    launchTime: data.LaunchTime?.toISOString() ?? null,
    rootDeviceType: data.RootDeviceType ?? null,
    isSpot: data.InstanceLifecycle === 'spot',
    instanceProfileArn: data.IamInstanceProfile?.Arn ?? null,
    tags,
  };
}

/**
 * What EC2 knows of these instances, by ID. Asks by filter, so an unknown ID is just absent
 * (docs/aws-behaviour.md 25).
 */
export async function describeInstances(ec2: EC2Client, instanceIds: string[]): Promise<Map<string, InstanceFacts>> {
  const found = new Map<string, InstanceFacts>();
  for (const ids of chunks(instanceIds, FILTER_VALUES_MAX)) {
    const pages = paginateDescribeInstances({ client: ec2 }, { Filters: [{ Name: 'instance-id', Values: ids }] });
    for await (const page of pages) {
      for (const instance of (page.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? [])) {
        const facts = toFacts(instance);
        found.set(facts.instanceId, facts);
      }
    }
  }
  return found;
}

/** More instances with one tag than any fleet has: then something is wrong, and it is said. */
const TAGGED_MAX = 5000;

/** Everybody in the region that carries this tag, whatever its value, but for those that are gone. */
export async function describeTagged(ec2: EC2Client, key: string): Promise<InstanceFacts[]> {
  const found: InstanceFacts[] = [];
  const states = ['pending', 'running', 'stopping', 'stopped'];
  const Filters = [
    { Name: 'tag-key', Values: [key] },
    { Name: 'instance-state-name', Values: states },
  ];
  for await (const page of paginateDescribeInstances({ client: ec2 }, { Filters })) {
    found.push(...(page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances).map(toFacts));
    if (found.length > TAGGED_MAX) {
      throw new ReveilleError('TooManyInstances', `more than ${TAGGED_MAX} instances carry the tag ${key}`);
    }
  }
  return found;
}

/** Which of these instances can't be stopped through the API (docs/aws-behaviour.md 20). One call each: EC2 has no bulk form. */
export async function findStopProtected(ec2: EC2Client, instanceIds: string[]): Promise<Set<string>> {
  const flags = await mapConcurrently(instanceIds, ATTRIBUTE_CALLS_AT_ONCE, async (InstanceId) => {
    try {
      const reply = await ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'disableApiStop' }));
      return reply.DisableApiStop?.Value ?? false;
    } catch (error) {
      // Gone since it was described: whoever wants to start it will see that.
      if (describeFailure(error).code === 'InvalidInstanceID.NotFound') return false;
      throw error;
    }
  });
  return new Set(instanceIds.filter((_, index) => flags[index]));
}

/** Sets one tag to one value on all of them, in one call: CreateTags takes up to 1,000 resources (24). */
export async function tagInstances(ec2: EC2Client, instanceIds: string[], key: string, value: string): Promise<void> {
  await ec2.send(new CreateTagsCommand({ Resources: instanceIds, Tags: [{ Key: key, Value: value }] }));
}

/**
 * Removes one tag where it has that value; where EC2 refuses, from all but the bad ones. Never called with an empty
 * list of tags, which would delete all of them (docs/aws-behaviour.md 35).
 */
export async function untagInstances(
  ec2: EC2Client,
  instanceIds: string[],
  key: string,
  value: string,
): Promise<Bisected<string, string[]>> {
  if (instanceIds.length === 0 || key === '') throw new RangeError('untagInstances needs instances and a key');
  const untag = async (Resources: string[]) => {
    await ec2.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: key, Value: value }] }));
    return Resources;
  };
  return bisect(instanceIds, untag, { isAboutIds: isAboutInstances });
}

/** Refusals of the caller, not of an instance. */
const ABOUT_CALLER = new Set([
  'AuthFailure',
  'Blocked',
  'ExpiredToken',
  'InvalidClientTokenId',
  'OptInRequired',
  'RequestExpired',
]);

/**
 * Any other refusal may be the fault of one instance. UnauthorizedOperation too: start and stop are allowed on leased
 * instances only, and one without its lease is refused for all (docs/aws-behaviour.md 35).
 */
const isAboutInstances = ({ code, isRefusal }: AwsFailure): boolean =>
  lacksCapacity(code) || (isRefusal && !ABOUT_CALLER.has(code));

export interface StateChange {
  instanceId: string;
  previousState: string;
  /** An earlier try got no answer: it may have taken effect, before this one or after it. */
  isUnsure: boolean;
}

function toChanges(
  changes: { InstanceId?: string | undefined; PreviousState?: { Name?: string | undefined } | undefined }[] = [],
  unsure: Set<string> = new Set(),
): StateChange[] {
  return changes.flatMap(({ InstanceId: instanceId, PreviousState }) =>
    instanceId === undefined
      ? []
      : [{ instanceId, previousState: PreviousState?.Name ?? 'unknown', isUnsure: unsure.has(instanceId) }],
  );
}

/** After any other answer, or none, it may have been done, or may still be. */
const nothingWasDone = (failure: AwsFailure): boolean => failure.nothingWasDone || lacksCapacity(failure.code);

/**
 * Sends one start, and lets the SDK's own retries of it send no other when the time is over.
 * @param unsure the instances that any start so far may have reached without an answer: this one's are added
 * @throws OutOfTime if nothing was sent, or nothing done, before the time was over
 * @throws AwsUnavailable if it failed and some try of it, or of an earlier one, may have taken effect: a refusal of the last
 *   one says nothing of those
 */
async function sendStart(
  ec2: EC2Client,
  InstanceIds: string[],
  unsure: Set<string>,
  hasTime: () => boolean,
): Promise<StateChange[]> {
  const command = new StartInstancesCommand({ InstanceIds });
  command.middlewareStack.add(
    (next) => async (args) => {
      if (!hasTime()) throw new OutOfTime('StartInstances: not sent, as its time was over');
      try {
        return await next(args);
      } catch (error) {
        if (!nothingWasDone(describeFailure(error))) for (const id of InstanceIds) unsure.add(id);
        throw error;
      }
    },
    // Inside of the retries, so for each of them.
    { step: 'finalizeRequest', priority: 'low', name: 'sendWhileThereIsTime' },
  );
  try {
    const { StartingInstances } = await ec2.send(command);
    return toChanges(StartingInstances, unsure);
  } catch (error) {
    if (!InstanceIds.some((id) => unsure.has(id))) throw error;
    const { code, message } = describeFailure(error);
    throw new ReveilleError('AwsUnavailable', `StartInstances: it may have taken effect: ${code}: ${message}`, {
      cause: error,
    });
  }
}

/** How EC2 says that it was asked too often; it says so of all at once. */
const THROTTLED = 'RequestLimitExceeded';

/**
 * Starts them in one call, or, where EC2 refuses, all but the bad ones.
 * @param hasTime asked before each request that is sent, also by the SDK's own retries
 * @param areLeasesFresh their leases were written just now: that one is not authorized then most likely means that the
 *   tag is not seen yet, of many of them at once, which a bisection would find out with a call for each (docs/aws-behaviour.md 45)
 */
export function startInstances(
  ec2: EC2Client,
  instanceIds: string[],
  { areLeasesFresh, hasTime }: { areLeasesFresh: boolean; hasTime: () => boolean },
): Promise<Bisected<string, StateChange[]>> {
  const unsure = new Set<string>();
  const start = (ids: string[]) => sendStart(ec2, ids, unsure, hasTime);
  const isAboutIds = (failure: AwsFailure) => failure.code === THROTTLED || isAboutInstances(failure);
  const isAboutAll = ({ code }: AwsFailure) =>
    code === THROTTLED || (areLeasesFresh && code === 'UnauthorizedOperation');
  return bisect(instanceIds, start, { isAboutIds, isAboutAll, hasTime });
}

/** Stops (or hibernates) them in one call, or, where EC2 refuses, all but the bad ones. */
export function stopInstances(
  ec2: EC2Client,
  instanceIds: string[],
  options: { hibernate: boolean; hasTime: () => boolean },
): Promise<Bisected<string, StateChange[]>> {
  const stop = async (InstanceIds: string[]) => {
    const hibernate = options.hibernate ? { Hibernate: true } : {};
    const { StoppingInstances } = await ec2.send(new StopInstancesCommand({ InstanceIds, ...hibernate }));
    return toChanges(StoppingInstances);
  };
  return bisect(instanceIds, stop, { isAboutIds: isAboutInstances, hasTime: options.hasTime });
}

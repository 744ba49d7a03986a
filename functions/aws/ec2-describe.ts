import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  type EC2Client,
  type Instance,
  paginateDescribeInstances,
} from '@aws-sdk/client-ec2';
import * as z from 'zod';
import { ReveilleError } from '../domain/model/errors.ts';
import { ec2StateSchema, type InstanceFacts } from '../domain/model/instance.ts';
import { plainText } from '../domain/model/plain-text.ts';
import { parsePlainly } from '../domain/model/plain-words.ts';
import { validationMessage } from '../domain/model/validation-message.ts';
import { chunks, mapConcurrently } from './sdk/batching.ts';
import { describeFailure } from './sdk/failures.ts';
import { EACH_REQUEST, sendInTime } from './sdk/send-in-time.ts';

/** EC2 takes up to 200 values in a filter. */
const FILTER_VALUES_MAX = 200;

/** 500 instances take 63 rounds of one call each: some ten seconds of a function's minute. */
const ATTRIBUTE_CALLS_AT_ONCE = 8;

/** What we rely on in DescribeInstances' reply; everything else may be missing. */
const replySchema = z.object({
  InstanceId: z.string(),
  State: z.object({ Name: ec2StateSchema }),
  StateReason: z.object({ Code: z.string().default(''), Message: z.string().default('') }).optional(),
  StateTransitionReason: z.string().optional(),
  LaunchTime: z.date().optional(),
  PlatformDetails: z.string().optional(),
  RootDeviceType: z.string().optional(),
  InstanceLifecycle: z.string().optional(),
  IamInstanceProfile: z.object({ Arn: z.string().optional() }).optional(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string().default('') })).default([]),
});

function toFacts(instance: Instance): InstanceFacts {
  const parsed = parsePlainly(replySchema, instance);
  if (!parsed.success) {
    throw new ReveilleError('UnexpectedReply', `DescribeInstances: ${validationMessage(parsed.error)}`);
  }
  const { data } = parsed;
  const tags = Object.fromEntries(data.Tags.map(({ Key, Value }) => [Key, Value]));
  return {
    instanceId: data.InstanceId,
    name: tags['Name'] ?? null,
    state: data.State.Name,
    stateReason: data.StateReason ? { code: data.StateReason.Code, message: data.StateReason.Message } : null,
    transitionReason: data.StateTransitionReason ? plainText(data.StateTransitionReason) : null,
    launchTime: data.LaunchTime?.toISOString() ?? null,
    platform: data.PlatformDetails ? plainText(data.PlatformDetails) : null,
    rootDeviceType: data.RootDeviceType ?? null,
    isSpot: data.InstanceLifecycle === 'spot',
    instanceProfileArn: data.IamInstanceProfile?.Arn ?? null,
    tags,
  };
}

/**
 * What EC2 knows of these instances, by ID. Asks by filter, so an unknown ID is just absent
 * (docs/aws-behaviour.md 25).
 * @param mayLeave asked before each request, also by the SDK's own retries
 * @throws OutOfTime if one was held back
 */
export async function describeInstances(
  ec2: EC2Client,
  instanceIds: string[],
  mayLeave = () => true,
): Promise<Map<string, InstanceFacts>> {
  const found = new Map<string, InstanceFacts>();
  for (const ids of chunks(instanceIds, FILTER_VALUES_MAX)) {
    let NextToken: string | undefined;
    do {
      const command = new DescribeInstancesCommand({
        Filters: [{ Name: 'instance-id', Values: ids }],
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      command.middlewareStack.add(sendInTime('DescribeInstances', mayLeave), EACH_REQUEST);
      const page = await ec2.send(command);
      for (const instance of (page.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? [])) {
        const facts = toFacts(instance);
        found.set(facts.instanceId, facts);
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }
  return found;
}

/** Ten times the instances of the largest run: beyond it something is wrong, so it is an error. */
const TAGGED_MAX = 5000;

/** All instances of the region that carry this tag, whatever its value, except those that are terminated. */
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
      // Gone since it was described: StartInstances will see that.
      if (describeFailure(error).code === 'InvalidInstanceID.NotFound') return false;
      throw error;
    }
  });
  return new Set(instanceIds.filter((_, index) => flags[index]));
}

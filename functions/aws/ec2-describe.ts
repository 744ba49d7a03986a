import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  type EC2Client,
  type Filter,
  type Instance,
  type Reservation,
} from '@aws-sdk/client-ec2';
import * as z from 'zod';
import { refusalOf, type Silent } from '../domain/model/aws-errors.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { ec2StateSchema, type InstanceFacts } from '../domain/model/instance.ts';
import { plainText } from '../domain/model/plain-text.ts';
import { parsePlainly } from '../domain/model/plain-words.ts';
import { addSeconds, isAfter } from '../domain/model/time.ts';
import { validationMessage } from '../domain/model/validation-message.ts';
import { type Answers, askOfEachAtLast } from './sdk/ask-of-one.ts';
import { chunks } from './sdk/batching.ts';
import { type AwsFailure, describeFailure } from './sdk/failures.ts';
import { EACH_REQUEST, sendInTime } from './sdk/send-in-time.ts';

/** EC2 takes up to 200 values in a filter. */
const FILTER_VALUES_MAX = 200;

/** 500 instances take 63 rounds of one call each: some ten seconds of a function's minute. */
const ATTRIBUTE_CALLS_AT_ONCE = 8;

/** An account can hide from describes what other services manage; then absence would be no proof (docs/aws-behaviour.md 110). */
export const WITH_MANAGED = { IncludeManagedResources: true };

/** What we rely on in DescribeInstances' reply; everything else may be missing. */
const replySchema = z.object({
  InstanceId: z.string(),
  State: z.object({ Name: ec2StateSchema }),
  StateReason: z.object({ Code: z.string().default(''), Message: z.string().default('') }).optional(),
  StateTransitionReason: z.string().optional(),
  LaunchTime: z.date().optional(),
  Placement: z.object({ AvailabilityZone: z.string().optional() }).optional(),
  PlatformDetails: z.string().optional(),
  Architecture: z.string().optional(),
  RootDeviceType: z.string().optional(),
  RootDeviceName: z.string().optional(),
  BlockDeviceMappings: z.array(z.object({ DeviceName: z.string().optional() })).default([]),
  InstanceLifecycle: z.string().optional(),
  IamInstanceProfile: z.object({ Arn: z.string().optional() }).optional(),
  Operator: z.object({ Managed: z.boolean().optional(), Principal: z.string().optional() }).optional(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string().default('') })).default([]),
});

function toFacts(instance: Instance): InstanceFacts {
  const parsed = parsePlainly(replySchema, instance);
  if (!parsed.success) {
    const which = instance.InstanceId === undefined ? '' : `${plainText(instance.InstanceId)}: `;
    throw new ReveilleError('UnexpectedReply', `DescribeInstances: ${which}${validationMessage(parsed.error)}`);
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
    zone: data.Placement?.AvailabilityZone ?? null,
    platform: data.PlatformDetails ? plainText(data.PlatformDetails) : null,
    architecture: data.Architecture ?? null,
    rootDeviceType: data.RootDeviceType ?? null,
    lacksRootVolume: lacksRootVolume(data),
    isSpot: data.InstanceLifecycle === 'spot',
    instanceProfileArn: data.IamInstanceProfile?.Arn ?? null,
    managedBy: data.Operator?.Managed === true ? plainText(data.Operator.Principal ?? 'a service of AWS') : null,
    tags,
  };
}

/** Of a root that is an instance store no volume is listed, and an instance that is gone has let go of all. */
const lacksRootVolume = ({
  State,
  RootDeviceType,
  RootDeviceName,
  BlockDeviceMappings,
}: z.output<typeof replySchema>) =>
  State.Name === 'stopped' &&
  RootDeviceType === 'ebs' &&
  RootDeviceName !== undefined &&
  !BlockDeviceMappings.some(({ DeviceName }) => DeviceName === RootDeviceName);

/** Rows of a reply, by the instances' IDs. One that can't be read is its instance's alone. */
export interface Rows {
  facts: Map<string, InstanceFacts>;
  unreadable: Map<string, unknown>;
}

/** What DescribeInstances has answered instead of telling of an instance. */
export const toSilent = (failure: AwsFailure): Silent => ({
  kind: 'silent',
  refusal: refusalOf('DescribeInstances', failure),
  passes: failure.passing,
});

/** Why nothing is known of one whose row can't be read. That does not pass. */
export const unread = (error: unknown): Silent => toSilent(describeFailure(error));

/** @throws UnexpectedReply for a row that names no instance */
export function readRows(reservations: Reservation[]): Rows {
  const rows: Rows = { facts: new Map(), unreadable: new Map() };
  for (const row of reservations.flatMap(({ Instances = [] }) => Instances)) {
    try {
      const facts = toFacts(row);
      rows.facts.set(facts.instanceId, facts);
    } catch (error) {
      if (row.InstanceId === undefined) throw error;
      rows.unreadable.set(row.InstanceId, error);
    }
  }
  return rows;
}

/** Begins one request, and says whether each try of it may leave. */
export type Patience = () => () => boolean;

/** EC2 may hang rather than refuse, for the 8 s of a request: then no second try is made of what can be asked for in another way. */
const LISTING_SECONDS = 7;

export const listingPatience =
  (now: () => Date): Patience =>
  () => {
    const until = addSeconds(now(), LISTING_SECONDS);
    return () => isAfter(until, now());
  };

/** What EC2 says of all that fit these filters, page by page. */
async function* readPages(
  ec2: EC2Client,
  Filters: Filter[],
  patience: Patience = () => () => true,
): AsyncGenerator<Rows, void> {
  let NextToken: string | undefined;
  do {
    const next = NextToken === undefined ? {} : { NextToken };
    const command = new DescribeInstancesCommand({ Filters, ...WITH_MANAGED, ...next });
    command.middlewareStack.add(sendInTime('DescribeInstances', patience()), EACH_REQUEST);
    const page = await ec2.send(command);
    yield readRows(page.Reservations ?? []);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
}

/**
 * What EC2 knows of the members of groups, by ID. Asks by filter, so an unknown ID is just absent
 * (docs/aws-behaviour.md 25); once they are known, describeByIds asks for them.
 * @throws OutOfTime where its patience ends before EC2 has answered
 */
export async function describeInstances(ec2: EC2Client, instanceIds: string[], patience?: Patience): Promise<Rows> {
  const pages: Rows[] = [];
  for (const Values of chunks(instanceIds, FILTER_VALUES_MAX)) {
    for await (const page of readPages(ec2, [{ Name: 'instance-id', Values }], patience)) pages.push(page);
  }
  return joinRows(pages);
}

const joinRows = (pages: Rows[]): Rows => ({
  facts: new Map(pages.flatMap(({ facts }) => [...facts])),
  unreadable: new Map(pages.flatMap(({ unreadable }) => [...unreadable])),
});

/** Ten times the instances of the largest run: beyond it something is wrong, so it is an error. */
const TAGGED_MAX = 5000;

/**
 * All instances of the region that carry this tag, whatever its value, except those that are terminated.
 * @throws OutOfTime where its patience ends before EC2 has answered
 */
export async function describeTagged(ec2: EC2Client, key: string, patience?: Patience): Promise<Rows> {
  const pages: Rows[] = [];
  const filters = [
    { Name: 'tag-key', Values: [key] },
    { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
  ];
  for await (const page of readPages(ec2, filters, patience)) {
    pages.push(page);
    if (joinRows(pages).facts.size > TAGGED_MAX) {
      throw new ReveilleError('TooManyInstances', `more than ${TAGGED_MAX} instances carry the tag ${key}`);
    }
  }
  return joinRows(pages);
}

/**
 * Whether each of these instances can't be stopped through the API (docs/aws-behaviour.md 20). One call each: EC2 has no bulk
 * form.
 */
export function readStopProtection(ec2: EC2Client, instanceIds: string[]): Promise<Answers<boolean>> {
  const ask = async (InstanceId: string) => {
    try {
      const reply = await ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'disableApiStop' }));
      return reply.DisableApiStop?.Value ?? false;
    } catch (error) {
      // Gone since it was described: StartInstances will see that.
      if (describeFailure(error).code === 'InvalidInstanceID.NotFound') return false;
      throw error;
    }
  };
  return askOfEachAtLast('DescribeInstanceAttribute', instanceIds, ATTRIBUTE_CALLS_AT_ONCE, ask);
}

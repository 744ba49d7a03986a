// What EC2 says of instances that are known already. A zone that is disturbed, or an ID that EC2 does not know, costs no other
// instance its answer (docs/aws-behaviour.md 25, 140).
import { DescribeInstancesCommand, type EC2Client, type Reservation } from '@aws-sdk/client-ec2';
import type { Unseen } from '../domain/batch/unseen.ts';
import { type Refusal, refusalOf } from '../domain/model/aws-errors.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { readRows, unread, WITH_MANAGED } from './ec2-describe.ts';
import { chunks, mapConcurrently } from './sdk/batching.ts';
import { describeFailure } from './sdk/failures.ts';
import { EACH_REQUEST, lastAnswer, OutOfTime, sendInTime } from './sdk/send-in-time.ts';
import { takeApart } from './sdk/take-apart.ts';

/** Who is asked for: those of one zone share its trouble. */
export interface Placed {
  instanceId: string;
  /** Left out where it is not known. */
  zone?: string | undefined;
}

/** What was said of each instance, by ID: it is in one of these. */
export interface Described {
  facts: Map<string, InstanceFacts>;
  unseen: Map<string, Unseen>;
}

/** Far fewer than EC2 would take: those of the largest run fit into three calls. */
const IDS_MAX = 200;

/** So often each call is tried where zones can be asked for by themselves: that is its next try. With all of the SDK's own each look would wait for a disturbed zone. */
const TRIES_BY_ZONE = 1;

const PARTS_AT_ONCE = 8;

/**
 * What EC2 says of these instances: one call for all. The IDs that EC2 does not know are asked for alone, and where the call
 * for all gets no answer, each zone is asked for by itself. Where it is refused for another cause, it is taken apart: one that
 * is refused alone is silent.
 * @param mayLeave asked before each request, also by the SDK's own retries
 * @throws OutOfTime if one was held back; what the caller is refused, as where it is denied for all, or throttled
 */
export async function describeByIds(ec2: EC2Client, instances: Placed[], mayLeave = () => true): Promise<Described> {
  const triesMax = zonesOf(instances).length > 1 ? TRIES_BY_ZONE : Number.POSITIVE_INFINITY;
  const parts: Described[] = [];
  for (const some of chunks(instances, IDS_MAX)) parts.push(await ask({ ec2, mayLeave, triesMax }, some));
  return join(parts);
}

const zonesOf = (instances: Placed[]): Placed[][] => [...Map.groupBy(instances, ({ zone }) => zone).values()];

interface Asking {
  ec2: EC2Client;
  mayLeave(): boolean;
  triesMax: number;
}

async function ask(asking: Asking, instances: Placed[]): Promise<Described> {
  const answer = await call(asking, instances);
  if (answer.kind === 'answered') return answer.described;
  if (answer.kind === 'unknown-id') {
    if (instances.length === 1) return none(instances, { kind: 'unknown' });
    return askParts(asking, partsOf(instances, answer.message));
  }
  if (answer.kind === 'refused') return askApart(asking, instances, answer);
  const zones = zonesOf(instances);
  return zones.length === 1 ? none(instances, answer) : askParts(asking, zones);
}

/** Which of them it is refused for, what others are answered tells. */
async function askApart(
  asking: Asking,
  instances: Placed[],
  { error, refusal }: Extract<Answer, { kind: 'refused' }>,
): Promise<Described> {
  if (instances.length === 1) return none(instances, { kind: 'silent', refusal });
  const byId = new Map(instances.map((one) => [one.instanceId, one]));
  const placed = (ids: string[]) => ids.flatMap((id) => byId.get(id) ?? []);
  const askAll = async (ids: string[]): Promise<Described> => {
    const answer = await call(asking, placed(ids));
    if (answer.kind === 'refused') throw answer.error;
    return answer.kind === 'answered' ? answer.described : ask(asking, placed(ids));
  };
  const ids = [...byId.keys()];
  const { replies, refused } = await takeApart(ids, askAll, { turn: 0, wasRefused: (one) => one.isRefusal });
  if (replies.length === 0) throw error;
  const silent = refused.map(({ id, failure }) =>
    none(placed([id]), { kind: 'silent', refusal: refusalOf('DescribeInstances', failure) }),
  );
  return join([...replies, ...silent]);
}

const askParts = async (asking: Asking, parts: Placed[][]): Promise<Described> =>
  join(await mapConcurrently(parts, PARTS_AT_ONCE, (part) => ask(asking, part)));

/** Those that the message names, each alone, and all others; halves where it names none. */
function partsOf(instances: Placed[], message: string): Placed[][] {
  const named = instances.filter(({ instanceId }) => message.includes(instanceId));
  const others = instances.filter((one) => !named.includes(one));
  if (named.length > 0) return [...named.map((one) => [one]), ...(others.length > 0 ? [others] : [])];
  return chunks(instances, Math.ceil(instances.length / 2));
}

type Answer =
  | { kind: 'answered'; described: Described }
  | { kind: 'unknown-id'; message: string }
  /** For another cause than an unknown ID. */
  | { kind: 'refused'; error: unknown; refusal: Refusal }
  /** No answer, or one that passes by itself. */
  | Extract<Unseen, { kind: 'silent' }>;

async function call({ ec2, mayLeave, triesMax }: Asking, instances: Placed[]): Promise<Answer> {
  const command = new DescribeInstancesCommand({
    InstanceIds: instances.map(({ instanceId }) => instanceId),
    ...WITH_MANAGED,
  });
  let tries = 0;
  const mayTry = () => mayLeave() && tries++ < triesMax;
  command.middlewareStack.add(sendInTime('DescribeInstances', mayTry), EACH_REQUEST);
  try {
    const { Reservations = [] } = await ec2.send(command);
    return { kind: 'answered', described: toDescribed(instances, Reservations) };
  } catch (error) {
    const answer = lastAnswer(error);
    const failure = describeFailure(answer);
    if (failure.code.startsWith('InvalidInstanceID')) return { kind: 'unknown-id', message: failure.message };
    const refusal = refusalOf('DescribeInstances', failure);
    if (failure.isRefusal) return { kind: 'refused', error: answer, refusal };
    // It is no zone's: then the SDK's own tries are what helps.
    const isThrottled = failure.nothingWasDone && error instanceof OutOfTime && triesMax < Number.POSITIVE_INFINITY;
    if (isThrottled && mayLeave()) return call({ ec2, mayLeave, triesMax: Number.POSITIVE_INFINITY }, instances);
    if (!failure.passing || failure.nothingWasDone) throw answer;
    return { kind: 'silent', refusal };
  }
}

function toDescribed(instances: Placed[], reservations: Reservation[]): Described {
  const { facts, unreadable } = readRows(reservations);
  const { unseen } = none(instances, { kind: 'unknown' });
  for (const instanceId of facts.keys()) unseen.delete(instanceId);
  for (const [instanceId, error] of unreadable) unseen.set(instanceId, { kind: 'silent', refusal: unread(error) });
  return { facts, unseen };
}

const none = (instances: Placed[], why: Unseen): Described => ({
  facts: new Map<string, InstanceFacts>(),
  unseen: new Map(instances.map(({ instanceId }) => [instanceId, why])),
});

const join = (parts: Described[]): Described => ({
  facts: new Map(parts.flatMap(({ facts }) => [...facts])),
  unseen: new Map(parts.flatMap(({ unseen }) => [...unseen])),
});

// What EC2 says of instances that are known already. A zone that is disturbed, or an ID that EC2 does not know, costs no other
// instance its answer (docs/aws-behaviour.md 25, 140).
import { DescribeInstancesCommand, type EC2Client, type Reservation } from '@aws-sdk/client-ec2';
import type { Unseen } from '../domain/batch/unseen.ts';
import type { Silent } from '../domain/model/aws-errors.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { readRows, toSilent, unread, WITH_MANAGED } from './ec2-describe.ts';
import { chunks, mapConcurrently } from './sdk/batching.ts';
import { type AwsFailure, describeFailure, mayBeAboutSome } from './sdk/failures.ts';
import { EACH_REQUEST, inTries, lastAnswer, OutOfTime, sendInTime } from './sdk/send-in-time.ts';
import { takeRefusedApart, threeOf } from './sdk/take-apart.ts';

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

/** So often each call is tried where its parts can be asked for by themselves: that is its next try. With all of the SDK's own each look would wait for a disturbed zone. */
const TRIES_BEFORE_PARTS = 1;

const PARTS_AT_ONCE = 8;

/** So few are asked for at once, or nearly. */
const FEW = 2 * PARTS_AT_ONCE;

export interface DescribeOptions {
  /** Whether there is still time: asked before each request, also by the SDK's own retries. */
  mayLeave?(): boolean;
  /** Which look this is: where no zone is known, each begins with three others. */
  turn?: number;
}

/**
 * What EC2 says of these instances: one call for all. The IDs that EC2 does not know are asked for alone, and where the call
 * for all gets no answer, each zone is asked for by itself; each instance, where no zone is known. Where it is refused for
 * another cause, it is taken apart: one that is refused alone is silent.
 * @throws OutOfTime if a request for several was held back; what the caller is refused, as where it is denied for all, or throttled
 */
export async function describeByIds(
  ec2: EC2Client,
  instances: Placed[],
  { mayLeave = () => true, turn = 0 }: DescribeOptions = {},
): Promise<Described> {
  const hasParts = zonesOf(instances).length > 1 || areUnplaced(instances);
  const triesMax = hasParts ? TRIES_BEFORE_PARTS : Number.POSITIVE_INFINITY;
  const parts: Described[] = [];
  for (const some of chunks(instances, IDS_MAX)) parts.push(await ask({ ec2, mayLeave, turn, triesMax }, some));
  return join(parts);
}

const zonesOf = (instances: Placed[]): Placed[][] => [...Map.groupBy(instances, ({ zone }) => zone).values()];

/** Several of which no zone is known: any of them may be in a disturbed one. */
const areUnplaced = (instances: Placed[]): boolean =>
  instances.length > 1 && instances.every(({ zone }) => zone === undefined);

interface Asking {
  ec2: EC2Client;
  mayLeave(): boolean;
  turn: number;
  triesMax: number;
}

const ask = async (asking: Asking, instances: Placed[]): Promise<Described> =>
  follow(asking, instances, await call(asking, instances));

/** Asks on where the call for these has not told of all. */
async function follow(asking: Asking, instances: Placed[], answer: Answer): Promise<Described> {
  switch (answer.kind) {
    case 'answered':
      return answer.described;
    case 'unknown-id':
      if (instances.length === 1) return none(instances, { kind: 'unknown' });
      return askParts(asking, partsOf(instances, answer.message));
    case 'refused':
      return askApart(asking, instances, answer);
    case 'unanswered': {
      const zones = zonesOf(instances);
      if (zones.length > 1) return askParts(asking, zones);
      return areUnplaced(instances) ? askEach(asking, instances, answer.silent) : none(instances, answer.silent);
    }
  }
}

/**
 * Any of them may be in the zone that gives no answer, so each is asked for alone: halves would hardly ever be of one zone, and cost
 * more calls. If there is no answer for three of many, there is none for any: those of the next look may be elsewhere.
 */
async function askEach(asking: Asking, instances: Placed[], silent: Silent): Promise<Described> {
  const askAlone = async (some: Placed[]): Promise<Described> =>
    join(await mapConcurrently(some, PARTS_AT_ONCE, (one) => orSilent(() => ask(asking, [one]), [one], silent)));
  const probes = instances.length <= FEW ? instances : threeOf(instances, asking.turn);
  const first = await askAlone(probes);
  const isOutage = first.facts.size === 0 && [...first.unseen.values()].every(({ kind }) => kind === 'silent');
  const rest = fromTurn(instances, asking.turn).filter((one) => !probes.includes(one));
  return join([first, isOutage ? none(rest, silent) : await askAlone(rest)]);
}

/** For some there may be no time left, where a zone hangs: what others were answered counts all the same. */
async function orSilent(ask: () => Promise<Described>, instances: Placed[], silent: Silent): Promise<Described> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof OutOfTime) return none(instances, silent);
    throw error;
  }
}

/** Each look begins elsewhere, so that each comes to its turn. */
function fromTurn<One>(all: One[], turn: number): One[] {
  const first = (turn * PARTS_AT_ONCE) % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

/** Which of them it is refused for, what others are answered tells. */
async function askApart(
  asking: Asking,
  instances: Placed[],
  { error, silent }: Extract<Answer, { kind: 'refused' }>,
): Promise<Described> {
  if (instances.length === 1) return none(instances, silent);
  const byId = new Map(instances.map((one) => [one.instanceId, one]));
  const placed = (ids: string[]) => ids.flatMap((id) => byId.get(id) ?? []);
  const askAll = async (ids: string[]): Promise<Described> => {
    const answer = await call(asking, placed(ids));
    if (answer.kind === 'refused') throw answer.error;
    return follow(asking, placed(ids), answer);
  };
  const options = { turn: asking.turn, wasRefused: ({ isRefusal }: AwsFailure) => isRefusal };
  const apart = await takeRefusedApart([...byId.keys()], describeFailure(error), askAll, options);
  // Then it may be denied for all: that is the caller's trouble.
  if (apart.replies.length === 0) throw error;
  const refused = [...apart.refused, ...apart.undecided];
  return join([
    ...apart.replies,
    ...refused.map(({ id, failure }) => none(placed([id]), toSilent(failure))),
    none(placed(apart.untried), { ...silent, passes: true }),
  ]);
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
  | { kind: 'refused'; error: unknown; silent: Silent }
  /** No answer, or one that passes by itself. */
  | { kind: 'unanswered'; silent: Silent };

async function call(asking: Asking, instances: Placed[]): Promise<Answer> {
  const { ec2, mayLeave, triesMax } = asking;
  const command = new DescribeInstancesCommand({
    InstanceIds: instances.map(({ instanceId }) => instanceId),
    ...WITH_MANAGED,
  });
  command.middlewareStack.add(sendInTime('DescribeInstances', inTries(triesMax, mayLeave)), EACH_REQUEST);
  try {
    const { Reservations = [] } = await ec2.send(command);
    return { kind: 'answered', described: toDescribed(instances, Reservations) };
  } catch (error) {
    const answer = lastAnswer(error);
    const failure = describeFailure(answer);
    if (failure.code.startsWith('InvalidInstanceID')) return { kind: 'unknown-id', message: failure.message };
    const silent = toSilent(failure);
    if (failure.isRefusal) return { kind: 'refused', error: answer, silent };
    // It is no zone's: then the SDK's own tries are what helps.
    const isThrottled = failure.nothingWasDone && error instanceof OutOfTime && triesMax < Number.POSITIVE_INFINITY;
    if (isThrottled && mayLeave()) return call({ ...asking, triesMax: Number.POSITIVE_INFINITY }, instances);
    if (!mayBeAboutSome(failure)) throw answer;
    return { kind: 'unanswered', silent };
  }
}

function toDescribed(instances: Placed[], reservations: Reservation[]): Described {
  const { facts, unreadable } = readRows(reservations);
  const { unseen } = none(instances, { kind: 'unknown' });
  for (const instanceId of facts.keys()) unseen.delete(instanceId);
  for (const [instanceId, error] of unreadable) unseen.set(instanceId, unread(error));
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

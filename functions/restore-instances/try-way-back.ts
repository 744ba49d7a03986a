import { tryStop } from '../aws/ec2-start-stop.ts';
import type { EC2Client, SSMClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { threeOf } from '../aws/sdk/take-apart.ts';
import { readOtherActivity } from '../aws/ssm-activity.ts';
import { type Batch, leaseholderOf } from '../domain/batch/batch.ts';
import type { InstanceAt } from '../domain/batch/batch-instance.ts';
import type { Look } from '../domain/batch/look.ts';
import { type Seen, seenOf } from '../domain/batch/unseen.ts';
import { type Refusal, refusalOf, SSM } from '../domain/model/aws-errors.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { attemptsOf } from '../domain/ownership/owner.ts';
import { withLeaseLook } from '../domain/ownership/sightings.ts';
import { applyPreflight, groupForPreflight, needsPreflight, type PreflightAnswer } from '../domain/steps/preflight.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface WayBackTools extends Pick<Runtime, 'now'> {
  ec2: EC2Client;
  ssm: SSMClient;
}

/** An instance that sleeps, and what EC2 says of it. */
type Sleeper = Seen<InstanceAt<'preflight'>>;

/**
 * Tries the way back of the instances that are leased and not started yet: would EC2 stop them, and does SSM answer what is
 * asked before a stop?
 */
export async function tryWayBack(
  tools: WayBackTools,
  batch: Batch,
  { facts, at }: { facts: Map<string, InstanceFacts>; at: Date },
  hasTime: () => boolean,
): Promise<Look[]> {
  const leased = batch.instances.filter((instance) => instance.step === 'preflight');
  const members = seenOf(leased, facts).map(({ instance, ec2 }) => ({ instance: noteLease(instance, ec2, at), ec2 }));
  const asleep = members.filter(({ instance, ec2 }) => needsPreflight(instance, ec2, tools.now()));
  const answerOf = await ask(tools, asleep, { turn: batch.invocations, hasTime });
  return members.map(({ instance, ec2 }) =>
    applyPreflight({
      instance,
      ec2,
      answer: answerOf.get(instance.instanceId) ?? UNTRIED,
      leaseholder: leaseholderOf(batch),
      now: tools.now(),
    }),
  );
}

/** The instance with how long its lease took to be shown, once it is. */
function noteLease(instance: InstanceAt<'preflight'>, ec2: InstanceFacts, at: Date): InstanceAt<'preflight'> {
  const { sightings = {}, owner } = instance;
  const seen = withLeaseLook(sightings, attemptsOf(owner), { tags: ec2.tags, at });
  return seen.leaseSeen === undefined ? instance : { ...instance, sightings: seen };
}

const UNTRIED: PreflightAnswer = { kind: 'untried' };

interface Asking {
  /** Which look it is: each tries others of a group. */
  turn: number;
  hasTime(): boolean;
}

type Answered = Map<string, PreflightAnswer>;

/**
 * First SSM, of all; then EC2, one by one, since StopInstances takes few requests a second (docs/aws-behaviour.md 24). In this
 * order what EC2 has allowed is done, however little time is left for the others.
 */
async function ask({ ec2, ssm }: WayBackTools, asleep: Sleeper[], asking: Asking): Promise<Answered> {
  const answers = await askSsm(ssm, asleep, asking.hasTime);
  const open = asleep.filter(({ instance }) => answers.get(instance.instanceId)?.kind === 'open');
  for (const group of groupForPreflight(open)) {
    for (const [id, answer] of await askGroup(ec2, group, asking)) answers.set(id, answer);
  }
  return answers;
}

/**
 * One answer for a group of instances that no policy can tell apart. A refusal may be about the one that was asked alone: so up
 * to three are asked, and if EC2 allows one of them, the others may be stopped, too.
 */
async function askGroup(ec2: EC2Client, group: [Sleeper, ...Sleeper[]], { turn, hasTime }: Asking): Promise<Answered> {
  const own: Answered = new Map();
  let shared: PreflightAnswer = UNTRIED;
  for (const { instance } of threeOf(group, turn)) {
    if (shared.kind === 'open' || !hasTime()) break;
    shared = await askEc2(ec2, instance);
    own.set(instance.instanceId, shared);
  }
  return new Map(group.map(({ instance: { instanceId } }) => [instanceId, own.get(instanceId) ?? shared]));
}

async function askEc2(
  ec2: EC2Client,
  { instanceId, originalState }: InstanceAt<'preflight'>,
): Promise<PreflightAnswer> {
  const refusal = await tryStop(ec2, instanceId, { hibernate: originalState === 'hibernated' });
  return refusal === null
    ? { kind: 'open' }
    : { kind: 'refused', ...refusalOf('StopInstances', refusal, ' (dry run)') };
}

/** Not what it says, only whether it answers: without an answer no instance is ever stopped. */
async function askSsm(ssm: SSMClient, asleep: Sleeper[], hasTime: () => boolean): Promise<Answered> {
  const ids = asleep.map(({ instance }) => instance.instanceId);
  const forAll = (answer: PreflightAnswer): Answered => new Map(ids.map((id) => [id, answer]));
  if (ids.length === 0 || !hasTime()) return forAll(UNTRIED);
  try {
    const { unread } = await readOtherActivity(ssm, ids);
    return new Map([...forAll({ kind: 'open' }), ...[...unread].map(toRefused)]);
  } catch (error) {
    const failure = describeFailure(error);
    return forAll({ kind: 'refused', ...refusalOf(failure.call ?? SSM, failure) });
  }
}

const toRefused = ([id, refusal]: [string, Refusal]): [string, PreflightAnswer] => [
  id,
  { kind: 'refused', ...refusal },
];

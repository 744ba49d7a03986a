import { tryStop } from '../aws/ec2-start-stop.ts';
import type { EC2Client, SSMClient } from '../aws/sdk/clients.ts';
import { describeFailure, failureText } from '../aws/sdk/failures.ts';
import { readOtherActivity } from '../aws/ssm-activity.ts';
import { type Batch, leaseholderOf } from '../domain/batch/batch.ts';
import type { InstanceAt } from '../domain/batch/batch-instance.ts';
import type { Look } from '../domain/batch/look.ts';
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
interface Sleeper {
  instance: InstanceAt<'preflight'>;
  ec2: InstanceFacts;
}

/**
 * Tries the way back of the instances that are leased and not started yet: would EC2 stop them, and does SSM answer what is
 * asked before a stop? One question for each group of instances that no policy can tell apart.
 */
export async function tryWayBack(
  tools: WayBackTools,
  batch: Batch,
  { facts, at }: { facts: Map<string, InstanceFacts>; at: Date },
  hasTime: () => boolean,
): Promise<Look[]> {
  const members = batch.instances
    .filter((instance) => instance.step === 'preflight')
    .map((instance) => noteLease(instance, facts.get(instance.instanceId), at));
  const asleep = members.flatMap((instance): Sleeper[] => {
    const ec2 = facts.get(instance.instanceId) ?? null;
    return ec2 !== null && needsPreflight(ec2) ? [{ instance, ec2 }] : [];
  });
  const groups = groupForPreflight(asleep);
  const answers = await ask(
    tools,
    groups.map(([first]) => first),
    hasTime,
  );
  const answerOf = new Map(
    groups.flatMap((group, index) => group.map(({ instance }) => [instance.instanceId, answers[index]] as const)),
  );
  return members.map((instance) =>
    applyPreflight({
      instance,
      ec2: facts.get(instance.instanceId) ?? null,
      answer: answerOf.get(instance.instanceId) ?? UNTRIED,
      leaseholder: leaseholderOf(batch),
      now: tools.now(),
    }),
  );
}

/** The instance with how long its lease took to be shown, once it is. */
function noteLease(
  instance: InstanceAt<'preflight'>,
  ec2: InstanceFacts | undefined,
  at: Date,
): InstanceAt<'preflight'> {
  const { sightings = {}, owner } = instance;
  const seen = withLeaseLook(sightings, attemptsOf(owner), { tags: ec2?.tags ?? {}, at });
  return seen.leaseSeen === undefined ? instance : { ...instance, sightings: seen };
}

const UNTRIED: PreflightAnswer = { kind: 'untried' };

/**
 * First SSM, of all at once; then EC2, one by one, since StopInstances takes few requests a second (docs/aws-behaviour.md 24).
 * In this order what EC2 has allowed is done, however little time is left for the others.
 */
async function ask(
  { ec2, ssm }: WayBackTools,
  sleepers: Sleeper[],
  hasTime: () => boolean,
): Promise<PreflightAnswer[]> {
  const ids = sleepers.map(({ instance }) => instance.instanceId);
  const ssmAnswer = await askSsm(ssm, ids, hasTime);
  if (ssmAnswer.kind !== 'open') return ids.map(() => ssmAnswer);
  const answers: PreflightAnswer[] = [];
  for (const { instance } of sleepers) answers.push(hasTime() ? await askEc2(ec2, instance) : UNTRIED);
  return answers;
}

async function askEc2(
  ec2: EC2Client,
  { instanceId, originalState }: InstanceAt<'preflight'>,
): Promise<PreflightAnswer> {
  const refusal = await tryStop(ec2, instanceId, { hibernate: originalState === 'hibernated' });
  return refusal === null ? { kind: 'open' } : { kind: 'refused', text: failureText(refusal) };
}

/** Not what it says, only whether it answers: without an answer no instance is ever stopped. */
async function askSsm(ssm: SSMClient, instanceIds: string[], hasTime: () => boolean): Promise<PreflightAnswer> {
  if (instanceIds.length === 0 || !hasTime()) return UNTRIED;
  try {
    await readOtherActivity(ssm, instanceIds);
    return { kind: 'open' };
  } catch (error) {
    return { kind: 'refused', text: failureText(describeFailure(error)) };
  }
}

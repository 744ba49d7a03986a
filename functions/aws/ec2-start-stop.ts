import { type EC2Client, StartInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { lacksCapacity } from '../domain/model/aws-errors.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { type Timestamp, toTimestamp } from '../domain/model/time.ts';
import { type AwsFailure, describeFailure, isThrottling, mayBeAboutSome } from './sdk/failures.ts';
import { EACH_REQUEST, inTries, lastAnswer, sendInTime, TRIES_OF_SEVERAL } from './sdk/send-in-time.ts';
import { type TakenApart, takeApart } from './sdk/take-apart.ts';

export interface StateChange {
  instanceId: string;
  previousState: string;
  /** An earlier request got no answer: it may have taken effect, before this one or after it. */
  mayHaveTakenEffect: boolean;
}

export interface Started extends StateChange {
  /** When EC2's answer to the call with this one had come: where a call is taken apart, others have theirs later. */
  answeredAt: Timestamp;
}

/**
 * Starts them in one call, or, where EC2 refuses, all but the bad ones.
 * @param turn which look it is, and hasTime: asked before each request that is sent, also by the SDK's own retries
 * @throws AwsUnavailable if a start may have taken effect, and its answer is not known
 */
export function startInstances(
  ec2: EC2Client,
  instanceIds: string[],
  { turn, hasTime, now }: { turn: number; hasTime: () => boolean; now: () => Date },
): Promise<TakenApart<Started[]>> {
  const unanswered = new Set<string>();
  const start = async (ids: string[]) => {
    const changes = await sendStart(ec2, ids, unanswered, hasTime);
    const answeredAt = toTimestamp(now());
    return changes.map((change) => ({ ...change, answeredAt }));
  };
  // EC2 says with a server error that it lacks capacity, and then it has done nothing.
  const wasRefused = ({ code, nothingWasDone }: AwsFailure) => nothingWasDone || lacksCapacity(code);
  return takeApart(instanceIds, start, { turn, hasTime, wasRefused });
}

/**
 * Asks whether an instance may be stopped like this, and stops nothing. Only the code `DryRunOperation` says yes
 * (docs/aws-behaviour.md 65).
 * @returns what EC2 said instead; null: it may be
 */
export async function tryStop(
  ec2: EC2Client,
  instanceId: string,
  { hibernate }: { hibernate: boolean },
): Promise<AwsFailure | null> {
  try {
    await ec2.send(new StopInstancesCommand({ ...stopOf([instanceId], hibernate), DryRun: true }));
  } catch (error) {
    const failure = describeFailure(error);
    return failure.code === 'DryRunOperation' ? null : failure;
  }
  throw new ReveilleError('UnexpectedReply', 'StopInstances: a dry run was answered as if it were none');
}

const stopOf = (InstanceIds: string[], hibernate: boolean) => ({
  InstanceIds,
  ...(hibernate ? { Hibernate: true } : {}),
});

/**
 * Stops (or hibernates) them in one call, or, where EC2 refuses or fails, all but the bad ones: a stop that was done can be asked
 * for again.
 * @param hasTime asked before each request that is sent, also by the SDK's own retries
 */
export function stopInstances(
  ec2: EC2Client,
  instanceIds: string[],
  options: { hibernate: boolean; turn: number; hasTime: () => boolean },
): Promise<TakenApart<StateChange[]>> {
  const { turn, hasTime } = options;
  // Alone, but one of several, it has no more: the others wait for it.
  const triesOf = instanceIds.length === 1 ? Number.POSITIVE_INFINITY : TRIES_OF_SEVERAL;
  const stop = async (InstanceIds: string[], triesMax = triesOf): Promise<StateChange[]> => {
    const command = new StopInstancesCommand(stopOf(InstanceIds, options.hibernate));
    command.middlewareStack.add(sendInTime('StopInstances', inTries(triesMax, hasTime)), EACH_REQUEST);
    try {
      const { StoppingInstances } = await ec2.send(command);
      return toChanges(StoppingInstances);
    } catch (error) {
      if (!hasTime()) throw error;
      const answer = lastAnswer(error);
      // It is about no instance: then the SDK's own tries are what helps.
      const isHeldBack = answer !== error && isThrottling(describeFailure(answer));
      if (isHeldBack) return stop(InstanceIds, Number.POSITIVE_INFINITY);
      throw answer;
    }
  };
  return takeApart(instanceIds, (ids) => stop(ids), { turn, hasTime, wasRefused: mayBeAboutSome });
}

/**
 * Sends one start, and lets the SDK's own retries of it send no other when the time is over.
 * @param unanswered the instances that any request so far may have started without an answer: this one's are added
 * @throws OutOfTime if nothing was sent, or nothing done, before the time was over
 * @throws AwsUnavailable if it failed and some request of it, or of an earlier one, may have taken effect: a refusal of the
 *   last one says nothing of those
 */
async function sendStart(
  ec2: EC2Client,
  InstanceIds: string[],
  unanswered: Set<string>,
  hasTime: () => boolean,
): Promise<StateChange[]> {
  const command = new StartInstancesCommand({ InstanceIds });
  command.middlewareStack.add(sendInTime('StartInstances', hasTime), EACH_REQUEST);
  command.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (mayHaveTakenEffect(describeFailure(error))) for (const id of InstanceIds) unanswered.add(id);
        throw error;
      }
    },
    // Inside of the retries, so for each of them.
    { step: 'finalizeRequest', priority: 'low', name: 'noteUnanswered' },
  );
  try {
    const { StartingInstances } = await ec2.send(command);
    return toChanges(StartingInstances, unanswered);
  } catch (error) {
    if (!InstanceIds.some((id) => unanswered.has(id))) throw error;
    const { code, message } = describeFailure(error);
    throw new ReveilleError('AwsUnavailable', `StartInstances: it may have taken effect: ${code}: ${message}`, {
      cause: error,
    });
  }
}

/** A refusal, throttling and a lack of capacity have done nothing. After any other answer, or none, the start may come. */
const mayHaveTakenEffect = (failure: AwsFailure): boolean => !failure.nothingWasDone && !lacksCapacity(failure.code);

function toChanges(
  changes: { InstanceId?: string | undefined; PreviousState?: { Name?: string | undefined } | undefined }[] = [],
  unanswered: Set<string> = new Set(),
): StateChange[] {
  return changes.flatMap(({ InstanceId: instanceId, PreviousState }) => {
    if (instanceId === undefined) return [];
    const previousState = PreviousState?.Name ?? 'unknown';
    return [{ instanceId, previousState, mayHaveTakenEffect: unanswered.has(instanceId) }];
  });
}

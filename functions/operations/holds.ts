// What is remembered of instances that others keep awake: it goes with the instance and its boot, whichever run has it by now.
import { type Bucket, isUnreadable } from '../aws/bucket.ts';
import { describeFailure, failureText } from '../aws/sdk/failures.ts';
import { holdKey } from '../domain/model/object-keys.ts';
import { type Hold, holdSchema } from '../domain/steps/hold.ts';
import { type RestoreDecision, wait } from '../domain/steps/restore-decision.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { DecidedMember } from './stop-and-release.ts';

export interface HoldTools extends Pick<Runtime, 'logger'> {
  bucket: Bucket;
}

/** What is remembered of these instances, by instance. Costs one read of S3 for each. */
export async function readHolds(tools: HoldTools, instanceIds: string[]): Promise<Map<string, Hold>> {
  const holds = new Map<string, Hold>();
  for (const instanceId of instanceIds) {
    const hold = await readHold(tools, instanceId);
    if (hold !== null) holds.set(instanceId, hold);
  }
  return holds;
}

/** What does not fit its schema, or may not be read, must not keep an instance awake for good. */
async function readHold({ bucket, logger }: HoldTools, instanceId: string): Promise<Hold | null> {
  try {
    return await bucket.get(holdKey(instanceId), holdSchema);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const problem = failureText(describeFailure(error));
    logger.warn('could not read who has kept an instance awake', { instanceId, problem });
    return null;
  }
}

/**
 * Writes down what is new of instances that are held: those that their run leaves to others now, and those that it or a dead
 * run has left to them. A run lets an instance go only once that is written, so that the next one to have it knows of it; what a
 * later look can't write is remembered as it was.
 * @param before what was known when this look began, by instance
 */
export async function writeHolds(
  { bucket, logger }: HoldTools,
  decided: DecidedMember[],
  before: Map<string, Hold | null>,
): Promise<DecidedMember[]> {
  const written: DecidedMember[] = [];
  for (const member of decided) {
    const { instanceId } = member.instance;
    const { decision, hold } = member;
    const known = before.get(instanceId) ?? null;
    if (hold === null || isSame(hold, known) || !isToHold(member, known)) {
      written.push(member);
      continue;
    }
    try {
      await bucket.put(holdKey(instanceId), hold);
      written.push(member);
    } catch (error) {
      logger.warn('could not note that others keep it awake', { instanceId, failure: describeFailure(error) });
      written.push({ ...member, decision: untilWritten(decision) });
    }
  }
  return written;
}

const isSame = (hold: Hold, other: Hold | null): boolean =>
  hold.launchTime === other?.launchTime && hold.quietSince === other.quietSince;

function isToHold({ decision, deadSince }: DecidedMember, known: Hold | null): boolean {
  if (decision.action === 'settle') return !decision.releaseLease;
  return decision.action === 'wait' && (known !== null || deadSince !== null);
}

const untilWritten = (decision: RestoreDecision): RestoreDecision =>
  decision.action === 'settle' && decision.reason !== null
    ? { ...wait(decision.reason, null), outlastsDeadline: true }
    : decision;

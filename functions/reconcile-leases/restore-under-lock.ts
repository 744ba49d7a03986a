import { describeFailure } from '../aws/sdk/failures.ts';
import { addSeconds, toTimestamp } from '../domain/model/time.ts';
import { isSameHolder, type Lock } from '../domain/ownership/run-lock.ts';
import type { ReconcileResult } from '../domain/report/reconcile-report.ts';
import { isOver } from '../domain/steps/orphan.ts';
import { readLock, readLockHolder, releaseLock, takeLock } from '../operations/take-run-lock.ts';
import { type InvocationContext, timeKeeper } from '../runtime/runtime.ts';
import { restoreBesideRun } from './restore-beside-run.ts';
import { type OrphanTools, restoreOrphans } from './restore-orphans.ts';
import { findLeasesAgain, type Survey, type SurveyTools } from './survey-leases.ts';

/**
 * Restores the orphans if no run can be at work: a run that begins meanwhile would take them over. What is over needs no lock: no
 * run takes it over, and nothing is stopped.
 */
export async function restoreUnderLock(
  tools: SurveyTools & OrphanTools,
  survey: Survey,
  context: InvocationContext,
): Promise<ReconcileResult[]> {
  const { seenLock, lock, orphans } = survey;
  const mayAct = lock === 'free' || (lock === 'dead' && (await isStillDead(tools)));
  if (mayAct && orphans.length > 0) return lockAndRestore(tools, survey, context);
  // Nothing of the dead holder can still act, and it has left no instance to restore: its lock protects nothing any more.
  // It is removed only if it is still the one that was judged: a run that has taken it since keeps it.
  if (mayAct && seenLock !== null && isWhole(survey)) await releaseLock(tools.bucket, seenLock);
  const over = new Set(orphans.filter((orphan) => isOver(orphan, tools.now())));
  const hasTime = timeKeeper(context);
  const told = await restoreOrphans(tools, [...over], hasTime);
  const others = orphans.filter((orphan) => !over.has(orphan));
  if (lock !== 'alive') return told;
  try {
    return [...told, ...(await restoreBesideRun(tools, seenLock, others, hasTime))];
  } catch (error) {
    // What was let go is told all the same.
    tools.logger.error('could not restore beside the run', { failure: describeFailure(error) });
    return told;
  }
}

/** Whether EC2 has shown all that may be leased. */
const isWhole = ({ unlisted, unread }: Survey): boolean => unlisted === null && unread.size === 0;

/** While the leases were read, a dead run may have been redriven: then it keeps its lock. */
async function isStillDead(tools: SurveyTools): Promise<boolean> {
  const { holder } = await readLockHolder(tools, null);
  return holder.status === 'dead';
}

/**
 * The leases are read again under the lock: meanwhile a dead run may have been redriven. From now on it can start no
 * instance.
 */
async function lockAndRestore(
  tools: SurveyTools & OrphanTools,
  survey: Survey,
  context: InvocationContext,
): Promise<ReconcileResult[]> {
  const takenAt = toTimestamp(tools.now());
  const expiresAt = addSeconds(takenAt, context.getRemainingTimeInMillis() / 1000);
  const lock: Lock = { kind: 'reconciler', requestId: context.awsRequestId, takenAt, expiresAt };
  if (!(await takeLock(tools.bucket, lock, survey.seenLock))) return [];
  try {
    const { orphans } = await findLeasesAgain(tools, survey);
    return await restoreOrphans(tools, orphans, timeKeeper(context));
  } catch (error) {
    tools.logger.error('could not read the leases again, the next pass tries again', {
      failure: describeFailure(error),
    });
    return [];
  } finally {
    await releaseReconcilerLock(tools, lock);
  }
}

/** A lock that can't be released is free once this Lambda is dead; that must not hide what was done. */
async function releaseReconcilerLock({ bucket, logger }: OrphanTools, lock: Lock): Promise<void> {
  try {
    const held = await readLock(bucket);
    if (held !== null && isSameHolder(held.value, lock)) await releaseLock(bucket, held);
  } catch (error) {
    logger.warn('could not release the lock', { failure: describeFailure(error) });
  }
}

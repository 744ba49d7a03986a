import type { EC2Client } from '../aws/sdk/clients.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import type { Leaseholder } from '../domain/model/run.ts';
import type { Attempt } from '../domain/ownership/attempt.ts';
import { formatLease, isLeaseOf, LEASE_TAG } from '../domain/ownership/lease.ts';
import { type OptOutTag, optOutText } from '../domain/ownership/opt-out.ts';
import { attemptsOf } from '../domain/ownership/owner.ts';
import type { Hold } from '../domain/steps/hold.ts';
import { areWritersDead } from '../domain/steps/orphan.ts';
import { decideRestore } from '../domain/steps/restore.ts';
import type { RestoreOutcome } from '../domain/steps/restore-result.ts';
import { type ActivityTools, confirmStops, type SeenActivity } from './confirm-stops.ts';
import { type HoldTools, writeHolds } from './holds.ts';
import { type DecidedMember, type Member, releaseDecided, type Stopping, stopDecided } from './stop-and-release.ts';

export interface RestoreTools extends ActivityTools, HoldTools {
  ec2: EC2Client;
  optOutTag: OptOutTag;
}

/** Instances that one child of a run has leased, or left as they were, and whose work is over. */
export interface Restoring extends Stopping {
  leaseholder: Leaseholder;
  members: Member[];
  /** How long restoring one instance may take; null: no instance is ever given up. */
  deadlineSeconds: number | null;
}

/**
 * Looks once at each of the instances: decides, asks SSM for other activity on those that would be stopped, decides on
 * these again, notes which others keep awake, stops the rest, and removes the leases of those that are settled. Can be done again at any time.
 */
export async function restoreAll(
  tools: RestoreTools,
  restoring: Restoring,
): Promise<(RestoreOutcome & { hold: Hold | null })[]> {
  const { leaseholder, members, deadlineSeconds } = restoring;
  const decide = (member: Member, { otherActivity, quietSince }: SeenActivity): DecidedMember => {
    const { instance, ec2, deadSince } = member;
    const now = tools.now();
    const expectedLease = expectedLeaseOf(leaseholder, attemptsOf(instance.owner)[0], ec2);
    const writersAreDead = deadSince !== null && areWritersDead(deadSince, now);
    const optOut = optOutText(ec2, tools.optOutTag, now);
    const given = {
      instance,
      ec2,
      expectedLease,
      otherActivity,
      quietSince,
      optOut,
      writersAreDead,
      deadlineSeconds,
      now,
    };
    return { ...member, expectedLease, decision: decideRestore(given) };
  };
  const unconfirmed = members.map((member) => decide(member, { otherActivity: null, quietSince: null }));
  const confirmed = await confirmStops(tools, unconfirmed, decide);
  const before = new Map(members.map(({ instance, hold }) => [instance.instanceId, hold]));
  const decided = await writeHolds(tools, confirmed, before);
  const keptAwake = await stopDecided(tools, decided, restoring);
  const keptLeases = await releaseDecided(tools.ec2, decided, restoring);
  return decided.map(({ instance, decision, hold }) => {
    const { instanceId } = instance;
    return { instance, decision, hold, refusal: keptAwake.get(instanceId) ?? keptLeases.get(instanceId) ?? null };
  });
}

/** Any lease of this child: an attempt whose reply was lost may have been the last to write it. */
function expectedLeaseOf(leaseholder: Leaseholder, newest: Attempt | undefined, ec2: InstanceFacts): string | null {
  if (newest === undefined) return null;
  const carried = ec2.tags[LEASE_TAG] ?? '';
  return isLeaseOf(carried, leaseholder) ? carried : formatLease({ ...leaseholder, attempt: newest.attempt });
}

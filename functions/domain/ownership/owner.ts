// Whose an instance is, as far as this run knows: no one's, Reveille's, or someone else's. Only Reveille's is ever stopped.
import * as z from 'zod';
import { type Reason, reasonSchema } from '../model/reason.ts';
import { type Timestamp, timestampSchema } from '../model/time.ts';
import { type Attempt, attemptSchema, judgeAttempt, newestFirst } from './attempt.ts';
import type { BootLook } from './boot.ts';

/** The last attempt that was answered first, then those whose replies were lost; at least one. */
const attemptsSchema = z.tuple([attemptSchema], attemptSchema);
export type Attempts = z.infer<typeof attemptsSchema>;

export const ownerSchema = z.discriminatedUnion('kind', [
  /** No attempt to start it was made, and it is not known that someone else has started it: it is as it was before the run. */
  z.object({ kind: z.literal('none') }),
  /**
   * Reveille has tried to start it. `wokenAt`: when EC2 accepted that, or, where the reply was lost, when it booted; null as
   * long as no start is known to have woken it.
   */
  z.object({ kind: z.literal('reveille'), attempts: attemptsSchema, wokenAt: timestampSchema.nullable() }),
  /** Someone else has started it, for all that this reason says. Attempts of ours may have left a lease, which has to go. */
  z.object({ kind: z.literal('others'), attempts: z.array(attemptSchema), reason: reasonSchema }),
]);
export type Owner = z.infer<typeof ownerSchema>;

/** All attempts of Reveille to start it, the newest first. */
export const attemptsOf = (owner: Owner): Attempt[] => (owner.kind === 'none' ? [] : owner.attempts);

/** When Reveille started it; null if it did not, as far as is known. */
export const wokenAtOf = (owner: Owner): Timestamp | null => (owner.kind === 'reveille' ? owner.wokenAt : null);

/** Whose it is after these attempts, in any order; no one's if there was none. */
export function triedBy(attempts: Attempt[], wokenAt: Timestamp | null): Owner {
  const [newest, ...earlier] = newestFirst(attempts);
  return newest === undefined ? { kind: 'none' } : { kind: 'reveille', attempts: [newest, ...earlier], wokenAt };
}

/**
 * With attempts that were lost: each may have started the instance, and may have left its lease on it. One that is known
 * already is taken as it was found now, but for what was seen of its boot: no record tells that.
 */
export function withAttempts(owner: Owner, found: Attempt[]): Owner {
  const known = new Map(attemptsOf(owner).map((attempt) => [attempt.attempt, attempt]));
  const now = found.map((attempt) => {
    const { boot = attempt.boot } = known.get(attempt.attempt) ?? {};
    known.delete(attempt.attempt);
    return boot === undefined ? attempt : { ...attempt, boot };
  });
  const attempts = [...now, ...known.values()];
  if (owner.kind === 'others') return { ...owner, attempts: newestFirst(attempts) };
  return triedBy(attempts, wokenAtOf(owner));
}

/** With what was seen of the boots of these same attempts. */
export function withBoots(owner: Owner, attempts: Attempt[]): Owner {
  return owner.kind === 'reveille' ? triedBy(attempts, owner.wokenAt) : owner;
}

/** With what one look shows of the boots of its attempts. */
export const withLook = (owner: Owner, look: BootLook): Owner =>
  withBoots(
    owner,
    attemptsOf(owner).map((attempt) => judgeAttempt(attempt, look)),
  );

/** It is someone else's from now on: it is worked on, and never stopped. */
export const leftToOthers = (owner: Owner, reason: Reason): Owner => ({
  kind: 'others',
  attempts: attemptsOf(owner),
  reason,
});

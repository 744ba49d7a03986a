// Who has its turn first, when SSM is to be sent a command: it takes one for all of its instances, or for none.
import type { BatchInstance, InstanceAt } from '../batch/batch-instance.ts';
import { isAfter, secondsBetween } from '../model/time.ts';

/** What stands for a refusal where SSM was not asked: that says nothing of the instance. */
export const NO_TURN = 'no time was left to send it a command';

/**
 * The instances in groups, each of which is sent one command, in the order of their turns. To find the bad IDs of a command
 * that was refused takes calls (docs/aws-behaviour.md 14), and under slow answers more than a function has time for. At the
 * next look it would begin anew, and come no further. So what had no turn is asked for alone, and first what has waited
 * longest: then each call settles one instance. What was refused before comes last, and spoils no one else's command.
 */
export function toTurns(instances: InstanceAt<'update'>[]): InstanceAt<'update'>[][] {
  const fresh = instances.filter(({ lastRefusal }) => lastRefusal === null);
  const without = instances.filter(({ lastRefusal }) => lastRefusal === NO_TURN);
  const refused = instances.filter(({ lastRefusal }) => lastRefusal !== null && lastRefusal !== NO_TURN);
  const alone = without.sort((a, b) => secondsBetween(b.retryAt ?? b.stepSince, a.retryAt ?? a.stepSince));
  return [fresh, ...alone.map((instance) => [instance]), refused];
}

/** Whether it may still be sent a command: one that is sent by then has all of its time before the restoring. */
export const maySendTo = ({ sendUntil }: Pick<BatchInstance, 'sendUntil'>, now: Date): boolean =>
  !isAfter(now, sendUntil);

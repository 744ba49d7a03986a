// What ended the boot of an instance that was to be at work, if something has: it stopped, was stopped or started again, or is gone.
import type { InstanceAt } from '../batch/batch-instance.ts';
import { finishWork } from '../batch/transitions.ts';
import { type InstanceFacts, stateNow } from '../model/instance.ts';
import { type Reason, reason } from '../model/reason.ts';
import { isAfter } from '../model/time.ts';
import { bootOwnerOf } from '../ownership/attempt.ts';
import { attemptsOf, withLook } from '../ownership/owner.ts';

type AtWork = InstanceAt<'update' | 'verify'>;

/**
 * An instance at work whose boot has ended: it has failed, and goes back. With what the look shows of the boot, since what is
 * awake later is another one.
 * @returns null if its boot goes on, as far as EC2 says
 */
export function failedByItsEnd(instance: AtWork, ec2: InstanceFacts, now: Date): InstanceAt<'restore'> | null {
  const end = endOfBoot(instance, ec2, now);
  if (end === null) return null;
  const owner = withLook(instance.owner, { ...ec2, at: now });
  return finishWork({ ...instance, owner }, 'failed', end, now);
}

/** The beginnings of EC2's codes for a stop, with who has stopped it. All others are of a start that failed (docs/aws-behaviour.md 19, 96). */
const STOPS: [code: string, text: string][] = [
  ['Client.UserInitiated', 'someone stopped it'],
  ['Client.InstanceInitiatedShutdown', 'it shut itself down'],
  ['Server.ScheduledStop', 'EC2 stopped it, as it had announced'],
  ['Server.Spot', 'EC2 took it back, since it is a Spot Instance'],
];

/**
 * Who has stopped an instance, by EC2's own word; this run has not begun to restore it.
 * @returns null if EC2 does not speak of a stop
 */
export function whoStopped({ stateReason }: InstanceFacts): string | null {
  return STOPS.find(([code]) => stateReason?.code.startsWith(code))?.[1] ?? null;
}

/**
 * What ended the boot in which the instance's agent was found ready.
 *
 * A LaunchTime that differs is no new boot by itself, since EC2 may show it late (docs/aws-behaviour.md 44). One that lies after
 * a ping of the boot is: but where whose boot that was is in doubt.
 */
function endOfBoot(instance: AtWork, ec2: InstanceFacts, now: Date): Reason | null {
  const { state, launchTime } = ec2;
  if (state === 'terminated' || state === 'shutting-down') return reason('terminated-in-run', `it is ${state} now`);
  if (state === 'stopped' || state === 'stopping') {
    const why = whoStopped(ec2) ?? `EC2 says: ${ec2.stateReason?.message || ec2.stateReason?.code || 'nothing'}`;
    return reason('stopped-in-run', `it is ${stateNow(ec2)}, and was not stopped by this run: ${why}`);
  }
  if (launchTime === null || launchTime === instance.launchTime) return null;
  const isLater = isAfter(launchTime, instance.heardAt ?? instance.stepSince);
  const isInDoubt = bootOwnerOf(attemptsOf(instance.owner), ec2, now) === 'doubtful';
  if (!isLater || isInDoubt) return null;
  return reason('restarted-in-run', `it was started again at ${launchTime}, not by this run`);
}

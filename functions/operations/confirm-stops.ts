import type { SSMClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { readOtherActivity } from '../aws/ssm-activity.ts';
import { refusalOf, SSM } from '../domain/model/aws-errors.ts';
import { noteQuiet } from '../domain/steps/hold.ts';
import {
  findOtherActivity,
  findOwnCommands,
  noteOtherActivity,
  type OtherActivity,
  otherActivityUnknown,
} from '../domain/steps/other-activity.ts';
import type { RestoreCase } from '../domain/steps/restore.ts';
import { isLeftAwakeByEnd } from '../domain/steps/restore-decision.ts';
import { withLostCommands } from '../domain/work/sent-commands.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { DecidedMember, Member } from './stop-and-release.ts';

export interface ActivityTools extends Pick<Runtime, 'now' | 'logger'> {
  ssm: SSMClient;
}

/** What is known of others on an instance: nothing, before SSM is asked. */
export type SeenActivity = Pick<RestoreCase, 'otherActivity' | 'quietSince'>;

/** Decides once more on the instances that would be stopped or left awake now, with what is active on them. */
export async function confirmStops(
  tools: ActivityTools,
  decided: DecidedMember[],
  decide: (member: Member, seen: SeenActivity) => DecidedMember,
): Promise<DecidedMember[]> {
  const checks = await checkStops(tools, decided);
  return decided.map((unconfirmed) => {
    const check = checks.get(unconfirmed.instance.instanceId);
    if (check === undefined) return unconfirmed;
    const known = withLostCommands(unconfirmed.instance, check.ownCommands);
    const { otherActivity } = check;
    const now = tools.now();
    const instance = noteOtherActivity(known, otherActivity, now);
    const hold = noteQuiet(unconfirmed.hold, otherActivity, unconfirmed.ec2.launchTime, now);
    return decide({ ...unconfirmed, instance, hold }, { otherActivity, quietSince: hold?.quietSince ?? null });
  });
}

/** What SSM says of one instance that would be stopped, or left awake. */
interface StopCheck {
  otherActivity: OtherActivity | null;
  /** Commands of ours that are still open on it, whether or not the payload knows them. */
  ownCommands: ReturnType<typeof findOwnCommands>;
}

/** Asked only for these instances, because it costs a call for each. What is left awake is told with what holds it. */
async function checkStops({ ssm, logger }: ActivityTools, decided: DecidedMember[]): Promise<Map<string, StopCheck>> {
  const toStop = decided.filter(
    ({ ec2, decision }) => ec2.state === 'running' && (decision.action === 'stop' || isLeftAwakeByEnd(decision)),
  );
  if (toStop.length === 0) return new Map();
  const ids = toStop.map(({ instance }) => instance.instanceId);
  try {
    const found = await readOtherActivity(ssm, ids);
    return new Map(
      toStop.map(({ instance, ec2 }) => {
        const { instanceId } = instance;
        const { launchTime } = ec2;
        const unread = found.unread.get(instanceId);
        const unknown = unread === undefined ? null : otherActivityUnknown(unread);
        const otherActivity = findOtherActivity(instance, launchTime, found) ?? unknown;
        return [instanceId, { otherActivity, ownCommands: findOwnCommands(instanceId, launchTime, found) }];
      }),
    );
  } catch (error) {
    const failure = describeFailure(error);
    logger.warn('could not check for other sessions and commands: none of these instances is stopped', { failure });
    const otherActivity = otherActivityUnknown(refusalOf(failure.call ?? SSM, failure));
    return new Map(ids.map((id) => [id, { otherActivity, ownCommands: [] }]));
  }
}

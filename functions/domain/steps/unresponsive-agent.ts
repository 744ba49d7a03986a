// What it means that nothing was heard of an agent: its instance may have been stopped, restarted or terminated.
import type { BatchInstance } from '../batch/batch-instance.ts';
import type { Look } from '../batch/look.ts';
import { type InstanceFacts, stateNow } from '../model/instance.ts';
import { type Reason, reason } from '../model/reason.ts';
import type { Timestamp } from '../model/time.ts';

/** A look that can end because nothing was heard of an agent. The failure is believed only after EC2 was asked. */
export interface AgentLook<One extends BatchInstance = BatchInstance> extends Look<One> {
  isUnresponsive?: boolean;
}

/**
 * Why nothing was heard of an agent. An instance that is not running has no agent to hear from, and one that was started
 * again has lost the command. That was done by someone else, or by ReconcileLeases while this run was dead: this run has
 * not begun to restore the instance.
 * @param ec2 what EC2 says now; null: it does not list the instance any more
 * @param launchTime of the boot in which the agent was found ready; null: it never was
 */
export function explainUnresponsive(why: Reason, ec2: InstanceFacts | null, launchTime: Timestamp | null): Reason {
  if (ec2?.state === 'running' || ec2?.state === 'pending') {
    if (launchTime === null || ec2.launchTime === launchTime) return why;
    const again = ec2.launchTime ?? 'an unknown time';
    return reason('restarted-in-run', `it was started again at ${again}, not by this run; ${why.text}`);
  }
  if (ec2 === null || ec2.state === 'terminated' || ec2.state === 'shutting-down') {
    return reason('terminated-in-run', `it is ${ec2?.state ?? 'not known to EC2'} now; ${why.text}`);
  }
  return reason('stopped-in-run', `it is ${stateNow(ec2)}, and was not stopped by this run; ${why.text}`);
}

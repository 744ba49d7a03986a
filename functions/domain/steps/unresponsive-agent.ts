import type { InstanceFacts } from '../model/instance.ts';
import { type Reason, reason } from '../model/reason.ts';
import type { Timestamp } from '../model/time.ts';

/** Failures that are only silence: nothing was heard of its agent. */
const SILENCE = new Set(['agent-lost', 'update-hung', 'update-lost', 'update-undelivered', 'update-undeliverable']);

export const isUnresponsive = ({ code }: Reason): boolean => SILENCE.has(code);

/**
 * Why nothing was heard of an agent: an instance that is not running has none, and one that was started again meanwhile has
 * lost what its agent was at. By somebody, or by ReconcileLeases while this run was dead; not by this run, which has not
 * begun to put it back.
 * @param facts what EC2 says now; null: it does not know it any more
 * @param launchTime of the boot in which the agent was found ready; null: it never was
 */
export function explainUnresponsive(why: Reason, facts: InstanceFacts | null, launchTime: Timestamp | null): Reason {
  if (!isUnresponsive(why)) return why;
  if (facts?.state === 'running' || facts?.state === 'pending') {
    if (launchTime === null || facts.launchTime === launchTime) return why;
    const again = facts.launchTime ?? 'an unknown time';
    return reason('restarted-in-run', `it was started again at ${again}, not by this run; ${why.text}`);
  }
  if (facts === null || facts.state === 'terminated' || facts.state === 'shutting-down') {
    return reason('terminated-in-run', `it is ${facts?.state ?? 'not known to EC2'} now; ${why.text}`);
  }
  return reason('stopped-in-run', `it is ${facts.state}, and was not stopped by this run; ${why.text}`);
}

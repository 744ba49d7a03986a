import type { InstanceFacts } from './instances.ts';
import { type Reason, reason } from './reasons.ts';

/** Failures that are only silence: nothing was heard of its agent. */
const SILENCE = new Set(['agent-lost', 'update-hung', 'update-lost', 'update-undelivered', 'update-undeliverable']);

export const isSilence = ({ code }: Reason): boolean => SILENCE.has(code);

/**
 * Why nothing was heard of an agent: an instance that is not running has none. By somebody, or by ReconcileLeases while this
 * run was dead; not by this run, which has not begun to put it back.
 * @param facts what EC2 says now; null: it does not know it any more
 */
export function explainSilence(why: Reason, facts: InstanceFacts | null): Reason {
  if (!isSilence(why) || facts?.state === 'running') return why;
  if (facts === null || facts.state === 'terminated' || facts.state === 'shutting-down') {
    return reason('terminated-in-run', `it is ${facts?.state ?? 'not known to EC2'} now; ${why.text}`);
  }
  return reason('stopped-in-run', `it is ${facts.state}, and was not stopped by this run; ${why.text}`);
}

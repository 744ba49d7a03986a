import { STRAY_LAMBDA_SECONDS } from '../model/limits.ts';
import { secondsBetween, type Timestamp } from '../model/time.ts';

/** What Step Functions says of an execution. `unknown`: it does not know it, or does not tell us. */
export type ExecutionStatus =
  | { status: 'running' }
  | { status: 'ended'; stoppedAt: Timestamp }
  | { status: 'unknown'; why: string };

/** Longer than any run may take: what nobody knows any more is dead then. */
const UNKNOWN_IS_DEAD_AFTER_SECONDS = 24 * 60 * 60;

/**
 * Whether anything of an execution can still act. A Lambda goes on after its execution has ended, for as long as it may
 * run (docs/aws-behaviour.md 27). DescribeExecution lags behind, and may be forbidden (31): what is not known is alive for a day.
 * @param since when it is known to have been alive
 */
export function livenessOf(execution: ExecutionStatus, since: Timestamp, now: Date): 'alive' | 'ending' | 'dead' {
  switch (execution.status) {
    case 'running':
      return 'alive';
    case 'ended':
      return secondsBetween(execution.stoppedAt, now) >= STRAY_LAMBDA_SECONDS ? 'dead' : 'ending';
    case 'unknown':
      return secondsBetween(since, now) >= UNKNOWN_IS_DEAD_AFTER_SECONDS ? 'dead' : 'alive';
  }
}

import { STRAY_LAMBDA_SECONDS, UNKNOWN_IS_DEAD_AFTER_SECONDS } from '../model/limits.ts';
import { secondsBetween, type Timestamp } from '../model/time.ts';

/** What Step Functions says of an execution. `unknown`: it does not know it, or does not tell us. */
export type ExecutionStatus =
  | { status: 'running' }
  | { status: 'ended'; stoppedAt: Timestamp }
  | { status: 'unknown'; why: string };

/** Whether anything of an execution can still act. `ending`: it has ended, and a Lambda of it may go on. */
export type Liveness = 'alive' | 'ending' | 'dead';

/**
 * Whether anything of an execution can still act. A Lambda goes on after its execution has ended, for as long as it may
 * run (docs/aws-behaviour.md 27). DescribeExecution lags behind, and may be forbidden (31): what is not known is alive for a day.
 * @param execution null: Step Functions was not asked, so nothing is known either
 * @param since when it is known to have been alive
 */
export function livenessOf(execution: ExecutionStatus | null, since: Timestamp, now: Date): Liveness {
  switch (execution?.status) {
    case 'running':
      return 'alive';
    case 'ended':
      return secondsBetween(execution.stoppedAt, now) >= STRAY_LAMBDA_SECONDS ? 'dead' : 'ending';
    case 'unknown':
    case undefined:
      return secondsBetween(since, now) >= UNKNOWN_IS_DEAD_AFTER_SECONDS ? 'dead' : 'alive';
  }
}

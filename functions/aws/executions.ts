import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { ExecutionStatus } from '../domain/ownership/execution-status.ts';
import { describeFailure } from './sdk/failures.ts';

const UNDER_WAY = new Set(['RUNNING', 'PENDING_REDRIVE']);

/**
 * Whether an execution, or a child of a Map Run, still runs. A refusal (AccessDenied, ExecutionDoesNotExist) is an answer
 * too: unknown, which is never taken for dead (docs/aws-behaviour.md 31).
 */
export async function describeExecutionStatus(sfn: SFNClient, executionArn: string): Promise<ExecutionStatus> {
  try {
    const { status = 'RUNNING', stopDate } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (UNDER_WAY.has(status) || stopDate === undefined) return { status: 'running' };
    return { status: 'ended', stoppedAt: stopDate.toISOString() };
  } catch (error) {
    const { code, isRefusal } = describeFailure(error);
    if (!isRefusal) throw error;
    return { status: 'unknown', why: code };
  }
}

import * as z from 'zod';
import type { ExecutionRecord, MapRun } from '../../../engine/model.ts';
import { ServiceError } from '../../wire/service-error.ts';
import { type Operations, operation, paginate } from '../operation.ts';
import { executionOperations, type StateMachineOfExecutions } from './executions.ts';
import { arnOf, invalidToken, maxResults, nextToken, seconds, secondsOrNone } from './wire.ts';

/** A state machine as it is deployed. */
export interface DeployedStateMachine extends StateMachineOfExecutions {
  name: string;
  roleArn: string;
  /** The ASL document. */
  definition: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

const countOf = (children: ExecutionRecord[], status: ExecutionRecord['status']): number =>
  children.filter((child) => child.status === status).length;

/** Each child execution has one item, so items and executions count alike. */
function counts({ children, itemCount, status }: MapRun) {
  const unstarted = Math.max(0, itemCount - children.length);
  return {
    pending: status === 'RUNNING' ? unstarted : 0,
    running: countOf(children, 'RUNNING'),
    succeeded: countOf(children, 'SUCCEEDED'),
    failed: countOf(children, 'FAILED'),
    timedOut: countOf(children, 'TIMED_OUT'),
    aborted: countOf(children, 'ABORTED') + (status === 'RUNNING' ? 0 : unstarted),
    total: Math.max(itemCount, children.length),
    pendingRedrive: countOf(children, 'PENDING_REDRIVE'),
    // There is no ResultWriter.
    resultsWritten: 0,
  };
}

const listed = ({ arn, executionArn, stateMachineArn, startedAt, stoppedAt }: MapRun) => ({
  mapRunArn: arn,
  executionArn,
  stateMachineArn,
  startDate: seconds(startedAt),
  stopDate: secondsOrNone(stoppedAt),
});

/** Step Functions with one state machine on it. */
export function stepFunctions(machine: DeployedStateMachine): Operations {
  const { arn, name, roleArn, definition, createdAt, executions } = machine;
  const summary = { stateMachineArn: arn, name, type: 'STANDARD', creationDate: seconds(createdAt) };
  return {
    ...executionOperations(machine),
    DescribeStateMachine: operation(
      z.strictObject({ stateMachineArn: z.string().min(1), includedData: z.literal('ALL_DATA').optional() }),
      ({ stateMachineArn }) => {
        if (arnOf('stateMachine', stateMachineArn) !== arn) {
          throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
        }
        return {
          ...summary,
          status: 'ACTIVE',
          definition,
          roleArn,
          loggingConfiguration: { level: 'OFF', includeExecutionData: false },
          tracingConfiguration: { enabled: false },
        };
      },
    ),
    ListStateMachines: operation(
      z.strictObject({ maxResults, nextToken }),
      ({ maxResults: size, nextToken: token }, call) => {
        const { page, nextToken: next } = paginate(call, [summary], { size, token, invalidToken });
        return { stateMachines: page, nextToken: next };
      },
    ),
    ListMapRuns: operation(
      z.strictObject({ executionArn: z.string().min(1), maxResults, nextToken }),
      ({ executionArn, maxResults: size, nextToken: token }, call) => {
        const record = executions.find(arnOf('execution', executionArn));
        if (record === undefined) {
          throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
        }
        const { page, nextToken: next } = paginate(call, [...record.mapRuns].reverse(), { size, token, invalidToken });
        return { mapRuns: page.map(listed), nextToken: next };
      },
    ),
    DescribeMapRun: operation(z.strictObject({ mapRunArn: z.string().min(1) }), ({ mapRunArn }) => {
      const mapRun = executions.findMapRun(arnOf('mapRun', mapRunArn));
      if (mapRun === undefined) throw new ServiceError('ResourceNotFound', `Resource not found: '${mapRunArn}'`);
      const { stateMachineArn: _machine, ...told } = listed(mapRun);
      return {
        ...told,
        status: mapRun.status,
        maxConcurrency: mapRun.maxConcurrency,
        toleratedFailurePercentage: mapRun.toleratedFailurePercentage,
        toleratedFailureCount: 0,
        itemCounts: counts(mapRun),
        executionCounts: counts(mapRun),
        redriveCount: mapRun.redriveCount,
        redriveDate: secondsOrNone(mapRun.redrivenAt),
      };
    }),
  };
}

const EXECUTION_ARN =
  /^arn:(?<partition>[\w-]+):states:(?<region>[\w-]+):(?<account>\d{12}):execution:(?<stateMachine>[^:/]+):(?<runId>[^:/]+)$/;

const STATE_MACHINE_ARN =
  /^arn:(?<partition>[\w-]+):states:(?<region>[\w-]+):(?<account>\d{12}):stateMachine:(?<stateMachine>[^:/]+)$/;

export interface ExecutionNames {
  partition: string;
  region: string;
  account: string;
  stateMachine: string;
  runId: string;
}

export type StateMachineNames = Omit<ExecutionNames, 'runId'>;

/** Region, account and names, as an execution's ARN tells them; null for anything else. */
export function parseExecutionArn(arn: string): ExecutionNames | null {
  const groups = EXECUTION_ARN.exec(arn)?.groups;
  if (!groups) return null;
  const { partition = '', region = '', account = '', stateMachine = '', runId = '' } = groups;
  return { partition, region, account, stateMachine, runId };
}

/** The same names as a state machine's ARN tells them, but for the run's. */
export function parseStateMachineArn(arn: string): StateMachineNames | null {
  const groups = STATE_MACHINE_ARN.exec(arn)?.groups;
  if (!groups) return null;
  const { partition = '', region = '', account = '', stateMachine = '' } = groups;
  return { partition, region, account, stateMachine };
}

export const executionArn = ({ partition, region, account, stateMachine, runId }: ExecutionNames): string =>
  `arn:${partition}:states:${region}:${account}:execution:${stateMachine}:${runId}`;

/** The label of the state machine's distributed map: the executions of its children carry it (docs/aws-behaviour.md 35). */
const MAP_LABEL = 'UpdateBatches';

export const childArn = ({
  partition,
  region,
  account,
  stateMachine,
  child,
}: StateMachineNames & { child: string }): string =>
  `arn:${partition}:states:${region}:${account}:execution:${stateMachine}/${MAP_LABEL}:${child}`;

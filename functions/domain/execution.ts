import * as z from 'zod';
import { timestampSchema } from './time.ts';
import { targetVersionSchema } from './versions.ts';

export const GROUPS_MAX = 20;
const groupsSchema = z
  .array(z.string().min(1).max(300))
  .min(1)
  .max(GROUPS_MAX)
  .refine((groups) => new Set(groups).size === groups.length, 'expected each group once');

/** The input of an execution, as people and the schedule give it. `{}` takes the deployed defaults. */
export const executionInputSchema = z.strictObject({
  groups: groupsSchema.optional().describe('Resource groups, by name, in this order; the deployed ones by default'),
  targetVersion: targetVersionSchema.optional().describe('"latest", or a version such as "3.3.551.0"'),
  dryRun: z.boolean().optional().describe('List and judge only: the run ends with a plan'),
  allowEmpty: z.boolean().optional().describe('An empty group, or one where nobody takes part, is no failure'),
  finishBy: timestampSchema
    .optional()
    .describe(
      'Nobody is woken who might not be back as it was by then; ISO 8601 in UTC, such as "2026-12-06T06:00:00Z"',
    ),
  scheduledTime: timestampSchema.optional().describe('Set by the schedule: the time of this occurrence'),
});
export type ExecutionInput = z.infer<typeof executionInputSchema>;

/** What the state machine hands to ListInstances; its own reply has the same fields, for the next listing. */
export const listRequestSchema = z.object({
  input: executionInputSchema,
  /** How many listings there have been. */
  listing: z.int().min(0),
  executionArn: z.string(),
  startedAt: timestampSchema,
});

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

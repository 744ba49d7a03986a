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
  scheduledTime: z.string().max(40).optional().describe('Set by the schedule: the time of this occurrence'),
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
  /^arn:[\w-]+:states:(?<region>[\w-]+):(?<account>\d{12}):execution:(?<stateMachine>[^:/]+):(?<runId>[^:/]+)$/;

/** Region, account and names, as an execution's ARN tells them; null for anything else. */
export function parseExecutionArn(
  arn: string,
): { region: string; account: string; stateMachine: string; runId: string } | null {
  const groups = EXECUTION_ARN.exec(arn)?.groups;
  if (!groups) return null;
  const { region = '', account = '', stateMachine = '', runId = '' } = groups;
  return { region, account, stateMachine, runId };
}

import * as z from 'zod';
import { targetVersionSchema } from '../model/agent-version.ts';
import { GROUPS_MAX } from '../model/limits.ts';
import { timestampSchema } from '../model/time.ts';

const groupsSchema = z
  .array(z.string().min(1).max(300), `give a list of 1 to ${GROUPS_MAX} names`)
  .min(1)
  .max(GROUPS_MAX)
  .refine((groups) => new Set(groups).size === groups.length, 'give each group once');

/** The input of an execution, as people and the schedule give it. `{}` takes the deployed defaults. */
export const executionInputSchema = z.strictObject({
  groups: groupsSchema.optional().describe('Resource groups, by name, in this order; the deployed ones by default'),
  targetVersion: targetVersionSchema.optional().describe('"latest", or a version such as "3.3.551.0"'),
  dryRun: z.boolean().optional().describe('List and judge only: the run ends with a plan'),
  allowEmpty: z.boolean().optional().describe('An empty group, or one of which no instance takes part, is no failure'),
  finishBy: timestampSchema
    .optional()
    .describe(
      'No instance is started that may not be restored by this time; ISO 8601 in UTC, such as "2026-12-06T06:00:00Z"',
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
export type ListRequest = z.infer<typeof listRequestSchema>;

import * as z from 'zod';
import { targetVersionSchema } from '../model/agent-version.ts';
import { ReveilleError } from '../model/errors.ts';
import { GROUPS_MAX, INSTANCES_CHOSEN_MAX } from '../model/limits.ts';

import { isAfter, type Timestamp, timestampSchema, toTimestamp } from '../model/time.ts';
import { nextLocalTime } from './local-time.ts';

const groupsSchema = z
  .array(z.string().min(1).max(300), `give a list of 1 to ${GROUPS_MAX} names`)
  .min(1)
  .max(GROUPS_MAX)
  .refine((groups) => new Set(groups).size === groups.length, 'give each group once');

const LOCAL_TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

const finishBySchema = z.union(
  [z.iso.datetime({ offset: true }), z.string().regex(LOCAL_TIME)],
  'give a time with its offset, such as 2026-12-06T06:00:00+09:00, or a local time, such as 06:00',
);

/**
 * The moment that `finishBy` means. A local time is the next one after the run's start, in the zone of the schedule.
 * @throws InvalidInput if it is past
 */
export function resolveFinishBy(finishBy: string, timeZone: string, startedAt: Timestamp): Timestamp {
  if (LOCAL_TIME.test(finishBy)) return nextLocalTime(finishBy, timeZone, startedAt);
  const moment = toTimestamp(new Date(finishBy));
  if (isAfter(moment, startedAt)) return moment;
  throw new ReveilleError(
    'InvalidInput',
    `finishBy: ${finishBy} is past: give a time after the run's start at ${startedAt}`,
  );
}

/** Each is an ID, or the whole Name of a member; not more than a batch: who wants more of them wants the group. */
const instancesSchema = z
  .array(z.string().min(1).max(256), `give a list of 1 to ${INSTANCES_CHOSEN_MAX} instance IDs or names`)
  .min(1)
  .max(INSTANCES_CHOSEN_MAX)
  .refine((instances) => new Set(instances).size === instances.length, 'give each instance once');

/** The input of an execution, as people and the schedule give it. `{}` takes the deployed defaults. */
export const executionInputSchema = z.strictObject({
  groups: groupsSchema.optional().describe('Resource groups, by name, in this order; the deployed ones by default'),
  instances: instancesSchema
    .optional()
    .describe('Only these members of the groups, by instance ID or by name: again, only the three that failed'),
  targetVersion: targetVersionSchema.optional().describe('"latest", or a version such as "3.3.551.0"'),
  dryRun: z.boolean().optional().describe('List and judge only: the run ends with a plan'),
  allowEmpty: z.boolean().optional().describe('An empty group, or one of which no instance takes part, is no failure'),
  finishBy: finishBySchema
    .optional()
    .describe(
      'No instance is stopped after this time, and the last update is sent so much earlier that all is restored by then; ISO 8601 with its offset, such as "2026-12-06T06:00:00+09:00", or the next local time in the schedule\'s zone, such as "06:00"',
    ),
  scheduledTime: timestampSchema.optional().describe('Set by the schedule: the time of this occurrence'),
});
export type ExecutionInput = z.infer<typeof executionInputSchema>;

/** No input at all, and the one that the console fills in, are an empty one. */
function withoutConsole(input: unknown): unknown {
  if (input === null) return {};
  if (typeof input !== 'object' || Array.isArray(input)) return input;
  const { Comment: _consoles, ...rest } = input as Record<string, unknown>;
  return rest;
}

/** What the state machine hands to ListInstances; its own reply has the same fields, for the next listing. */
export const listRequestSchema = z.object({
  input: z.preprocess(withoutConsole, executionInputSchema),
  /** How many listings there have been. */
  listing: z.int().min(0),
  /** Since when EC2 has not said how a member is, by its ID. */
  silentSince: z.record(z.string(), timestampSchema).default({}),
  executionArn: z.string(),
  startedAt: timestampSchema,
});
export type ListRequest = z.infer<typeof listRequestSchema>;

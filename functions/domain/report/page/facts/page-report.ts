// What the page reads of a report. A report may be older than this code, or newer: what it lacks is not shown, and is not made up.
import * as z from 'zod';
import { outcomeSchema } from '../../../batch/batch-instance.ts';
import { reasonSchema } from '../../../model/reason.ts';
import { timestampSchema } from '../../../model/time.ts';

/** What came to reports later, or may still come: null where it is missing, or is not as it is known here. */
const later = <T extends z.ZodType>(schema: T) => schema.nullable().catch(null).default(null);

const moment = later(timestampSchema);

const timesSchema = z.object({
  startAcceptedAt: moment,
  runningAt: moment,
  firstPingAt: moment,
  stopAcceptedAt: moment,
  settledAt: moment,
});

const commandSchema = z.object({
  commandId: z.string(),
  sentAt: timestampSchema,
  endedAt: moment,
  status: later(z.string()),
});

const pageInstanceSchema = z.object({
  instanceId: z.string(),
  name: later(z.string()),
  group: z.string(),
  platform: later(z.string()),
  outcome: outcomeSchema,
  reason: reasonSchema.nullable(),
  notes: z.array(reasonSchema).default([]),
  versionBefore: z.string().nullable(),
  versionAfter: z.string().nullable(),
  originalState: z.string().nullable(),
  finalState: z.string().nullable(),
  wokenAt: timestampSchema.nullable(),
  restoredAt: timestampSchema.nullable(),
  awakeSeconds: z.number().nullable(),
  times: later(timesSchema),
  refusedStarts: later(
    z.object({ count: z.int(), firstAt: timestampSchema, lastAt: timestampSchema, code: later(z.string()) }),
  ),
  commands: z.array(commandSchema).catch([]).default([]),
  proof: later(z.object({ pingAt: timestampSchema, version: later(z.string()) })),
  said: later(z.string()),
});
export type PageInstance = z.infer<typeof pageInstanceSchema>;

const checkSchema = z.object({
  status: z.enum(['kept', 'not-kept', 'not-checked']),
  instances: z.array(z.string()).catch([]).default([]),
  text: later(z.string()),
});
export type Check = z.infer<typeof checkSchema>;

export const pageReportSchema = z.object({
  runId: z.string(),
  status: z.enum(['succeeded', 'failed']),
  startedAt: timestampSchema,
  endedAt: timestampSchema,
  diedBeforeReport: z.boolean().default(false),
  account: z.string(),
  region: z.string(),
  timeZone: z.string().default('UTC'),
  targetVersion: z.string(),
  counts: z.object({
    intended: z.int(),
    updated: z.int(),
    alreadyCurrent: z.int(),
    failed: z.int(),
    excluded: z.int(),
  }),
  listedAt: moment,
  checks: later(
    z.object({
      versions: later(checkSchema),
      states: later(checkSchema),
      leases: later(checkSchema),
      launchTimes: later(checkSchema),
    }),
  ),
  instances: z.array(pageInstanceSchema),
});
export type PageReport = z.infer<typeof pageReportSchema>;

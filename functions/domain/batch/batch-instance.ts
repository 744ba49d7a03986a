import * as z from 'zod';
import { originalStateSchema } from '../model/instance.ts';
import { reasonSchema } from '../model/reason.ts';
import { endsFields, withEnds } from '../model/run.ts';
import { timestampSchema } from '../model/time.ts';
import { ownerSchema } from '../ownership/owner.ts';
import { sightingsSchema } from '../ownership/sightings.ts';

/** The step at which an instance is. `settled` only comes from RestoreInstances. */
export const stepSchema = z.enum(['start', 'preflight', 'readiness', 'update', 'verify', 'restore', 'settled']);
export type Step = z.infer<typeof stepSchema>;

export const outcomeSchema = z.enum(['updated', 'already-current', 'failed', 'excluded']);
export type Outcome = z.infer<typeof outcomeSchema>;

/**
 * A command that was sent to the instance. `endedAt` is null as long as it may still be at work; `status` is SSM's last word on
 * it, left out as long as there is none.
 */
const sentCommandSchema = z.object({
  commandId: z.string(),
  sentAt: timestampSchema,
  endedAt: timestampSchema.nullable(),
  status: z.string().optional(),
});
export type SentCommand = z.infer<typeof sentCommandSchema>;

/** How often EC2 has refused to start it, and with which code the last time. */
const refusedStartsSchema = z.object({
  count: z.int().min(1),
  firstAt: timestampSchema,
  lastAt: timestampSchema,
  code: z.string(),
});
export type RefusedStarts = z.infer<typeof refusedStartsSchema>;

export const batchInstanceSchema = z
  .object({
    instanceId: z.string(),
    originalState: originalStateSchema,
    step: stepSchema,
    stepSince: timestampSchema,
    /** Its run's two ends, or those of the dead run that it was taken over from. */
    ...endsFields,
    /** Not before this moment: a start that lacked capacity, or a command that met another update. */
    retryAt: timestampSchema.nullable().default(null),
    /** Who has started it: Reveille, someone else, or no one. */
    owner: ownerSchema.default({ kind: 'none' }),
    /** What was seen of its start; left out where nothing was. */
    sightings: sightingsSchema.optional(),
    refusedStarts: refusedStartsSchema.optional(),
    /** EC2's LaunchTime of the boot that is being watched. */
    launchTime: timestampSchema.nullable().default(null),
    versionBefore: z.string().nullable().default(null),
    versionAfter: z.string().nullable().default(null),
    /** Of the ping in which its agent reported `versionAfter`; as long as that is null, `versionBefore`. */
    heardAt: timestampSchema.optional(),
    commands: z.array(sentCommandSchema).default([]),
    /** The agent said that an update which is not ours is at work, first at this moment. */
    otherUpdateSince: timestampSchema.nullable().default(null),
    /** Its agent refused the target as older than itself: to be verified. */
    hasRefusedTarget: z.boolean().default(false),
    /** A step of its batch failed: until when a Lambda of that step may still act on it. null: none failed. */
    strayUntil: timestampSchema.nullable().default(null),
    stopAcceptedAt: timestampSchema.nullable().default(null),
    /** Since when someone else's session, command or association has kept it from being stopped. */
    otherActivitySince: timestampSchema.nullable().default(null),
    /** What EC2 or SSM last refused to do for it, and why. */
    lastRefusal: z.string().nullable().default(null),
    /** What SSM or EC2 said when it failed, where its reason has not all of it. */
    said: z.string().optional(),
    outcome: outcomeSchema.nullable().default(null),
    reason: reasonSchema.nullable().default(null),
    /** It failed because nothing was heard of its agent, and EC2 did not tell why. */
    isUnresponsive: z.boolean().default(false),
    restoredAt: timestampSchema.nullable().default(null),
    finalState: z.string().nullable().default(null),
  })
  .transform((instance) => withEnds(instance, instance.stepSince));
export type BatchInstance = z.infer<typeof batchInstanceSchema>;

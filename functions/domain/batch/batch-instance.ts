// What an instance carries at each step: what a step does not name can't be there, and what is not nullable can't be null.
import * as z from 'zod';
import { awsErrorSchema } from '../model/aws-errors.ts';
import { originalStateSchema } from '../model/instance.ts';
import { reasonSchema } from '../model/reason.ts';
import { type Ends, endsFields, withEnds } from '../model/run.ts';
import { timestampSchema } from '../model/time.ts';
import { ownerSchema } from '../ownership/owner.ts';
import { sightingsSchema } from '../ownership/sightings.ts';

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

/** At every step. */
const carried = {
  instanceId: z.string(),
  originalState: originalStateSchema,
  stepSince: timestampSchema,
  /** Its run's two ends, or those of the dead run that it was taken over from. */
  ...endsFields,
  /** Its Availability Zone; left out where it is not known. */
  zone: z.string().optional(),
  /** Since which look EC2 has shown nothing of it; left out where the last one did. */
  unseenSince: timestampSchema.optional(),
  /** Why these looks have shown nothing of it: an ID that EC2 does not know is no zone that it does not answer for. */
  unseenAs: z.enum(['unknown', 'silent']).optional(),
  /** Who has started it: Reveille, someone else, or no one. */
  owner: ownerSchema.default({ kind: 'none' }),
  /** What was seen of its start; left out where nothing was. */
  sightings: sightingsSchema.optional(),
  refusedStarts: refusedStartsSchema.optional(),
};

const refusable = {
  /** What EC2 or SSM last refused to do for it at this step, and why; or that there was no time to ask. */
  lastRefusal: z.string().nullable().default(null),
  /** The last error of AWS among these, whatever came after it; left out if there was none, or once AWS has done it. */
  lastError: awsErrorSchema.optional(),
};

/** Not before this moment: a start that lacked capacity, or a command that met another update. */
const triedAgain = { ...refusable, retryAt: timestampSchema.nullable().default(null) };

/** Its agent was heard: in the boot of this LaunchTime, and with this version, if it named one. */
const heard = {
  launchTime: timestampSchema,
  versionBefore: z.string().nullable(),
  /** When it was heard last: in the ping that named this version. */
  heardAt: timestampSchema.optional(),
};

const sent = { commands: z.array(sentCommandSchema).default([]) };

/** The agent said that an update which is not ours is at work, first at this moment. */
const otherUpdate = { otherUpdateSince: timestampSchema.nullable().default(null) };

/** Since when someone else's session, command or association has kept it from being stopped; where it ends so, it is held. */
const keptAwake = { otherActivitySince: timestampSchema.nullable().default(null) };

/** The work on it is over, however far it had come: one that was never heard has neither boot nor version. */
const worked = {
  launchTime: timestampSchema.nullable().default(null),
  versionBefore: z.string().nullable().default(null),
  versionAfter: z.string().nullable().default(null),
  /** Of the ping in which its agent reported `versionAfter`; as long as that is null, `versionBefore`. */
  heardAt: timestampSchema.optional(),
  /** What SSM or EC2 said when it failed, where its reason has not all of it. */
  said: z.string().optional(),
  /** When EC2 accepted its stop last. */
  stopAcceptedAt: timestampSchema.nullable().default(null),
  ...sent,
  /** null only of one that a dead run has left behind: how far its work had come is not known. */
  outcome: outcomeSchema.nullable().default(null),
  reason: reasonSchema.nullable().default(null),
};

/** What an instance carries at which step. `settled` only comes from RestoreInstances. */
const shapes = {
  start: triedAgain,
  preflight: refusable,
  readiness: {},
  update: { ...heard, ...sent, ...triedAgain, ...otherUpdate },
  verify: {
    ...heard,
    ...sent,
    /** Its agent refused the target as older than itself. */
    hasRefusedTarget: z.boolean().default(false),
  },
  restore: {
    ...worked,
    ...otherUpdate,
    ...refusable,
    ...keptAwake,
    /** A step of its batch failed: until when a Lambda of that step may still act on it. null: none failed. */
    strayUntil: timestampSchema.nullable().default(null),
  },
  /** `finalState` is null of one that EC2 did not show. */
  settled: {
    ...worked,
    ...keptAwake,
    finalState: z.string().nullable(),
    restoredAt: timestampSchema.nullable().default(null),
  },
} as const;

const at = <S extends keyof typeof shapes>(step: S) => z.object({ step: z.literal(step), ...carried, ...shapes[step] });

export const batchInstanceSchema = z
  .discriminatedUnion('step', [
    at('start'),
    at('preflight'),
    at('readiness'),
    at('update'),
    at('verify'),
    at('restore'),
    at('settled'),
  ])
  .transform((instance) => withEnds(instance, instance.stepSince));
export type BatchInstance = z.output<typeof batchInstanceSchema>;

/** The step at which an instance is. */
export type Step = BatchInstance['step'];

/** An instance at one of these steps. */
export type InstanceAt<S extends Step> = Extract<BatchInstance, { step: S }>;

/** The work on it is not over. */
export type Working = InstanceAt<'start' | 'preflight' | 'readiness' | 'update' | 'verify'>;

/** What every step carries on, whatever else it leaves behind. */
export type Carried = Pick<
  BatchInstance,
  | 'instanceId'
  | 'originalState'
  | 'zone'
  | 'unseenSince'
  | 'unseenAs'
  | 'owner'
  | 'sightings'
  | 'refusedStarts'
  | keyof Ends
>;

/** The commands that it was sent: none before its agent was heard. */
export const commandsOf = (instance: BatchInstance): SentCommand[] => ('commands' in instance ? instance.commands : []);

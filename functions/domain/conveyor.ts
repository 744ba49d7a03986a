import * as z from 'zod';
import { originalStateSchema } from './instances.ts';
import { type Reason, reason, reasonSchema } from './reasons.ts';
import { isAfter, secondsBetween, type Timestamp, timestampSchema, toTimestamp } from './time.ts';
import { agentVersionSchema } from './versions.ts';

/** SendCommand takes no more instance IDs than this (docs/aws-behaviour.md 11), so a batch has no more either. */
export const BATCH_SIZE_MAX = 50;
/** Lambda invocations that one batch may have: the last limit, should every deadline fail to end it. */
export const LOOKS_MAX = 1500;

/**
 * From the run's start until everybody's work must be over, so that with the hard deadline of an update and the time to
 * restore all is put back before the state machine's own time-out, which runs no Catch (docs/aws-behaviour.md 27).
 */
export const RUN_DEADLINE_SECONDS = 8 * 60 * 60;

/** Where an instance stands on the conveyor. `settled` only comes from RestoreInstances. */
export const stepSchema = z.enum(['start', 'readiness', 'update', 'verify', 'restore', 'settled']);
export type Step = z.infer<typeof stepSchema>;

export const outcomeSchema = z.enum(['updated', 'already-current', 'failed', 'excluded']);
export type Outcome = z.infer<typeof outcomeSchema>;

/** What every payload, file, lease and report of a run refers to. */
export const runSchema = z.object({
  runId: z.string().min(1).max(80),
  stateMachine: z.string().min(1).max(80),
  account: z.string().regex(/^\d{12}$/),
  region: z.string().min(1),
  startedAt: timestampSchema,
  targetVersion: agentVersionSchema,
  /** Nobody is woken whose deadlines could pass this moment; null: there is no such moment. */
  finishBy: timestampSchema.nullable().default(null),
});
export type Run = z.infer<typeof runSchema>;

/** A command that was sent to the instance. `endedAt` is null as long as it may still be at work. */
const sentCommandSchema = z.object({
  commandId: z.string(),
  sentAt: timestampSchema,
  endedAt: timestampSchema.nullable(),
});
export type SentCommand = z.infer<typeof sentCommandSchema>;

/** One try of StartInstances, as its record in the bucket says. */
export const attemptSchema = z.object({
  attempt: z.string(),
  recordedAt: timestampSchema,
  /**
   * After this moment no start that this attempt sent can take effect any more. The same as recordedAt if its start was
   * refused or never sent: no boot can be its own then.
   */
  startBy: timestampSchema,
});
export type Attempt = z.infer<typeof attemptSchema>;

/** Our claim on an instance that we start: the newest attempt, and earlier ones whose replies were lost. */
const holdSchema = attemptSchema.extend({ earlier: z.array(attemptSchema).default([]) });
export type Hold = z.infer<typeof holdSchema>;

export const conveyorInstanceSchema = z.object({
  instanceId: z.string(),
  originalState: originalStateSchema,
  step: stepSchema,
  stepSince: timestampSchema,
  /** Not before this moment: a start that lacked capacity, or a command that met another update. */
  retryAt: timestampSchema.nullable().default(null),
  hold: holdSchema.nullable().default(null),
  /** When our start was accepted; null if we did not start it. */
  wokenAt: timestampSchema.nullable().default(null),
  /** Somebody else started it or took it over, for this reason: it is never stopped by us. */
  handedOver: reasonSchema.nullable().default(null),
  /** EC2's LaunchTime of the boot that is being watched. */
  launchTime: timestampSchema.nullable().default(null),
  versionBefore: z.string().nullable().default(null),
  versionAfter: z.string().nullable().default(null),
  commands: z.array(sentCommandSchema).default([]),
  /** The agent said that an update which is not ours is at work, first at this moment. */
  foreignUpdateSince: timestampSchema.nullable().default(null),
  stopAcceptedAt: timestampSchema.nullable().default(null),
  /** Since when somebody's session, command or association has kept it from being stopped. */
  neighbourSince: timestampSchema.nullable().default(null),
  /** What EC2 or SSM last refused to do for it, and why. */
  lastRefusal: z.string().nullable().default(null),
  outcome: outcomeSchema.nullable().default(null),
  reason: reasonSchema.nullable().default(null),
  restoredAt: timestampSchema.nullable().default(null),
  finalState: z.string().nullable().default(null),
});
export type ConveyorInstance = z.infer<typeof conveyorInstanceSchema>;

const countsSchema = z.object({
  start: z.int(),
  readiness: z.int(),
  update: z.int(),
  verify: z.int(),
  restore: z.int(),
  unsettled: z.int(),
});

/** The one input and output of every Lambda on the conveyor. */
export const batchSchema = z.object({
  run: runSchema,
  index: z.int().min(0),
  /** Name of the child execution that holds this batch; a lease has room for this many characters. */
  child: z.string().min(1).max(46),
  looks: z.int().min(0).default(0),
  /** Attempts of StartInstances whose replies arrived. A record of any other attempt is of one that was lost. */
  attempts: z.array(z.string()).default([]),
  /** How often this batch has sent a command: it makes each command's comment unique. */
  sends: z.int().min(0).default(0),
  lastProgressAt: timestampSchema,
  waitSeconds: z.int().min(1),
  counts: countsSchema,
  instances: z.array(conveyorInstanceSchema).min(1).max(BATCH_SIZE_MAX),
  /** What a Catch of the state machine brought here. */
  error: z.object({ Error: z.string(), Cause: z.string() }).optional(),
});
export type Batch = z.infer<typeof batchSchema>;

/** How ListInstances writes a batch: small, since all of them travel in one payload. */
export interface BatchSeed {
  index: number;
  lastProgressAt: Timestamp;
  waitSeconds: number;
  counts: Batch['counts'];
  instances: Pick<ConveyorInstance, 'instanceId' | 'originalState' | 'step' | 'stepSince'>[];
}

type Counted = { step: Step; retryAt?: Timestamp | null };

/** How many stand in each step. Whoever must wait before the next try of its start is not counted there. */
const countSteps = (instances: Counted[], now: Date): Batch['counts'] => {
  const at = (step: Step) => instances.filter((instance) => instance.step === step).length;
  const waiting = instances.filter(({ step, retryAt }) => step === 'start' && retryAt != null && isAfter(retryAt, now));
  return {
    start: at('start') - waiting.length,
    readiness: at('readiness'),
    update: at('update'),
    verify: at('verify'),
    restore: at('restore'),
    unsettled: instances.length - at('settled'),
  };
};

export function seedBatches(
  members: Pick<ConveyorInstance, 'instanceId' | 'originalState'>[],
  batchSize: number,
  now: Date,
): BatchSeed[] {
  const stepSince = toTimestamp(now);
  const batches: BatchSeed[] = [];
  for (let first = 0; first < members.length; first += batchSize) {
    const instances = members.slice(first, first + batchSize).map(({ instanceId, originalState }) => {
      const step: Step = originalState === 'running' ? 'readiness' : 'start';
      return { instanceId, originalState, step, stepSince };
    });
    batches.push({
      index: batches.length,
      lastProgressAt: stepSince,
      waitSeconds: WAIT_SECONDS_MIN,
      counts: countSteps(instances, now),
      instances,
    });
  }
  return batches;
}

export const WAIT_SECONDS_MIN = 15;
export const WAIT_SECONDS_MAX = 120;

/**
 * Waits grow for stragglers: a quarter of the time since anybody in the batch moved, within bounds. So nobody is awake
 * for more than a quarter longer than it must be. If all that is left are starts to be tried again, the first of them is waited for.
 */
export function waitSecondsFor(instances: Counted[], lastProgressAt: Timestamp, now: Date): number {
  const unsettled = instances.filter(({ step }) => step !== 'settled');
  const retries = unsettled.flatMap(({ step, retryAt }) => (step === 'start' && retryAt != null ? [retryAt] : []));
  const wanted =
    unsettled.length > 0 && retries.length === unsettled.length
      ? Math.ceil(secondsBetween(now, retries.sort()[0] ?? lastProgressAt))
      : Math.round(secondsBetween(lastProgressAt, now) / 4);
  return Math.min(WAIT_SECONDS_MAX, Math.max(WAIT_SECONDS_MIN, wanted));
}

export function moveTo(instance: ConveyorInstance, step: Step, now: Date): ConveyorInstance {
  return { ...instance, step, stepSince: toTimestamp(now), retryAt: null, lastRefusal: null };
}

/** The work on it is over, well or badly: what is left is to put it back as it was. */
export function conclude(
  instance: ConveyorInstance,
  outcome: Outcome,
  why: Reason | null,
  now: Date,
): ConveyorInstance {
  return { ...moveTo(instance, 'restore', now), outcome, reason: why };
}

/** Left out after all, before anything was done to it. */
export const exclude = (instance: ConveyorInstance, why: Reason, now: Date): ConveyorInstance =>
  conclude(instance, 'excluded', why, now);

export const fail = (instance: ConveyorInstance, code: string, text: string, now: Date): ConveyorInstance =>
  conclude(instance, 'failed', reason(code, text), now);

/** Another run may be at work on the same instances: whoever has lost the lock starts nothing and sends nothing any more. */
export const failWithoutLock = (instance: ConveyorInstance, now: Date): ConveyorInstance =>
  fail(instance, 'lock-lost', 'the run has lost its lock: it may only put back', now);

/** A batch may have waited for others before its first look: what its instances are given of time begins with that look. */
export function enterBatch(batch: Batch, now: Date): Batch {
  if (batch.looks > 0) return batch;
  const stepSince = toTimestamp(now);
  const instances = batch.instances.map((instance) => ({ ...instance, stepSince }));
  return { ...batch, lastProgressAt: stepSince, instances };
}

/** Why everybody who is still at work has to end it; null as long as there is time. */
function limitReached({ run }: Batch, looks: number, now: Date): string | null {
  if (looks > LOOKS_MAX) return `not done after ${LOOKS_MAX} looks at its batch`;
  const hours = RUN_DEADLINE_SECONDS / 3600;
  return secondsBetween(run.startedAt, now) >= RUN_DEADLINE_SECONDS
    ? `not done ${hours} hours after the run began`
    : null;
}

/**
 * Ends one Lambda's look: the new instances replace the old ones of the same ID, and counts and waiting are drawn anew.
 * A batch that has taken too long is ended: whoever is still at work fails and goes to be restored.
 */
export function closeLook(batch: Batch, changed: ConveyorInstance[], now: Date, sends = batch.sends): Batch {
  const byId = new Map(changed.map((instance) => [instance.instanceId, instance]));
  const looks = batch.looks + 1;
  const limit = limitReached(batch, looks, now);
  const instances = batch.instances
    .map((instance) => byId.get(instance.instanceId) ?? instance)
    .map((instance) =>
      limit !== null && instance.step !== 'restore' && instance.step !== 'settled'
        ? fail(instance, 'run-limit', limit, now)
        : instance,
    );
  const moved = instances.some((instance, index) => instance.step !== batch.instances[index]?.step);
  const lastProgressAt = moved ? toTimestamp(now) : batch.lastProgressAt;
  const { error: _caught, ...rest } = batch;
  return {
    ...rest,
    looks,
    sends,
    lastProgressAt,
    waitSeconds: waitSecondsFor(instances, lastProgressAt, now),
    counts: countSteps(instances, now),
    instances,
  };
}

const COMMENT_LENGTH_MAX = 100;

/** What the comments of all commands of all runs begin with, */
const COMMENT_PREFIX = 'reveille ';
/** and those of one batch's. */
export const commentPrefix = ({ run, index }: { run: Pick<Run, 'runId'>; index: number }): string =>
  `${COMMENT_PREFIX}${run.runId} b${index} `;

/** Whether a command was sent by this or another run: by one that died, perhaps, or whose reply was lost. */
export const isOwnComment = (comment: string): boolean => comment.startsWith(COMMENT_PREFIX);

/** The comment that finds a command again after a crash has lost its ID (docs/aws-behaviour.md 32). */
export function commandComment(batch: Pick<Batch, 'run' | 'index'>, attempt: number): string {
  const comment = `${commentPrefix(batch)}a${attempt}`;
  if (comment.length > COMMENT_LENGTH_MAX)
    throw new RangeError(`a comment of ${comment.length} characters: ${comment}`);
  return comment;
}

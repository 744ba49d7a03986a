// The batch: up to 50 instances that travel through the conveyor together.
import * as z from 'zod';
import { BATCH_SIZE_MAX, CHILD_NAME_LENGTH_MAX } from '../model/limits.ts';
import { type Leaseholder, runSchema } from '../model/run.ts';
import { timestampSchema } from '../model/time.ts';
import { batchInstanceSchema } from './batch-instance.ts';

const countsSchema = z.object({
  start: z.int(),
  preflight: z.int().default(0),
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
  /** Name of the child execution that holds this batch. */
  child: z.string().min(1).max(CHILD_NAME_LENGTH_MAX),
  /** How many Lambda invocations have worked on it. */
  invocations: z.int().min(0).default(0),
  /** Attempts of StartInstances whose replies arrived. A record of any other attempt is that of a lost one. */
  attempts: z.array(z.string()).default([]),
  /** How often this batch has sent a command: it makes each command's comment unique. */
  sends: z.int().min(0).default(0),
  lastProgressAt: timestampSchema,
  waitSeconds: z.int().min(1),
  counts: countsSchema,
  instances: z.array(batchInstanceSchema).min(1).max(BATCH_SIZE_MAX),
  /**
   * What a Catch of the state machine brought here. It stays until `recoverFailedStep` has found out what the failed step did,
   * and as long as it is here, no Lambda but RestoreInstances acts on the batch.
   */
  error: z.object({ Error: z.string(), Cause: z.string() }).optional(),
});
export type Batch = z.infer<typeof batchSchema>;

/** Whose the leases and records of a batch are. */
export const leaseholderOf = ({ run: { stateMachine, runId }, child }: Pick<Batch, 'run' | 'child'>): Leaseholder => ({
  stateMachine,
  runId,
  child,
});

import * as z from 'zod';
import { originalStateSchema } from '../model/instance.ts';
import { timestampSchema } from '../model/time.ts';
import { attemptSchema } from './attempt.ts';

/** Written to the bucket before the lease tag and before the start: what is to be put back, and how it was. */
export const holdRecordSchema = z.object({
  runId: z.string(),
  stateMachine: z.string(),
  child: z.string(),
  batch: z.int(),
  attempt: z.string(),
  recordedAt: timestampSchema,
  startBy: timestampSchema,
  instances: z.array(
    z.object({
      instanceId: z.string(),
      originalState: originalStateSchema,
      previousLaunchTime: timestampSchema.nullable(),
      /** Windows of a dead run's attempts, whose lease this one takes over. */
      adopted: z.array(attemptSchema).default([]),
    }),
  ),
});
export type HoldRecord = z.infer<typeof holdRecordSchema>;

/**
 * Written once the replies to an attempt have come, or once it is clear that it will send no start: what only it can tell. Whoever finds the attempt's record later knows by
 * it that no later boot can be its own, and whom it has not started at all.
 */
export const startNoteSchema = z.object({
  attempt: z.string(),
  startBy: timestampSchema,
  /** Refused, not tried, only taken over, or found awake: any boot of theirs is somebody else's, or of another attempt. */
  notStarted: z.array(z.string()),
});
export type StartNote = z.infer<typeof startNoteSchema>;

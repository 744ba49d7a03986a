// What an attempt of StartInstances writes to the bucket: a record before its starts, and a note after them.
import * as z from 'zod';
import { originalStateSchema } from '../model/instance.ts';
import { timestampSchema } from '../model/time.ts';
import { attemptSchema } from './attempt.ts';

/** Written before the lease tag and before the start: which instances are to be restored, and how each was. */
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
 * Written when the replies are in, or when no start will be sent. Tells later readers of the record which instances this
 * attempt may have started, and until when.
 */
export const startNoteSchema = z.object({
  attempt: z.string(),
  startBy: timestampSchema,
  /** Refused, not tried, only taken over, or found awake: a boot of theirs is someone else's, or another attempt's. */
  notStarted: z.array(z.string()),
});
export type StartNote = z.infer<typeof startNoteSchema>;

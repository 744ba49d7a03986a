// What an attempt of StartInstances writes to the bucket: a record before its starts, and a note after them.
import * as z from 'zod';
import { originalStateSchema } from '../model/instance.ts';
import { timestampSchema } from '../model/time.ts';
import { type Attempt, attemptSchema } from './attempt.ts';

/** Written before the lease tag and before the start: which instances are to be restored, and how each was. */
export const startRecordSchema = z.object({
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
export type StartRecord = z.infer<typeof startRecordSchema>;

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

/** An attempt as it has written itself down. */
export interface RecordedAttempt {
  record: StartRecord;
  /** null: it has not come to that, or that could not be written. */
  note: StartNote | null;
}

/** All attempts to start one instance that these tell of, and those of dead runs that they took over. */
export const attemptsOn = (instanceId: string, recorded: RecordedAttempt[]): Attempt[] =>
  recorded.flatMap(({ record, note }) =>
    record.instances
      .filter((one) => one.instanceId === instanceId)
      .flatMap((one) => [ownAttempt(record, note, one), ...one.adopted]),
  );

/** The window of a record's own attempt on one instance. It is empty if it only took the instance over, or did not start it. */
function ownAttempt(
  { attempt, recordedAt, startBy }: StartRecord,
  note: StartNote | null,
  { instanceId, adopted }: StartRecord['instances'][number],
): Attempt {
  const mayHaveStarted = adopted.length === 0 && !note?.notStarted.includes(instanceId);
  return { attempt, recordedAt, startBy: mayHaveStarted ? (note?.startBy ?? startBy) : recordedAt };
}

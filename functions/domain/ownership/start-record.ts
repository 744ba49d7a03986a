// What an attempt of StartInstances writes to the bucket: which instances it is about, and whose boots are its own.
import * as z from 'zod';
import { originalStateSchema } from '../model/instance.ts';
import { type Ends, endsFields, endsOf, withEnds } from '../model/run.ts';
import { secondsBetween, timestampSchema } from '../model/time.ts';
import { type Attempt, attemptSchema, isOpenWindow } from './attempt.ts';
import type { SoughtBoot } from './boot.ts';

/**
 * Written before the lease tag and before the start: which instances are to be restored, and how each was. Written again when
 * the replies are in, or when no start will be sent: only then it is known which instances the attempt may have started.
 */
export const startRecordSchema = z
  .object({
    runId: z.string(),
    stateMachine: z.string(),
    child: z.string(),
    batch: z.int(),
    attempt: z.string(),
    recordedAt: timestampSchema,
    instances: z.array(
      z.object({
        instanceId: z.string(),
        /** Its Availability Zone: while one is disturbed, EC2 is asked for each by itself. Left out where it is not known. */
        zone: z.string().optional(),
        originalState: originalStateSchema,
        /** LaunchTime and StateTransitionReason as they were before the start. */
        previousLaunchTime: timestampSchema.nullable(),
        previousTransitionReason: z.string().nullable().default(null),
        /** When EC2 accepted the start, of an instance that it had found stopped; null: it did not, or the reply is not known. */
        repliedAt: timestampSchema.nullable().default(null),
        /**
         * Until when a start of this attempt can take effect on it. The same as recordedAt if none can: it was refused, not tried,
         * only taken over, or found awake.
         */
        startBy: timestampSchema,
        /** Windows of a dead run's attempts, whose lease this one takes over. */
        adopted: z.array(attemptSchema).default([]),
        /** The ends of the run that has started it: of this one, or of the dead one whose lease is taken over. */
        ...endsFields,
      }),
    ),
  })
  .transform(({ instances, ...record }) => ({
    ...record,
    instances: instances.map((instance) => withEnds(instance, record.recordedAt)),
  }));
export type StartRecord = z.infer<typeof startRecordSchema>;

/** The ends that these records give one instance, the earliest first. */
export const endsOn = (instanceId: string, records: StartRecord[]): Ends[] =>
  records
    .flatMap(({ instances }) => instances.filter((one) => one.instanceId === instanceId))
    .sort((a, b) => secondsBetween(b.stopUntil, a.stopUntil))
    .map(endsOf);

/** All attempts to start one instance that these records tell of, and those of dead runs that they took over. */
export const attemptsOn = (instanceId: string, records: StartRecord[]): Attempt[] =>
  records.flatMap(({ attempt, recordedAt, instances }) =>
    instances
      .filter((one) => one.instanceId === instanceId)
      .flatMap(({ adopted, ...one }) => [attemptIn({ attempt, recordedAt }, one), ...adopted]),
  );

/** One that may have started the instance seeks its boot. */
function attemptIn(
  named: Pick<Attempt, 'attempt' | 'recordedAt'>,
  {
    startBy,
    ...one
  }: Pick<StartRecord['instances'][number], 'startBy' | keyof Omit<SoughtBoot, 'kind' | 'wasSeenAwake'>>,
): Attempt {
  const { repliedAt, previousLaunchTime, previousTransitionReason } = one;
  const attempt = { ...named, startBy };
  if (!isOpenWindow(attempt)) return attempt;
  const before = { previousLaunchTime, previousTransitionReason, wasSeenAwake: false };
  return { ...attempt, boot: { kind: 'sought', repliedAt, ...before } };
}

import * as z from 'zod';
import { agentVersionSchema } from './agent-version.ts';
import { NAME_LENGTH_MAX } from './limits.ts';
import { addSeconds, type Timestamp, timestampSchema } from './time.ts';

/**
 * The two ends of a run. They are computed once, when it is listed, never move, and go with each instance: who finds the record
 * of a start obeys the ends that stand in it.
 */
export interface Ends {
  /** After this moment nothing is started or sent. */
  sendUntil: Timestamp;
  /** After this moment no StopInstances leaves any more: what is awake then is left awake. */
  stopUntil: Timestamp;
}

/** The two ends as they stand in payloads and files; what an earlier version wrote has none. */
export const endsFields = { sendUntil: timestampSchema.optional(), stopUntil: timestampSchema.optional() };

/** WindowSeconds as it is by default (template.yaml). */
const DEFAULT_WINDOW_SECONDS = 4 * 60 * 60;

/**
 * What an earlier version wrote gets ends, too: nothing more is sent to its instances, and they may be stopped for as long as
 * a window is by default. To refuse it would leave all of them awake, and without an end one could be stopped at noon.
 * @param since when it was written, or began
 */
export const withEnds = <T extends { [End in keyof Ends]?: Timestamp | undefined }>(
  value: T,
  since: Timestamp,
): T & Ends => ({
  ...value,
  sendUntil: value.sendUntil ?? since,
  stopUntil: value.stopUntil ?? addSeconds(since, DEFAULT_WINDOW_SECONDS),
});

export const endsOf = ({ sendUntil, stopUntil }: Ends): Ends => ({ sendUntil, stopUntil });

/** What every payload, file, lease and report of a run refers to. */
export const runSchema = z
  .object({
    runId: z.string().min(1).max(NAME_LENGTH_MAX),
    stateMachine: z.string().min(1).max(NAME_LENGTH_MAX),
    account: z.string().regex(/^\d{12}$/),
    region: z.string().min(1),
    startedAt: timestampSchema,
    targetVersion: agentVersionSchema,
    /** The schedule's: people are told times in it. */
    timeZone: z.string().min(1).default('UTC'),
    ...endsFields,
  })
  .transform((run) => withEnds(run, run.startedAt));
export type Run = z.infer<typeof runSchema>;

/** Which run: a name of an execution can be used again, so the start counts as well. */
export type RunRef = Pick<Run, 'runId' | 'startedAt'>;

/** Whose a lease or a record is: a child execution, of one run of one state machine. */
export interface Leaseholder {
  stateMachine: string;
  runId: string;
  child: string;
}

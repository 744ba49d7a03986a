import * as z from 'zod';
import { agentVersionSchema } from './agent-version.ts';
import { NAME_LENGTH_MAX } from './limits.ts';
import { timestampSchema } from './time.ts';

/** What every payload, file, lease and report of a run refers to. */
export const runSchema = z.object({
  runId: z.string().min(1).max(NAME_LENGTH_MAX),
  stateMachine: z.string().min(1).max(NAME_LENGTH_MAX),
  account: z.string().regex(/^\d{12}$/),
  region: z.string().min(1),
  startedAt: timestampSchema,
  targetVersion: agentVersionSchema,
  /** Start no instance that may not be restored by this time; null: there is no such time. */
  finishBy: timestampSchema.nullable().default(null),
});
export type Run = z.infer<typeof runSchema>;

/** Which run: a name of an execution can be used again, so the start counts as well. */
export type RunRef = Pick<Run, 'runId' | 'startedAt'>;

/** Whose a lease or a record is: a child execution, of one run of one state machine. */
export interface Leaseholder {
  stateMachine: string;
  runId: string;
  child: string;
}

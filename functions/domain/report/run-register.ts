import * as z from 'zod';
import { timestampSchema } from '../model/time.ts';

export const lastCompleteRunSchema = z.object({ runId: z.string().nullable(), endedAt: timestampSchema });

/** A run that has begun, and has no report yet: ReconcileLeases makes one if it finds the run dead. */
export const openRunSchema = z.object({ runId: z.string(), executionArn: z.string(), openedAt: timestampSchema });
export type OpenRun = z.infer<typeof openRunSchema>;

/** That the message of a run's report has gone out: who finds this sends no second one. */
export const reportToldSchema = z.object({ at: timestampSchema, subject: z.string() });

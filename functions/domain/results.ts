import * as z from 'zod';
import { conveyorInstanceSchema, type Run, runSchema } from './conveyor.ts';
import { originalStateSchema } from './instances.ts';
import { reasonSchema } from './reasons.ts';
import { timestampSchema } from './time.ts';

/** One instance of the groups, as ListInstances saw and judged it. */
export const manifestInstanceSchema = z.object({
  instanceId: z.string(),
  name: z.string().nullable(),
  group: z.string(),
  /** EC2's state when it was listed; null if EC2 did not know it. */
  state: z.string().nullable(),
  /** What SSM knew then; null for a sleeping instance, which SSM leaves out. */
  version: z.string().nullable(),
  decision: z.enum(['take-part', 'excluded', 'settling']),
  originalState: originalStateSchema.nullable(),
  reason: reasonSchema.nullable(),
  /** Why a lease that it carried was ignored; null if it carried none, or one that counts. */
  ignoredLease: z.string().nullable().default(null),
});
export type ManifestInstance = z.infer<typeof manifestInstanceSchema>;

/** Who is meant to be updated: written by ListInstances before anybody is touched. */
export const manifestSchema = z.object({
  run: runSchema,
  listedAt: timestampSchema,
  allowEmpty: z.boolean(),
  groups: z.array(z.string()),
  batches: z.int().min(0),
  instances: z.array(manifestInstanceSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** What has become of a batch: written by RestoreInstances whenever an instance is settled. */
export const batchResultSchema = z.object({
  runId: z.string(),
  batch: z.int(),
  writtenAt: timestampSchema,
  instances: z.array(conveyorInstanceSchema),
});
export type BatchResult = z.infer<typeof batchResultSchema>;

/** A run that has begun, and has no report yet: whoever finds it dead makes one. */
export const openRunSchema = z.object({ runId: z.string(), executionArn: z.string(), openedAt: timestampSchema });
export type OpenRun = z.infer<typeof openRunSchema>;

type RunId = Pick<Run, 'runId'>;
export const manifestKey = ({ runId }: RunId): string => `runs/${runId}/manifest.json`;
export const planKey = ({ runId }: RunId): string => `runs/${runId}/plan.json`;
export const reportKey = ({ runId }: RunId): string => `runs/${runId}/report.json`;
export const resultKey = ({ runId }: RunId, batch: number): string =>
  `runs/${runId}/results/${String(batch).padStart(4, '0')}.json`;

export const OPEN_RUNS_PREFIX = 'open-runs/';
export const openRunKey = ({ runId }: RunId): string => `${OPEN_RUNS_PREFIX}${runId}.json`;

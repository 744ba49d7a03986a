import * as z from 'zod';
import { timestampSchema } from '../model/time.ts';
import { conveyorInstanceSchema } from './batch-instance.ts';

/** What has become of a batch: written by RestoreInstances whenever an instance is settled. */
export const batchResultSchema = z.object({
  runId: z.string(),
  batch: z.int(),
  writtenAt: timestampSchema,
  instances: z.array(conveyorInstanceSchema),
});
export type BatchResult = z.infer<typeof batchResultSchema>;

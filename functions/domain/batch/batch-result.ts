import * as z from 'zod';
import { timestampSchema } from '../model/time.ts';
import { batchInstanceSchema } from './batch-instance.ts';

/** What became of a batch so far. RestoreInstances writes it whenever an instance is settled. */
export const batchResultSchema = z.object({
  runId: z.string(),
  batch: z.int(),
  writtenAt: timestampSchema,
  instances: z.array(batchInstanceSchema),
});
export type BatchResult = z.infer<typeof batchResultSchema>;

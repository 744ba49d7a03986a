import * as z from 'zod';
import { originalStateSchema } from '../model/instance.ts';
import { reasonSchema } from '../model/reason.ts';
import { runSchema } from '../model/run.ts';
import { timestampSchema } from '../model/time.ts';

/** One instance of the groups, as ListInstances saw and judged it. */
export const manifestInstanceSchema = z.object({
  instanceId: z.string(),
  name: z.string().nullable(),
  group: z.string(),
  /** EC2's state when it was listed; null if EC2 did not know it. */
  state: z.string().nullable(),
  /** What SSM knew then; null for a stopped instance, which SSM leaves out. */
  version: z.string().nullable(),
  /** EC2's LaunchTime then: that of one which ran must still be the same when the run is over. */
  launchTime: timestampSchema.nullable().default(null),
  platform: z.string().nullable().default(null),
  /** Its Availability Zone; left out where EC2 did not say. */
  zone: z.string().optional(),
  decision: z.enum(['take-part', 'excluded', 'in-transition']),
  originalState: originalStateSchema.nullable(),
  reason: reasonSchema.nullable(),
  /** Why a lease that it carried was ignored; null if it carried none, or one that counts. */
  ignoredLease: z.string().nullable().default(null),
});
export type ManifestInstance = z.infer<typeof manifestInstanceSchema>;

/** Which instances are meant to be updated: written by ListInstances before an instance is touched. */
export const manifestSchema = z.object({
  run: runSchema,
  listedAt: timestampSchema,
  allowEmpty: z.boolean(),
  groups: z.array(z.string()),
  batches: z.int().min(0),
  /** How many resources of other types the groups hold, which a run is not meant for. */
  otherResources: z.int().min(0).optional(),
  instances: z.array(manifestInstanceSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;

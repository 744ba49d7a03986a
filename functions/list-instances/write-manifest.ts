// Phase 4 of ListInstances: what a run leaves in the bucket before it touches an instance.
import type { Bucket } from '../aws/bucket.ts';
import { type BatchSeed, seedBatches } from '../domain/batch/seed-batches.ts';
import type { Manifest, ManifestInstance } from '../domain/listing/manifest.ts';
import { buildPlan, type Plan } from '../domain/listing/plan.ts';
import { manifestKey, openRunKey, planKey } from '../domain/model/object-keys.ts';
import { toTimestamp } from '../domain/model/time.ts';
import type { OpenRun } from '../domain/report/run-register.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface WriteTools extends Pick<Runtime, 'now'> {
  bucket: Bucket;
  settings: { BATCH_SIZE: number };
}

/** What was listed and judged: the manifest before it is written. */
export type Listing = Pick<Manifest, 'run' | 'allowEmpty' | 'groups' | 'instances' | 'otherResources'>;

/**
 * Registers the run as open, then writes its manifest: if it dies, ReconcileLeases finds it and reports it by its manifest.
 * @returns the batches, for the state machine's map
 */
export async function writeManifest(
  { bucket, now, settings }: WriteTools,
  listing: Listing,
  executionArn: string,
): Promise<BatchSeed[]> {
  const { run } = listing;
  const batches = seedBatches(takingPart(listing.instances), settings.BATCH_SIZE, run, now());
  const manifest = toManifest(listing, batches.length, now());
  const open: OpenRun = { runId: run.runId, executionArn, openedAt: manifest.listedAt };
  await bucket.put(openRunKey(run), open);
  await bucket.put(manifestKey(run), manifest);
  return batches;
}

/** A dry run ends here: nothing is left open, and there are no batches. */
export async function writePlan(
  { bucket, now }: WriteTools,
  listing: Listing,
): Promise<{ key: string; counts: Plan['counts'] }> {
  const { run } = listing;
  const manifest = toManifest(listing, 0, now());
  const plan = buildPlan(manifest);
  await bucket.put(manifestKey(run), manifest);
  await bucket.put(planKey(run), plan);
  return { key: planKey(run), counts: plan.counts };
}

const takingPart = (instances: ManifestInstance[]) =>
  instances.flatMap(({ instanceId, originalState, zone }) =>
    originalState === null ? [] : [{ instanceId, originalState, ...(zone !== undefined && { zone }) }],
  );

const toManifest = (
  { run, allowEmpty, groups, instances, otherResources }: Listing,
  batches: number,
  now: Date,
): Manifest => ({
  run,
  listedAt: toTimestamp(now),
  allowEmpty,
  groups,
  batches,
  otherResources,
  instances,
});

import { readFileSync } from 'node:fs';
import { type Batch, batchSchema } from '../../functions/domain/batch/batch.ts';
import { listRequestSchema } from '../../functions/domain/listing/execution-input.ts';

const folder = new URL('../../events/', import.meta.url);

const readSample = (name: string): unknown => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));

/** The samples of events/: of one run, the same for all of them, each of its own moment in it; and what comes regularly. */
export const samples = {
  list: listRequestSchema.parse(readSample('list-instances')),
  start: readSample('start-instances'),
  readiness: readSample('check-readiness'),
  update: readSample('update-agent'),
  verify: readSample('verify-versions'),
  restore: readSample('restore-instances'),
  report: readSample('report-run'),
  reconcile: readSample('reconcile-leases'),
} as const;

/** A sample on the conveyor, with what it leaves out. */
export const asBatch = (sample: unknown): Batch => batchSchema.parse(sample);

/** The instance that the samples wake and put back: the one that they hold. */
export function heldInSamples() {
  const held = asBatch(samples.readiness).instances.find(({ owner }) => owner.kind === 'reveille');
  if (held?.owner.kind !== 'reveille') throw new Error('events/check-readiness.json holds no instance');
  return { instanceId: held.instanceId, newest: held.owner.attempts[0] };
}

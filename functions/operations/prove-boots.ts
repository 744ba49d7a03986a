// Which boot is ours is written once, to an object of its own: from then on only that one is, for all who read it.
import { type Bucket, isUnreadable } from '../aws/bucket.ts';
import { mapConcurrently } from '../aws/sdk/batching.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { bootKey } from '../domain/model/object-keys.ts';
import type { Leaseholder } from '../domain/model/run.ts';
import { type Attempt, isOpenWindow, judgeAttempt } from '../domain/ownership/attempt.ts';
import { type Boot, type BootLook, knownBootSchema } from '../domain/ownership/boot.ts';
import { withBoots } from '../domain/ownership/owner.ts';
import { withLook } from '../domain/ownership/sightings.ts';

/** Each is one write, once in an instance's run: fifty of them take half a second. */
const WRITTEN_AT_ONCE = 8;

/**
 * The instances with what this look says of their boots. A boot that is ours is written down before anything follows from it.
 * Costs one write for each instance and attempt, once; a doubt costs one read.
 * @throws if it can't be written: then it is not known yet, and the next look finds it
 */
export async function proveBoots<One extends BatchInstance>(
  bucket: Bucket,
  leaseholder: Leaseholder,
  instances: One[],
  look: { facts: Map<string, InstanceFacts>; at: Date },
): Promise<One[]> {
  return mapConcurrently(instances, WRITTEN_AT_ONCE, async (instance) => {
    const { instanceId, owner } = instance;
    const ec2 = look.facts.get(instanceId);
    if (owner.kind !== 'reveille' || ec2 === undefined) return instance;
    const shown = { ...ec2, at: look.at };
    const attempts = await proveBoot(bucket, leaseholder, owner.attempts, shown);
    const sightings = withLook(instance.sightings ?? {}, [owner.attempts, attempts], shown);
    const isSeen = Object.keys(sightings).length > 0;
    return { ...instance, owner: withBoots(owner, attempts), ...(isSeen ? { sightings } : {}) };
  });
}

/** The attempts on one instance with what this look says; written down as above. */
export async function proveBoot(
  bucket: Bucket,
  leaseholder: Leaseholder,
  attempts: Attempt[],
  { instanceId, ...look }: BootLook & Pick<InstanceFacts, 'instanceId'>,
): Promise<Attempt[]> {
  const proved: Attempt[] = [];
  for (const attempt of attempts) {
    const judged = judgeAttempt(attempt, look);
    const isNews = judged.boot?.kind !== attempt.boot?.kind;
    const boot = isNews
      ? await settleBoot(bucket, bootKey(leaseholder, attempt.attempt, instanceId), judged.boot)
      : judged.boot;
    proved.push(boot === undefined ? judged : { ...judged, boot });
  }
  return proved;
}

/** What was written before counts, whatever this look says: another copy of this step may have seen an earlier one. */
async function settleBoot(bucket: Bucket, key: string, boot: Boot | undefined): Promise<Boot | undefined> {
  if (boot?.kind === 'known' && (await bucket.putOnce(key, boot)) !== null) return boot;
  return (await readBoot(bucket, key)) ?? boot;
}

/** What was written; null if nothing was. What can't be read is in doubt, and must not block other instances. */
async function readBoot(bucket: Bucket, key: string): Promise<Boot | null> {
  try {
    return await bucket.get(key, knownBootSchema);
  } catch (error) {
    if (isUnreadable(error)) return { kind: 'doubtful' };
    throw error;
  }
}

/** The attempts of another child, with what that one has written of their boots. Costs one read for each that may have one. */
export async function recallBoots(
  bucket: Bucket,
  leaseholder: Leaseholder,
  instanceId: string,
  attempts: Attempt[],
): Promise<Attempt[]> {
  return mapConcurrently(attempts, WRITTEN_AT_ONCE, async (attempt) => {
    if (!isOpenWindow(attempt) || attempt.boot?.kind === 'known') return attempt;
    const boot = await readBoot(bucket, bootKey(leaseholder, attempt.attempt, instanceId));
    return boot === null ? attempt : { ...attempt, boot };
  });
}

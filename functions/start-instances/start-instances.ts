import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { describeByIds } from '../aws/ec2-describe-by-id.ts';
import {
  createEc2Client,
  createS3Client,
  createSfnClient,
  REQUEST_TIMEOUT_SECONDS,
  type SFNClient,
} from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { type Batch, leaseholderOf } from '../domain/batch/batch.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import { type Look, moves } from '../domain/batch/look.ts';
import { failWithoutLock } from '../domain/batch/transitions.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { toTimestamp } from '../domain/model/time.ts';
import { type Attempt, toAttempt } from '../domain/ownership/attempt.ts';
import { isLeaseOf, LEASE_TAG, leasesOn } from '../domain/ownership/lease.ts';
import type { LeaseStatus } from '../domain/ownership/lease-status.ts';
import { optOutText } from '../domain/ownership/opt-out.ts';
import { attemptsOf } from '../domain/ownership/owner.ts';
import { decideStart, type StartCandidate, type StartCase, withLostAttempts } from '../domain/steps/start.ts';
import { applyStart, type StartResult, wasAwake } from '../domain/steps/start-result.ts';
import { findLostAttempts, type LostAttempts } from '../operations/find-lost-attempts.ts';
import { createStepHandler, type Shown } from '../operations/handle-step.ts';
import { proveBoot, proveBoots } from '../operations/prove-boots.ts';
import { readLeaseStatuses } from '../operations/read-lease-status.ts';
import { hasLock } from '../operations/take-run-lock.ts';
import { environment, optOutEnvironment, optOutTagOf } from '../runtime/environment.ts';
import { type Handler, parseEnvironment } from '../runtime/handler.ts';
import { type Runtime, timeKeeper } from '../runtime/runtime.ts';
import { type LeaseTools, recordLeaseAndStart, type StartRequest } from './lease-and-start.ts';
import { completeRecord } from './write-record.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  PARTITION: environment.PARTITION,
  ...optOutEnvironment,
  START_DEADLINE_SECONDS: environment.START_DEADLINE_SECONDS,
});

interface Tools extends LeaseTools {
  sfn: SFNClient;
  settings: z.infer<typeof environmentSchema>;
}

/**
 * StartInstances: leases the instances of the batch that await it, starts those whose way back RestoreInstances has found
 * open since, and takes over those that a dead run left awake: one call each for record, lease and start. Those that EC2
 * refuses are found by bisecting.
 */
export function createStartInstances(runtime: Runtime): Handler<Batch> {
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const tools: Tools = {
    now: runtime.now,
    logger: runtime.logger,
    ec2: createEc2Client(runtime.clientOptions),
    sfn: createSfnClient(runtime.clientOptions),
    bucket: createBucket(createS3Client(runtime.clientOptions), settings.BUCKET_NAME),
    settings,
  };

  return createStepHandler(runtime, {
    name: 'StartInstances',
    step: 'start',
    ec2: tools.ec2,
    deadlineSeconds: settings.START_DEADLINE_SECONDS,
    async act(shown, batch, context) {
      const { cases, readAt } = await readAnew(tools, batch, shown);
      const { looks, candidates } = decideAll(cases);
      if (candidates.length === 0) return { looks };

      if (!(await hasLock(tools.bucket, batch.run))) {
        return { looks: [...looks, ...candidates.map((candidate) => withoutLock(candidate, readAt))] };
      }

      const attempt = toAttempt(context.awsRequestId, readAt, REQUEST_TIMEOUT_SECONDS);
      const started = await startAll(tools, { batch, candidates, attempt, hasTime: timeKeeper(context) });
      // This function's output names the attempt: if it arrives, the attempt was not lost.
      return { looks: [...looks, ...started], batch: { attempts: [...batch.attempts, attempt.attempt] } };
    },
  });
}

/** What EC2, the records and the leases of others say now. It may have been minutes since the listing. */
async function readAnew(
  tools: Tools,
  batch: Batch,
  { members, facts }: Shown<'start'>,
): Promise<{ cases: StartCase[]; readAt: Date }> {
  const leases = await readLeasesOfOthers(tools, batch, facts);
  const readAt = tools.now();
  const lostAttempts = await findLostStarts(tools, batch, facts);
  const optOutTag = optOutTagOf(tools.settings);
  const cases = members.map(({ instance, ec2 }) => ({
    instance: { ...instance, ...lostAttempts.get(instance.instanceId)?.ends },
    ec2,
    optOut: optOutText(ec2, optOutTag, readAt),
    lostAttempts: lostAttempts.get(instance.instanceId)?.attempts ?? [],
    lease: leases.get(instance.instanceId) ?? null,
    carriesOurLease: isLeaseOf(ec2.tags[LEASE_TAG] ?? '', leaseholderOf(batch)),
    deadlineSeconds: tools.settings.START_DEADLINE_SECONDS,
    now: readAt,
  }));
  return { cases, readAt };
}

/** Attempts of this child whose replies were lost, with what the look just now says of their boots. */
async function findLostStarts(
  { bucket, now }: Tools,
  batch: Batch,
  facts: Map<string, InstanceFacts>,
): Promise<Map<string, LostAttempts>> {
  const at = now();
  const leaseholder = leaseholderOf(batch);
  const lost = await findLostAttempts(bucket, leaseholder, batch.attempts);
  const proved = new Map<string, LostAttempts>();
  for (const [instanceId, { attempts, ends }] of lost) {
    const ec2 = facts.get(instanceId);
    const judged = ec2 === undefined ? attempts : await proveBoot(bucket, leaseholder, attempts, { ...ec2, at });
    proved.set(instanceId, { attempts: judged, ends });
  }
  return proved;
}

/** What leases mean that are not this child's own: asked only where an instance carries one. */
async function readLeasesOfOthers(
  { bucket, sfn, now, settings }: Tools,
  batch: Batch,
  facts: Map<string, InstanceFacts>,
): Promise<Map<string, LeaseStatus>> {
  const leaseholder = leaseholderOf(batch);
  const others = leasesOn(facts).filter(({ value }) => !isLeaseOf(value, leaseholder));
  const names = { partition: settings.PARTITION, ...batch.run };
  const found = await readLeaseStatuses({ bucket, sfn, names, now }, others);
  return new Map(found.map(({ instanceId, status }) => [instanceId, status]));
}

const NOTHING_ADOPTED = { adopted: [], ends: {} };

/** @returns the instances for which nothing is to be called, and those that are to be leased, started or taken over */
function decideAll(cases: StartCase[]): { looks: Look[]; candidates: StartCandidate[] } {
  const looks: Look[] = [];
  const candidates: StartCandidate[] = [];
  for (const given of cases) {
    const decision = decideStart(given);
    if (decision.action === 'none') looks.push(decision.look);
    else {
      const { adopted, ends } = decision.action === 'take-over' ? decision : NOTHING_ADOPTED;
      candidates.push({ ...given, instance: { ...given.instance, ...ends }, action: decision.action, adopted });
    }
  }
  return { looks, candidates };
}

const withoutLock = ({ instance, lostAttempts }: StartCandidate, now: Date): Look =>
  moves(failWithoutLock(withLostAttempts(instance, lostAttempts), now));

/** EC2's reply may leave an instance out, which says nothing of it: its LaunchTime will tell whether it was started. */
const notInReply = (now: Date): StartResult => ({
  kind: 'accepted',
  previousState: 'unknown',
  mayHaveTakenEffect: true,
  answeredAt: toTimestamp(now),
});

/** Records, leases and starts the candidates, and completes the record by what only the replies tell. */
async function startAll(tools: Tools, request: StartRequest): Promise<Look[]> {
  const { batch, candidates, attempt } = request;
  const { record, results } = await recordLeaseAndStart(tools, request);
  const now = tools.now();
  // If an instance was already awake, an earlier invocation that Step Functions gave up on may have started it. Its record
  // is there by now.
  const lostNow = [...results.values()].some(wasAwake)
    ? await findLostAttempts(tools.bucket, leaseholderOf(batch), [...batch.attempts, attempt.attempt])
    : null;
  const looks = candidates.map(({ instance, ec2, lostAttempts: lostAttemptsBefore, adopted }) => {
    const lostAttempts = lostNow === null ? lostAttemptsBefore : (lostNow.get(instance.instanceId)?.attempts ?? []);
    return applyStart({
      instance,
      ec2,
      result: results.get(instance.instanceId) ?? notInReply(now),
      attempt,
      lostAttempts: [...lostAttempts, ...without(adopted, lostAttempts)],
      deadlineSeconds: tools.settings.START_DEADLINE_SECONDS,
      now,
    });
  });
  const instances = looks.map(({ instance }) => instance);
  await completeRecord(tools, record, instances);
  return lookAtStarted(tools, batch, looks);
}

/** What a lost attempt wanted to take over is known with it already. */
const without = (adopted: Attempt[], lost: Attempt[]): Attempt[] =>
  adopted.filter(({ attempt }) => !lost.some((one) => one.attempt === attempt));

/**
 * One look at what EC2 has just started: a LaunchTime that is seen now is surely ours. The starts are done, so a look that fails
 * must not lose their replies: readiness looks again.
 */
async function lookAtStarted({ ec2, bucket, now, logger }: Tools, batch: Batch, looks: Look[]): Promise<Look[]> {
  const isStarted = ({ owner }: BatchInstance) => attemptsOf(owner).some(({ boot }) => boot?.kind === 'sought');
  const started = looks.map(({ instance }) => instance).filter(isStarted);
  try {
    const { facts } = await describeByIds(ec2, started);
    const proved = await proveBoots(bucket, leaseholderOf(batch), started, { facts, at: now() });
    const byId = new Map(proved.map((instance) => [instance.instanceId, instance]));
    return looks.map((look) => ({ ...look, instance: byId.get(look.instance.instanceId) ?? look.instance }));
  } catch (error) {
    logger.warn('could not look at what was started; readiness looks again', { failure: describeFailure(error) });
    return looks;
  }
}

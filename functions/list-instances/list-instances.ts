import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { describeInstances, findStopProtected } from '../aws/ec2-describe.ts';
import { readLatestAgentVersion } from '../aws/latest-agent-version.ts';
import { listGroupInstances } from '../aws/resource-groups.ts';
import {
  createEc2Client,
  createResourceGroupsClient,
  createS3Client,
  createSfnClient,
  createSsmClient,
} from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import { BATCH_SIZE_MAX } from '../domain/batch/batch.ts';
import { type BatchSeed, seedBatches } from '../domain/batch/seed-batches.ts';
import { decideEligibility, type Eligibility, giveUpSettling } from '../domain/listing/eligibility.ts';
import { type ExecutionInput, GROUPS_MAX, listRequestSchema } from '../domain/listing/execution-input.ts';
import type { Manifest, ManifestInstance } from '../domain/listing/manifest.ts';
import { buildPlan, type Plan } from '../domain/listing/plan.ts';
import { targetVersionSchema } from '../domain/model/agent-version.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { type ExecutionNames, parseExecutionArn } from '../domain/model/execution-arn.ts';
import { manifestKey, openRunKey, planKey } from '../domain/model/object-keys.ts';
import { plainText } from '../domain/model/plain-text.ts';
import type { Run } from '../domain/model/run.ts';
import { addSeconds, toTimestamp } from '../domain/model/time.ts';
import { leasesOn } from '../domain/ownership/lease.ts';
import type { LeaseStatus } from '../domain/ownership/lease-status.ts';
import type { OpenRun } from '../domain/report/run-register.ts';
import { readLeaseStatuses } from '../operations/read-lease-status.ts';
import { releaseOwnLock } from '../operations/take-run-lock.ts';
import { environment, wholeNumber } from '../runtime/environment.ts';
import { createHandler, type Handler, parseEnvironment } from '../runtime/handler.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type LockOutcome, takeRunLock } from './claim-run.ts';

/** What one payload carries (docs/aws-behaviour.md 26), and what this design has been measured with. */
const INSTANCES_MAX = 500;

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  GROUPS: z
    .string()
    .transform((names) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    )
    .pipe(z.array(z.string()).min(1).max(GROUPS_MAX)),
  TARGET_VERSION: targetVersionSchema,
  OPT_OUT_TAG: z.string().min(1).max(128),
  BATCH_SIZE: wholeNumber(1, BATCH_SIZE_MAX),
  LISTINGS_MAX: wholeNumber(1, 20),
  /** From a run's start; 0: without end. */
  FINISH_WITHIN_SECONDS: wholeNumber(0, 86_400),
});

/** What ListInstances returns, and what it takes back for the next listing while somebody is still settling. */
export interface Listed {
  input: ExecutionInput;
  listing: number;
  settling: number;
  dryRun: boolean;
  /** `none`: a dry run, which needs no lock. */
  claim: LockOutcome['claim'] | 'none';
  /** Whose work it is: another run's, if the claim says so. */
  claimedBy: string;
  /** null: another run does its work. */
  run: Run | null;
  batches: BatchSeed[];
  plan: { key: string; counts: Plan['counts'] } | null;
}

/** ListInstances: who is in the groups, who takes part, and who does not and why. Touches no instance. */
export function createListInstances(runtime: Runtime): Handler<Listed> {
  const { now, logger } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const ec2 = createEc2Client(runtime.clientOptions);
  const ssm = createSsmClient(runtime.clientOptions);
  const s3 = createS3Client(runtime.clientOptions);
  const resourceGroups = createResourceGroupsClient(runtime.clientOptions);
  const sfn = createSfnClient(runtime.clientOptions);
  const bucket = createBucket(s3, settings.BUCKET_NAME);

  /** The group of each instance; an instance in two groups counts once, in the first. */
  async function listGroups(groups: string[], allowEmpty: boolean): Promise<Map<string, string>> {
    const groupOf = new Map<string, string>();
    for (const group of groups) {
      const instanceIds = await listGroupInstances(resourceGroups, group);
      if (instanceIds.length === 0 && !allowEmpty) {
        throw new ReveilleError('EmptyGroup', `resource group "${group}" has no EC2 instances`);
      }
      for (const instanceId of instanceIds) groupOf.set(instanceId, groupOf.get(instanceId) ?? group);
    }
    if (groupOf.size <= INSTANCES_MAX) return groupOf;
    throw new ReveilleError(
      'TooManyInstances',
      `the groups have ${groupOf.size} instances; at most ${INSTANCES_MAX} fit into a run`,
    );
  }

  /** What EC2 says of them, and who would take part by that alone. */
  async function look(groupOf: Map<string, string>, names: ExecutionNames) {
    const ids = [...groupOf.keys()];
    const facts = await describeInstances(ec2, ids);
    const found = await readLeaseStatuses({ bucket, sfn, names, now }, leasesOn(facts));
    const leases = new Map(found.map((one) => [one.instanceId, one]));
    const decide = (instanceId: string, stopProtected: boolean): Eligibility => {
      const lease: LeaseStatus | null = leases.get(instanceId)?.status ?? null;
      const instance = facts.get(instanceId) ?? null;
      return decideEligibility({ instanceId, instance, stopProtected, lease }, settings.OPT_OUT_TAG);
    };
    const settling = ids.filter((instanceId) => decide(instanceId, false).decision === 'settling').length;
    return { ids, facts, leases, decide, settling };
  }

  /** Judges all of them for good, with what costs more to know. */
  async function judge(
    { ids, facts, leases, decide }: Awaited<ReturnType<typeof look>>,
    groupOf: Map<string, string>,
    settle: (eligibility: Eligibility) => Eligibility,
  ): Promise<ManifestInstance[]> {
    const agents = await describeAgents(ssm, [...facts.keys()]);
    // The attribute costs a call for each instance, so it is asked only of those that would otherwise take part.
    const candidates = ids.filter((instanceId) => decide(instanceId, false).decision !== 'excluded');
    const stopProtected = await findStopProtected(ec2, candidates);
    return ids.map((instanceId): ManifestInstance => {
      const instance = facts.get(instanceId);
      const { decision, originalState, reason } = settle(decide(instanceId, stopProtected.has(instanceId)));
      const lease = leases.get(instanceId);
      const ignored = lease?.status.kind === 'ignored' ? lease.status.why : null;
      return {
        instanceId,
        name: instance?.name ?? null,
        group: groupOf.get(instanceId) ?? '',
        state: instance?.state ?? null,
        version: agents.get(instanceId)?.version ?? null,
        decision,
        originalState,
        reason,
        ignoredLease: ignored,
      };
    });
  }

  /** A run that is refused has touched nothing: it lets others begin at once. If it can't, its end will tell. */
  async function refusing<T>(run: Pick<Run, 'runId' | 'startedAt'>, list: () => Promise<T>): Promise<T> {
    try {
      return await list();
    } catch (error) {
      if (!(error instanceof ReveilleError)) throw error;
      await releaseOwnLock(bucket, run).catch((failure: unknown) => {
        logger.warn('the lock of a refused run could not be released', { failure: describeFailure(failure) });
      });
      throw error;
    }
  }

  async function list(
    request: z.infer<typeof listRequestSchema>,
    names: ExecutionNames,
  ): Promise<Omit<Listed, 'claim' | 'claimedBy'>> {
    const {
      groups = settings.GROUPS,
      targetVersion = settings.TARGET_VERSION,
      dryRun = false,
      allowEmpty = false,
    } = request.input;
    const listing = request.listing + 1;
    const groupOf = await listGroups(groups, allowEmpty);
    const target = targetVersion === 'latest' ? await readLatestAgentVersion(s3, names.region) : targetVersion;
    // The version stays what the first listing found: "latest" is resolved once for a run.
    const input: ExecutionInput = { ...request.input, targetVersion: target };
    const run = toRun(request, names, target);
    const seen = await look(groupOf, names);
    const isLast = listing >= settings.LISTINGS_MAX;
    const settling = dryRun || isLast ? 0 : seen.settling;
    const reply = { input, listing, settling, dryRun, run, batches: [], plan: null };
    logger.info('instances listed', { runId: run.runId, listing, intended: seen.ids.length, settling: seen.settling });
    if (settling > 0) return reply;

    const settle = (eligibility: Eligibility) => (isLast ? giveUpSettling(eligibility, listing) : eligibility);
    const instances = await judge(seen, groupOf, settle);
    const members = instances.flatMap(({ instanceId, originalState }) =>
      originalState === null ? [] : [{ instanceId, originalState }],
    );
    const batches = dryRun ? [] : seedBatches(members, settings.BATCH_SIZE, now());
    const manifest: Manifest = {
      run,
      listedAt: toTimestamp(now()),
      allowEmpty,
      groups,
      batches: batches.length,
      instances,
    };
    if (!dryRun) {
      const open: OpenRun = { runId: run.runId, executionArn: request.executionArn, openedAt: manifest.listedAt };
      await bucket.put(openRunKey(run), open);
    }
    await bucket.put(manifestKey(run), manifest);
    if (!dryRun) return { ...reply, batches };
    const plan = buildPlan(manifest);
    await bucket.put(planKey(run), plan);
    return { ...reply, plan: { key: planKey(run), counts: plan.counts } };
  }

  function toRun(
    { startedAt, input }: z.infer<typeof listRequestSchema>,
    { region, account, stateMachine, runId }: ExecutionNames,
    targetVersion: string,
  ): Run {
    const within = settings.FINISH_WITHIN_SECONDS;
    const finishBy = input.finishBy ?? (within === 0 ? null : addSeconds(startedAt, within));
    return { region, account, stateMachine, runId, startedAt, targetVersion, finishBy };
  }

  return createHandler(runtime, 'ListInstances', listRequestSchema, async (request) => {
    const names = parseExecutionArn(request.executionArn);
    if (names === null)
      throw new ReveilleError('InvalidInput', `executionArn: not an execution: ${plainText(request.executionArn)}`);
    // A dry run touches nobody, so it is in nobody's way.
    if (request.input.dryRun) return { ...(await list(request, names)), claim: 'none', claimedBy: names.runId };
    const { startedAt, executionArn, input } = request;
    const scheduledTime = input.scheduledTime ?? null;
    const own = {
      kind: 'run',
      runId: names.runId,
      executionArn,
      startedAt,
      scheduledTime,
      takenAt: toTimestamp(now()),
    } as const;
    const { claim, runId: claimedBy } = await takeRunLock({ bucket, sfn, now }, own);
    if (claim === 'held') return { ...(await refusing(own, () => list(request, names))), claim, claimedBy };
    logger.info('another run does this work', { runId: names.runId, claim, claimedBy });
    return {
      input,
      listing: request.listing,
      settling: 0,
      dryRun: false,
      claim,
      claimedBy,
      batches: [],
      plan: null,
      run: null,
    };
  });
}

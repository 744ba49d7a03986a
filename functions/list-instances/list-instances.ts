import * as z from 'zod';
import { createBucket, readLatestAgentVersion } from '../aws/bucket.ts';
import { createEc2Client, createResourceGroupsClient, createS3Client, createSsmClient } from '../aws/clients.ts';
import { describeInstances, findStopProtected } from '../aws/ec2.ts';
import { listGroupInstances } from '../aws/resource-groups.ts';
import { describeAgents } from '../aws/ssm.ts';
import { BATCH_SIZE_MAX, type BatchSeed, type Run, seedBatches } from '../domain/conveyor.ts';
import { decideEligibility, type Eligibility, giveUpSettling } from '../domain/eligibility.ts';
import { ReveilleError } from '../domain/errors.ts';
import { type ExecutionInput, GROUPS_MAX, listRequestSchema, parseExecutionArn } from '../domain/execution.ts';
import { buildPlan, type Plan } from '../domain/plan.ts';
import { type Manifest, type ManifestInstance, manifestKey, planKey } from '../domain/results.ts';
import { toTimestamp } from '../domain/time.ts';
import { targetVersionSchema } from '../domain/versions.ts';
import { environment, wholeNumber } from '../environment.ts';
import { createHandler, type Handler, parseEnvironment, type Runtime } from '../runtime.ts';

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
});

/** What ListInstances returns, and what it takes back for the next listing while somebody is still settling. */
export interface Listed {
  input: ExecutionInput;
  listing: number;
  settling: number;
  dryRun: boolean;
  run: Run;
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
  async function look(groupOf: Map<string, string>) {
    const ids = [...groupOf.keys()];
    const facts = await describeInstances(ec2, ids);
    const decide = (instanceId: string, stopProtected: boolean): Eligibility =>
      decideEligibility({ instanceId, instance: facts.get(instanceId) ?? null, stopProtected }, settings.OPT_OUT_TAG);
    const settling = ids.filter((instanceId) => decide(instanceId, false).decision === 'settling').length;
    return { ids, facts, decide, settling };
  }

  /** Judges all of them for good, with what costs more to know. */
  async function judge(
    { ids, facts, decide }: Awaited<ReturnType<typeof look>>,
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
      return {
        instanceId,
        name: instance?.name ?? null,
        group: groupOf.get(instanceId) ?? '',
        state: instance?.state ?? null,
        version: agents.get(instanceId)?.version ?? null,
        decision,
        originalState,
        reason,
      };
    });
  }

  return createHandler(runtime, 'ListInstances', listRequestSchema, async (request) => {
    const names = parseExecutionArn(request.executionArn);
    if (names === null)
      throw new ReveilleError('InvalidInput', `executionArn: not an execution: ${request.executionArn}`);
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
    const run: Run = { ...names, startedAt: request.startedAt, targetVersion: target };
    const seen = await look(groupOf);
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
    await bucket.put(manifestKey(run), manifest);
    if (!dryRun) return { ...reply, batches };
    const plan = buildPlan(manifest);
    await bucket.put(planKey(run), plan);
    return { ...reply, plan: { key: planKey(run), counts: plan.counts } };
  });
}

import { readAgentManifest } from '../aws/agent-manifest.ts';
import { readLatestAgentVersion } from '../aws/latest-agent-version.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import type { BatchSeed } from '../domain/batch/seed-batches.ts';
import { chooseInstances } from '../domain/listing/chosen-instances.ts';
import { whyUntold } from '../domain/listing/eligibility.ts';
import {
  type ExecutionInput,
  type ListRequest,
  listRequestSchema,
  resolveFinishBy,
} from '../domain/listing/execution-input.ts';
import type { Plan } from '../domain/listing/plan.ts';
import { countAwaited, type SilentSince, silentSince } from '../domain/listing/relisting.ts';
import { computeEnds, shortestWindow, tooLateToStart } from '../domain/listing/run-ends.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { type ExecutionNames, parseExecutionArn } from '../domain/model/execution-arn.ts';
import { INSTANCES_MAX } from '../domain/model/limits.ts';
import { plainText } from '../domain/model/plain-text.ts';
import type { Ends, Run } from '../domain/model/run.ts';
import { runStarted } from '../domain/model/run-event.ts';
import { secondsBetween } from '../domain/model/time.ts';
import { tellEventBus } from '../operations/tell-event-bus.ts';
import { createHandler, type Handler } from '../runtime/handler.ts';
import { type InvocationContext, type Runtime, timeKeeper } from '../runtime/runtime.ts';
import { type LockOutcome, releasingLockOnError, takeRunLock, toLock } from './claim-run.ts';
import { judgeMembers, type Member, type Target, toManifestInstances, withoutUnavailable } from './judge-members.ts';
import { listGroups } from './list-groups.ts';
import { createTools, type ListingTools } from './tools.ts';
import { writeManifest, writePlan } from './write-manifest.ts';

/** What ListInstances returns, and what it takes back for the next listing while an instance is in transition. */
export interface Listed {
  /** `none`: a dry run, which needs no lock. */
  claim: 'held' | 'none';
  input: ExecutionInput;
  listing: number;
  /** How many instances are in transition, or EC2 is silent on them, and worth another listing. */
  inTransition: number;
  /** Since when it is, by ID: for the next listing. */
  silentSince: SilentSince;
  dryRun: boolean;
  run: Run;
  batches: BatchSeed[];
  plan: { key: string; counts: Plan['counts'] } | null;
}

/** What it returns if another run does the work, or has done it. */
export type LeftToOtherRun = Exclude<LockOutcome, { claim: 'held' }>;

/** ListInstances: which instances are in the groups, which take part, and why the others do not. Touches no instance. */
export function createListInstances(runtime: Runtime): Handler<Listed | LeftToOtherRun> {
  const tools = createTools(runtime);

  return createHandler(runtime, 'ListInstances', listRequestSchema, async (request, context) => {
    const names = parseExecutionArn(request.executionArn);
    if (names === null) {
      throw new ReveilleError('InvalidInput', `executionArn: not an execution: ${plainText(request.executionArn)}`);
    }
    // A dry run touches no instance, so it can stand beside any other run.
    if (request.input.dryRun) return { claim: 'none', ...(await list(tools, request, { names, context })) };
    const lock = toLock(request, names, tools.now());
    const outcome = await takeRunLock(tools, lock);
    if (outcome.claim !== 'held') {
      tools.logger.info('another run does this work', { runId: names.runId, ...outcome });
      return outcome;
    }
    const listed = await releasingLockOnError(tools, lock, () => list(tools, request, { names, context }));
    return { ...outcome, ...listed };
  });
}

/** One listing, with the lock or as a dry run: phases 2 to 4. It ends before phase 4 while a member is in transition. */
async function list(
  tools: ListingTools,
  request: ListRequest,
  { names, context }: { names: ExecutionNames; context: InvocationContext },
): Promise<Omit<Listed, 'claim'>> {
  const { settings, logger } = tools;
  const { groups = settings.GROUPS, dryRun = false, allowEmpty = false } = request.input;
  const listing = request.listing + 1;

  const ends = findEnds(tools, request);
  const grouped = await listGroups(tools, groups, allowEmpty);
  const input = await resolveVersion(tools, request.input, names.region);
  const run = toRun(tools, request, names, { targetVersion: input.targetVersion, ...ends });

  const all = await judgeMembers({ ...tools, hasTime: timeKeeper(context) }, names, grouped);
  const chosen = chosenOf(all, request.input.instances);
  assertFit(chosen);
  const silent = silentSince(chosen, request.silentSince, tools.now());
  const listings = { count: listing, max: settings.LISTINGS_MAX, silent };
  const inTransition = dryRun ? 0 : countAwaited(chosen, listings, tools.now());
  const { otherResources } = grouped;
  const counted = { intended: chosen.length, inTransition, silent: Object.keys(silent).length, otherResources };
  logger.info('instances listed', { runId: run.runId, listing, ...counted });
  const reply = { input, listing, inTransition, silentSince: {}, dryRun, run, batches: [], plan: null };
  if (inTransition > 0) return { ...reply, silentSince: silent };

  // Only for the listing that decides: it has some megabytes.
  const target = { version: run.targetVersion, files: await readFiles(tools, names.region) };
  const members = withoutUnavailable(chosen, target);
  const instances = await toManifestInstances(tools, members, dryRun ? null : listings);
  const judged = { run, allowEmpty, groups, instances, otherResources };
  if (dryRun) return { ...reply, plan: await writePlan(tools, judged) };
  const batches = await writeManifest(tools, judged, request.executionArn);
  // Before any of them is woken: who hears it can mute what would complain.
  await tellEventBus(tools, runStarted(run, instances, settings.BUCKET_NAME), timeKeeper(context));
  return { ...reply, batches };
}

/** @throws TooManyInstances; those that EC2 does not know, or is silent on, do not count: they carry no work */
function assertFit(members: Member[]): void {
  const count = members.filter(({ facts }) => facts !== null).length;
  if (count <= INSTANCES_MAX) return;
  throw new ReveilleError(
    'TooManyInstances',
    `the groups have ${count} instances; at most ${INSTANCES_MAX} fit into a run`,
  );
}

/** The members that the input names; all of them, if it names none. */
function chosenOf(members: Member[], instances: string[] | undefined): Member[] {
  if (instances === undefined) return members;
  const named = members.map(({ instanceId, facts, eligibility }) => ({
    instanceId,
    name: facts?.name ?? null,
    untold: facts === null ? whyUntold(eligibility) : null,
  }));
  const chosen = chooseInstances(instances, named);
  return members.filter(({ instanceId }) => chosen.has(instanceId));
}

/** Only what the region's manifest tells keeps an instance out: what can't be read of it keeps none. */
async function readFiles({ s3, logger }: ListingTools, region: string): Promise<Target['files']> {
  try {
    return await readAgentManifest(s3, region);
  } catch (error) {
    logger.warn("the region's manifest of the agent could not be read", { failure: describeFailure(error) });
    return null;
  }
}

/** "latest" is resolved by a run's first listing; the next ones take over what that one found. */
async function resolveVersion({ s3, settings }: ListingTools, input: ExecutionInput, region: string) {
  const { targetVersion = settings.TARGET_VERSION } = input;
  const target = targetVersion === 'latest' ? await readLatestAgentVersion(s3, region) : targetVersion;
  return { ...input, targetVersion: target };
}

/**
 * The two ends of the run.
 * @throws InvalidInput if it has to be over before even one instance could be woken, updated and restored
 */
function findEnds({ settings }: ListingTools, { startedAt, input: { finishBy } }: ListRequest): Ends {
  const {
    SCHEDULE_TIMEZONE,
    WINDOW_SECONDS: windowSeconds,
    RESTORE_DEADLINE_SECONDS: restoreDeadlineSeconds,
  } = settings;
  const endsBy = finishBy === undefined ? null : resolveFinishBy(finishBy, SCHEDULE_TIMEZONE, startedAt);
  const ends = computeEnds(startedAt, endsBy, { windowSeconds, restoreDeadlineSeconds });
  if (tooLateToStart(ends, startedAt) === null) return ends;
  const { seconds, sum } = shortestWindow(restoreDeadlineSeconds);
  const minutes = Math.floor(secondsBetween(startedAt, ends.stopUntil) / 60);
  throw new ReveilleError(
    'InvalidInput',
    `finishBy: ${minutes} minutes are too short for even one instance: give ${Math.ceil(seconds / 60)} at least, which are ${sum}`,
  );
}

const toRun = (
  { settings }: ListingTools,
  { startedAt }: ListRequest,
  { region, account, stateMachine, runId }: ExecutionNames,
  found: Pick<Run, 'targetVersion' | keyof Ends>,
): Run => ({ region, account, stateMachine, runId, startedAt, timeZone: settings.SCHEDULE_TIMEZONE, ...found });

import { readLatestAgentVersion } from '../aws/latest-agent-version.ts';
import type { BatchSeed } from '../domain/batch/seed-batches.ts';
import { type ExecutionInput, type ListRequest, listRequestSchema } from '../domain/listing/execution-input.ts';
import type { Plan } from '../domain/listing/plan.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { type ExecutionNames, parseExecutionArn } from '../domain/model/execution-arn.ts';
import { plainText } from '../domain/model/plain-text.ts';
import type { Run } from '../domain/model/run.ts';
import { addSeconds } from '../domain/model/time.ts';
import { createHandler, type Handler } from '../runtime/handler.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type LockOutcome, releasingLockOnError, takeRunLock, toLock } from './claim-run.ts';
import { countUnsettled, describeMembers, judgeMembers } from './judge-members.ts';
import { listGroups } from './list-groups.ts';
import { createTools, type ListingTools } from './tools.ts';
import { writeManifest, writePlan } from './write-manifest.ts';

/** What ListInstances returns, and what it takes back for the next listing while an instance is in transition. */
export interface Listed {
  input: ExecutionInput;
  listing: number;
  /** How many instances are in transition and worth another listing. */
  inTransition: number;
  dryRun: boolean;
  /** `none`: a dry run, which needs no lock. */
  claim: LockOutcome['claim'] | 'none';
  /** The run whose work it is: another one, if the claim says so. */
  doneBy: string;
  /** null: another run does its work. */
  run: Run | null;
  batches: BatchSeed[];
  plan: { key: string; counts: Plan['counts'] } | null;
}

/** ListInstances: which instances are in the groups, which take part, and why the others do not. Touches no instance. */
export function createListInstances(runtime: Runtime): Handler<Listed> {
  const tools = createTools(runtime);

  return createHandler(runtime, 'ListInstances', listRequestSchema, async (request) => {
    const names = parseExecutionArn(request.executionArn);
    if (names === null) {
      throw new ReveilleError('InvalidInput', `executionArn: not an execution: ${plainText(request.executionArn)}`);
    }
    // A dry run touches no instance, so it can stand beside any other run.
    if (request.input.dryRun) return { ...(await list(tools, request, names)), claim: 'none', doneBy: names.runId };
    const lock = toLock(request, names, tools.now());
    const { claim, runId: doneBy } = await takeRunLock(tools, lock);
    if (claim !== 'held') {
      tools.logger.info('another run does this work', { runId: names.runId, claim, doneBy });
      return leaveToOtherRun(request, claim, doneBy);
    }
    const listed = await releasingLockOnError(tools, lock, () => list(tools, request, names));
    return { ...listed, claim, doneBy };
  });
}

/** One listing, with the lock or as a dry run: phases 2 to 4. It ends before phase 4 while a member is in transition. */
async function list(
  tools: ListingTools,
  request: ListRequest,
  names: ExecutionNames,
): Promise<Omit<Listed, 'claim' | 'doneBy'>> {
  const { settings, logger } = tools;
  const { groups = settings.GROUPS, dryRun = false, allowEmpty = false } = request.input;
  const listing = request.listing + 1;
  const isLast = listing >= settings.LISTINGS_MAX;

  const groupOf = await listGroups(tools, groups, allowEmpty);
  const input = await resolveVersion(tools, request.input, names.region);
  const run = toRun(tools, request, names, input.targetVersion);

  const members = await describeMembers(tools, names, groupOf);
  const unsettled = countUnsettled(tools, members);
  logger.info('instances listed', { runId: run.runId, listing, intended: groupOf.size, inTransition: unsettled });
  const inTransition = dryRun || isLast ? 0 : unsettled;
  const reply = { input, listing, inTransition, dryRun, run, batches: [], plan: null };
  if (inTransition > 0) return reply;

  const instances = await judgeMembers(tools, members, isLast ? listing : null);
  const judged = { run, allowEmpty, groups, instances };
  return dryRun
    ? { ...reply, plan: await writePlan(tools, judged) }
    : { ...reply, batches: await writeManifest(tools, judged, request.executionArn) };
}

/** "latest" is resolved by a run's first listing; the next ones take over what that one found. */
async function resolveVersion({ s3, settings }: ListingTools, input: ExecutionInput, region: string) {
  const { targetVersion = settings.TARGET_VERSION } = input;
  const target = targetVersion === 'latest' ? await readLatestAgentVersion(s3, region) : targetVersion;
  return { ...input, targetVersion: target };
}

function toRun(
  { settings }: ListingTools,
  { startedAt, input }: ListRequest,
  { region, account, stateMachine, runId }: ExecutionNames,
  targetVersion: string,
): Run {
  const within = settings.FINISH_WITHIN_SECONDS;
  const finishBy = input.finishBy ?? (within === 0 ? null : addSeconds(startedAt, within));
  return { region, account, stateMachine, runId, startedAt, targetVersion, finishBy };
}

const leaveToOtherRun = ({ input, listing }: ListRequest, claim: LockOutcome['claim'], doneBy: string): Listed => ({
  input,
  listing,
  inTransition: 0,
  dryRun: false,
  claim,
  doneBy,
  batches: [],
  plan: null,
  run: null,
});

import * as z from 'zod';
import { type BatchInstance, outcomeSchema } from '../batch/batch-instance.ts';
import type { Manifest, ManifestInstance } from '../listing/manifest.ts';
import { OPTED_OUT } from '../model/instance.ts';
import { plainText } from '../model/plain-text.ts';
import { failsRun, isBenignExclusion, type Reason, reason, reasonSchema } from '../model/reason.ts';
import { secondsBetween, type Timestamp, timestampSchema, toTimestamp } from '../model/time.ts';
import { LEASE_TAG } from '../ownership/lease.ts';
import { wokenAtOf } from '../ownership/owner.ts';
import { checkPromises, checksSchema, type SecondLook, UNCHECKED } from './checks.ts';
import { causesSchema, countCauses } from './counted-causes.ts';
import { detailsFields, detailsOf, noDetails, type ReportedCommand } from './instance-details.ts';
import { observedPaceSchema, observePace } from './observed-pace.ts';

export const reportInstanceSchema = z.object({
  instanceId: z.string().describe('EC2 instance ID'),
  name: z.string().nullable().default(null).describe('Its tag Name; null if it has none'),
  group: z.string().describe('Resource group that named it; the first, if several do'),
  outcome: outcomeSchema.describe('The one outcome of this instance'),
  reason: reasonSchema.nullable().describe('Why; null if all went as it should'),
  notes: z.array(reasonSchema).describe('What is worth knowing, and has not changed the outcome'),
  versionBefore: z
    .string()
    .nullable()
    .describe('Version that the agent reported before the work; null if it never did'),
  versionAfter: z
    .string()
    .nullable()
    .describe('Version that the agent itself reported after the work; null if none was proved'),
  originalState: z.string().nullable().describe('EC2 state before the run, or hibernated; null if EC2 did not know it'),
  finalState: z.string().nullable().describe('EC2 state when it was settled, hibernated, handed-over, or opted-out'),
  wokenAt: timestampSchema
    .nullable()
    .describe('When Reveille started it; null if it did not, or, with the reason no-result, if that is not known'),
  restoredAt: timestampSchema
    .nullable()
    .describe('When it was seen stopped again; null if Reveille did not start it, or could not stop it'),
  awakeSeconds: z.number().nullable().describe('From wokenAt to restoredAt'),
  ...detailsFields,
});
export type ReportInstance = z.infer<typeof reportInstanceSchema>;

/** Raised when a field changes its meaning, or is added. */
const SCHEMA_VERSION = 3;

export const reportSchema = z
  .object({
    schemaVersion: z.int().default(1).describe('Version of this schema; 1 where it is missing'),
    runId: z.string().describe('Name of the execution'),
    status: z.enum(['succeeded', 'failed']),
    startedAt: timestampSchema,
    listedAt: timestampSchema.nullable().default(null).describe('When ListInstances had looked who takes part'),
    endedAt: timestampSchema.describe('When the report was made'),
    diedBeforeReport: z
      .boolean()
      .describe(
        'Whether its execution ended before it made its report; ReconcileLeases made this one then, and it failed',
      ),
    account: z.string(),
    region: z.string(),
    timeZone: z
      .string()
      .default('UTC')
      .describe("The schedule's, in which the message says times; this report says them in UTC"),
    targetVersion: z.string().describe('Agent version that the run aimed at'),
    counts: z
      .object({
        intended: z.int(),
        updated: z.int(),
        alreadyCurrent: z.int(),
        failed: z.int(),
        excluded: z.int(),
      })
      .describe('intended = updated + alreadyCurrent + failed + excluded'),
    causes: causesSchema,
    checks: checksSchema.default(UNCHECKED),
    observedPace: observedPaceSchema.optional(),
    instances: z.array(reportInstanceSchema),
  })
  .describe('What became of every instance in one run of Reveille');
export type Report = z.infer<typeof reportSchema>;

/** What is known of an instance without a settled result when the report is made. */
export interface Observation {
  /** What EC2 says then; or how ReconcileLeases has settled it, before others could change that. */
  finalState: string;
  /** What only ReconcileLeases knows of what a dead run has left. */
  wokenAt?: Timestamp | null;
  restoredAt?: Timestamp | null;
  /** What became of the last command that the run had sent it. */
  command?: string;
  /** All that it was sent. */
  commands?: ReportedCommand[];
}

/** By instance ID. */
export type Observed = Map<string, Observation>;

/** An error as a Catch of the state machine names it. */
export interface RunError {
  Error: string;
  Cause: string;
}

/** What ended a run whose execution was over before its report: no Catch names that. */
export const RUN_DIED: RunError = { Error: 'RunDied', Cause: 'the execution ended before its report' };

/** What a report is made of. */
export interface ReportFacts {
  manifest: Manifest;
  /** Of all batches that have written one. */
  results: BatchInstance[];
  observed: Observed;
  /** What EC2 said of all of them when the report was made. */
  again: SecondLook;
  /** What ended the map of batches, if anything did. */
  error: RunError | undefined;
  now: Date;
}

/**
 * Joins the manifest with the results: every instance of the manifest is in the report exactly once, and one without
 * a settled result has failed. A run that died has failed, however its instances stand: its execution did.
 */
export function buildReport({ manifest, results, observed, again, error, now }: ReportFacts): Report {
  const { run } = manifest;
  const byId = new Map(results.map((result) => [result.instanceId, result]));
  const cause = error === undefined ? '' : ` (${error.Error}: ${error.Cause})`;
  const noResult = `its batch ended without a result for it${cause}`;
  const instances = manifest.instances.map((member) =>
    member.decision === 'take-part'
      ? reportMember(member, byId.get(member.instanceId), observed, noResult)
      : reportExcluded(member),
  );
  const diedBeforeReport = error?.Error === RUN_DIED.Error;
  const observedPace = observePace(results);
  return {
    schemaVersion: SCHEMA_VERSION,
    runId: run.runId,
    status: diedBeforeReport ? 'failed' : statusOf(instances, manifest.allowEmpty),
    startedAt: run.startedAt,
    listedAt: manifest.listedAt,
    endedAt: toTimestamp(now),
    diedBeforeReport,
    account: run.account,
    region: run.region,
    timeZone: run.timeZone,
    targetVersion: run.targetVersion,
    counts: countOutcomes(instances),
    causes: countCauses(instances),
    checks: checkPromises({ manifest, results, again }),
    ...(observedPace === undefined ? {} : { observedPace }),
    instances,
  };
}

const notesOn = ({ ignoredLease }: ManifestInstance): Reason[] =>
  ignoredLease === null ? [] : [reason('lease-ignored', `its tag ${LEASE_TAG} holds nothing: ${ignoredLease}`)];

function reportMember(
  member: ManifestInstance,
  result: BatchInstance | undefined,
  observed: Observed,
  noResult: string,
): ReportInstance {
  const settled = result?.step === 'settled' && result.outcome !== null ? result : null;
  const seen = settled === null ? observed.get(member.instanceId) : undefined;
  const { versionBefore, versionAfter } = versionsOf(result);
  const wokenAt = (result === undefined ? null : wokenAtOf(result.owner)) ?? seen?.wokenAt ?? null;
  const restoredAt =
    (result?.step === 'settled' ? result.restoredAt : null) ?? (wokenAt === null ? null : (seen?.restoredAt ?? null));
  const details =
    result === undefined ? { ...noDetails(member), commands: seen?.commands ?? [] } : detailsOf(member, result);
  const unsettled = seen?.command === undefined ? noResult : `${noResult}; ${seen.command}`;
  return {
    instanceId: member.instanceId,
    name: member.name === null ? null : plainText(member.name),
    group: member.group,
    outcome: settled?.outcome ?? 'failed',
    reason: settled === null ? reason('no-result', unsettled) : settled.reason,
    notes: notesOn(member),
    versionBefore: versionBefore ?? member.version,
    versionAfter,
    originalState: member.originalState,
    finalState: settled?.finalState ?? seen?.finalState ?? null,
    wokenAt,
    restoredAt,
    awakeSeconds: wokenAt !== null && restoredAt !== null ? secondsBetween(wokenAt, restoredAt) : null,
    ...details,
    // One that its run has not settled may have been put back since.
    times: { ...details.times, settledAt: details.times.settledAt ?? restoredAt },
  };
}

/** What its agent has reported, as far as its work had come. */
function versionsOf(result: BatchInstance | undefined): { versionBefore: string | null; versionAfter: string | null } {
  if (result?.step === 'restore' || result?.step === 'settled') return result;
  const isHeard = result?.step === 'update' || result?.step === 'verify';
  return { versionBefore: isHeard ? result.versionBefore : null, versionAfter: null };
}

function reportExcluded(member: ManifestInstance): ReportInstance {
  return {
    instanceId: member.instanceId,
    name: member.name === null ? null : plainText(member.name),
    group: member.group,
    outcome: 'excluded',
    reason: member.reason,
    notes: notesOn(member),
    versionBefore: member.version,
    versionAfter: null,
    originalState: member.state,
    finalState: member.state,
    wokenAt: null,
    restoredAt: null,
    awakeSeconds: null,
    ...noDetails(member),
  };
}

export function countOutcomes(instances: Pick<ReportInstance, 'outcome'>[]): Report['counts'] {
  const of = (outcome: ReportInstance['outcome']) =>
    instances.filter((instance) => instance.outcome === outcome).length;
  return {
    intended: instances.length,
    updated: of('updated'),
    alreadyCurrent: of('already-current'),
    failed: of('failed'),
    excluded: of('excluded'),
  };
}

/** Whether every intended instance has exactly one outcome. */
export const coverageHolds = ({ intended, updated, alreadyCurrent, failed, excluded }: Report['counts']): boolean =>
  intended === updated + alreadyCurrent + failed + excluded;

const ASLEEP: (string | null)[] = ['stopped', 'hibernated'];

const AWAKE: (string | null)[] = ['running', 'pending', 'handed-over', OPTED_OUT];

/** It was stopped before the run and runs after it, for whatever reason: it costs money, so no run with it succeeds; unless its owner asked for it. */
export const isLeftAwake = ({
  originalState,
  finalState,
}: Pick<ReportInstance, 'originalState' | 'finalState'>): boolean =>
  ASLEEP.includes(originalState) && AWAKE.includes(finalState);

/** It is left awake because its owner asked for that in mid-run, by the opt-out tag alone: that is no failure of the run. */
export const isLeftAwakeByTag = ({ finalState }: Pick<ReportInstance, 'finalState'>): boolean =>
  finalState === OPTED_OUT;

/**
 * A run succeeds only if no instance failed, every exclusion is benign, and at least one instance took part: zero
 * reachable instances is no success (docs/aws-behaviour.md 12), unless an empty group is allowed.
 */
function statusOf(instances: ReportInstance[], allowEmpty: boolean): Report['status'] {
  const noneTookPart = instances.every(({ outcome }) => outcome === 'excluded');
  return instances.some(failsItsRun) || (noneTookPart && !allowEmpty) ? 'failed' : 'succeeded';
}

/** By what it is told whether an instance is as it should be. */
export type JudgedInstance = Pick<ReportInstance, 'outcome' | 'reason' | 'originalState' | 'finalState'>;

/** Whether a run with this instance in it can't succeed. */
export function failsItsRun(instance: JudgedInstance): boolean {
  const { outcome, reason: why } = instance;
  if (outcome === 'failed' || (why !== null && failsRun(why))) return true;
  if (isLeftAwake(instance) && !isLeftAwakeByTag(instance)) return true;
  return outcome === 'excluded' && !isBenignExclusion(why?.code ?? '');
}

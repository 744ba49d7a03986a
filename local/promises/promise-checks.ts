import { isAtLeast } from '../../functions/domain/model/agent-version.ts';
import { LEASE_TAG } from '../../functions/domain/ownership/lease.ts';
import { coverageHolds, type Report, type ReportInstance } from '../../functions/domain/report/report.ts';
import type { Account } from '../account/account.ts';
import { PERSON } from '../account/people.ts';
import type { JournalEntry } from '../account/world/journal.ts';
import { LEASES_OF_NO_RUN } from '../account/world/machine.ts';
import { stateOf } from '../run/simulated-run.ts';
import { aboutCauses, aboutChecks, SEEN_BY_EC2 } from '../simulation/checkers/report/own-checks.ts';
import { finalState } from '../simulation/checkers/report/states.ts';
import { aboutMemory, aboutStatus, type WholeReport } from '../simulation/checkers/report/whole-report.ts';
import { wholeReport } from '../simulation/checkers/true-report.ts';
import { type ExecutionEvidence, isOurs, type Evidence as RunEvidence } from '../simulation/evidence/evidence.ts';
import { gatherTimeline, type RunOfEntry } from '../simulation/evidence/timeline.ts';

/** One of the things that a promise consists of, and where it was broken. */
export interface PromiseCheck {
  promise: string;
  /** Which of the two promises is broken with it. */
  upholds: 'no-false-success' | 'back-as-it-was';
  broken: string[];
}

interface Evidence {
  account: Account;
  report: Report;
  /** How each instance stood before the run, by ID. */
  before: Map<string, string>;
  /** What the run was meant for: the instances of its groups. */
  intended: Set<string>;
}

const idsIn = (entry: JournalEntry): string[] => {
  if (entry.kind !== 'call') return [];
  const { InstanceId, InstanceIds, ResourceId } = entry.parameters as Record<string, string | string[] | undefined>;
  return [InstanceId, InstanceIds, ResourceId].flatMap((ids) => ids ?? []);
};

/** The calls that change something and went through, with the instances that they named. */
const written = ({ journal }: Account, ...operations: string[]): Set<string> =>
  new Set(
    journal.entries
      .filter((entry) => entry.kind === 'call' && entry.error === null && operations.includes(entry.operation))
      // What people do is no doing of the run.
      .filter((entry) => entry.kind === 'call' && entry.principal !== PERSON)
      .flatMap(idsIn),
  );

/** Where the fleet says that it stands, once what was on its way has arrived. */
function expectedState({ account, before }: Evidence, instanceId: string): string {
  const state = before.get(instanceId) ?? 'not-found';
  const isSettling = state === 'pending' || state === 'stopping';
  return isSettling ? (account.world.machines.get(instanceId)?.spec.state ?? state) : state;
}

const coverage = ({ report, intended }: Evidence): PromiseCheck => {
  const reported = report.instances.map(({ instanceId }) => instanceId);
  const twice = reported.filter((id, index) => reported.indexOf(id) !== index);
  return {
    promise: 'every instance has exactly one outcome, and the coverage equation holds',
    upholds: 'no-false-success',
    broken: [
      ...(coverageHolds(report.counts) ? [] : [`the counts do not add up: ${JSON.stringify(report.counts)}`]),
      ...[...intended].filter((id) => !reported.includes(id)).map((id) => `${id} is not in the report`),
      ...twice.map((id) => `${id} is in the report twice`),
      ...report.instances
        .filter(({ outcome, reason }) => (outcome === 'failed' || outcome === 'excluded') && reason === null)
        .map(({ instanceId, outcome }) => `${instanceId} is ${outcome} without a reason`),
    ],
  };
};

const truth = ({ report, account }: Evidence): PromiseCheck => ({
  promise: 'every instance that is reported as updated or current really has the version',
  upholds: 'no-false-success',
  broken: report.instances
    .filter(({ outcome }) => outcome === 'updated' || outcome === 'already-current')
    .filter(
      ({ instanceId }) =>
        !isAtLeast(account.world.machines.get(instanceId)?.agent.version ?? null, report.targetVersion),
    )
    .map(({ instanceId }) => `${instanceId} has ${account.world.machines.get(instanceId)?.agent.version}`),
});

/** EC2 itself broke it, and the report says so, with its reason: that is no broken promise of ours. */
const isToldLoss = (account: Account, { instanceId, originalState, finalState, reason }: ReportInstance): boolean =>
  finalState === 'handed-over' ||
  finalState === 'opted-out' ||
  (originalState === 'hibernated' &&
    finalState === 'stopped' &&
    /hibernated/.test(reason?.text ?? '') &&
    stateOf(account, instanceId) === 'stopped');

/** As it was; or, if it was on its way somewhere when the run began, still on that way. */
const isAsItWas = (evidence: Evidence, instanceId: string, is: string): boolean =>
  is === expectedState(evidence, instanceId) || is === evidence.before.get(instanceId);

const restored = (evidence: Evidence): PromiseCheck => ({
  promise: 'every instance is as it was, save a memory that EC2 has lost and the report tells of',
  upholds: 'back-as-it-was',
  broken: evidence.report.instances
    .filter((instance) => !isToldLoss(evidence.account, instance))
    .map(({ instanceId }) => ({ instanceId, is: stateOf(evidence.account, instanceId) }))
    .filter(({ instanceId, is }) => !isAsItWas(evidence, instanceId, is))
    .map(({ instanceId, is }) => `${instanceId} was ${expectedState(evidence, instanceId)}, and is ${is}`),
});

const neverStopped = (evidence: Evidence): PromiseCheck => {
  const stopped = written(evidence.account, 'StopInstances');
  return {
    promise: 'what was running was never stopped',
    upholds: 'back-as-it-was',
    broken: [...stopped].filter((id) => expectedState(evidence, id) === 'running').map((id) => `${id} was stopped`),
  };
};

const untouched = ({ account, report }: Evidence): PromiseCheck => {
  const touched = written(account, 'StartInstances', 'StopInstances', 'CreateTags', 'DeleteTags', 'SendCommand');
  return {
    promise: 'excluded instances were not touched',
    upholds: 'back-as-it-was',
    broken: report.instances
      // What was opted out in mid-run was touched before.
      .filter(({ outcome, reason }) => outcome === 'excluded' && reason?.code !== 'opted-out-in-run')
      .filter(({ instanceId }) => touched.has(instanceId))
      .map(({ instanceId }) => `${instanceId} was touched`),
  };
};

const noLease = ({ account }: Evidence): PromiseCheck => ({
  promise: 'no lease is left',
  upholds: 'back-as-it-was',
  broken: [...account.world.machines.values()]
    // What no run of ours wrote stays on an instance that is not started.
    .filter(({ tags }) => tags.has(LEASE_TAG) && !LEASES_OF_NO_RUN.has(tags.get(LEASE_TAG) ?? ''))
    .map(({ id }) => `${id} carries a lease`),
});

/** The run as the simulation's checkers see it. Of this account nothing else is known to have happened. */
function seenByCheckers({ account, report, before, intended }: Evidence): WholeReport {
  const runs: RunOfEntry = new WeakMap();
  for (const entry of account.journal.entries) {
    if (entry.kind === 'call' && isOurs(entry.principal)) runs.set(entry, report.runId);
  }
  const startedAt = Date.parse(report.startedAt);
  const endedAt = Date.parse(report.endedAt);
  const standing = (id: string, state: string) => {
    const machine = account.world.machines.get(id);
    return { state, version: machine?.agent.version ?? null, lease: machine?.tags.get(LEASE_TAG) ?? null };
  };
  const execution: ExecutionEvidence = {
    name: report.runId,
    input: {},
    startedAt,
    endedAt,
    lives: [{ from: startedAt, to: endedAt }],
    status: report.status === 'succeeded' ? 'SUCCEEDED' : 'FAILED',
    error: report.status === 'succeeded' ? null : 'RunFailed',
    report,
  };
  const seen: RunEvidence = {
    startedAt,
    endedAt,
    latestVersion: account.world.latestVersion,
    parameters: {},
    describeLagSeconds: 3,
    groups: [],
    instances: [...intended].map((instanceId) => ({
      instanceId,
      name: account.world.machines.get(instanceId)?.tags.get('Name') ?? null,
      groups: [],
      behaviours: account.world.machines.get(instanceId)?.spec.behaviours ?? [],
      platform: account.world.machines.get(instanceId)?.platform.ec2PlatformDetails ?? '',
      before: standing(instanceId, before.get(instanceId) ?? 'not-found'),
      settled: expectedState({ account, report, before, intended }, instanceId),
      after: standing(instanceId, stateOf(account, instanceId)),
    })),
    timeline: gatherTimeline(account.journal.entries, runs),
    executions: [execution],
    disturbances: [],
    faults: [],
    messages: [],
    lock: null,
    longestHistory: 0,
    overheard: { pings: [], metrics: [], mails: [], plans: {}, manifests: {}, pages: {}, boots: {} },
  };
  return wholeReport(seen, execution, report);
}

/** The same rules as the simulation's: how it is in the end, and whether the run may call itself a success. */
const trueReport = (evidence: Evidence): PromiseCheck => {
  const whole = seenByCheckers(evidence);
  const states = whole.lines.flatMap((seen) => {
    const text = finalState(seen);
    return text === null ? [] : [`${seen.line.instanceId} ${text}`];
  });
  return {
    promise: 'the report says what the account says',
    upholds: 'no-false-success',
    broken: [
      ...states,
      ...aboutStatus(whole),
      ...aboutMemory(whole),
      ...aboutCauses(whole),
      ...aboutChecks(whole, SEEN_BY_EC2),
    ],
  };
};

/** Judges a run by what is really in the account, not by what the run says of itself. */
export const checkPromises = (evidence: Evidence): PromiseCheck[] =>
  [coverage, truth, restored, trueReport, neverStopped, untouched, noLease].map((check) => check(evidence));

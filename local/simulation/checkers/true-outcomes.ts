import type { Report, ReportInstance } from '../../../functions/domain/report/report.ts';
import type { BehaviourName } from '../../account/fleet/behaviours.ts';
import type { Checker, Complaint } from '../evidence/checker.ts';
import { isDatedAhead, isInDoubt } from '../evidence/doubt.ts';
import { endsOf, wakeUntil } from '../evidence/ends.ts';
import {
  bootsOf,
  calls,
  changes,
  type Evidence,
  type ExecutionEvidence,
  type InstanceEvidence,
  isOurs,
} from '../evidence/evidence.ts';
import { isDenied, isGoneForEc2, isStripped, wasUnanswered } from '../evidence/hidden.ts';
import { optedOutAt } from '../evidence/opted-out.ts';
import { spansOf } from '../evidence/spans.ts';
import { viewLagMilliseconds } from '../evidence/standings.ts';
import { isAtLeast, versionAt } from '../evidence/versions.ts';
import { aboutNodes } from './report/outside-nodes.ts';

type Found = Omit<Complaint, 'promise'>;

interface Line {
  evidence: Evidence;
  execution: ExecutionEvidence;
  report: Report;
  line: ReportInstance;
  instance: InstanceEvidence;
}

/** What an exclusion's code claims, in what the fleet says of the instance. */
const EXCLUSIONS: Record<string, BehaviourName[]> = {
  'auto-scaling': ['auto-scaling'],
  'instance-store': ['instance-store'],
  'managed-by-others': ['managed-by-eks', 'managed-and-hidden', 'emr-member', 'karpenter-node'],
  'no-root-volume': ['root-volume-missing'],
  'target-not-available': ['old-architecture'],
  'not-found': ['ghost', 'terminated'],
  'opted-out': ['opted-out'],
  spot: ['spot', 'spot-persistent'],
  'spot-interrupted': ['spot'],
  'stop-protected': ['stop-protected'],
};

/** Reasons that claim that the agent has not got the version. */
const CLAIMS_OLD = new Set([
  'update-failed',
  'update-rolled-back',
  'version-not-confirmed',
  'unsupported-platform',
  'no-disk-space',
  'target-not-active',
]);

/** Whether someone else has started it, or another run: at any rate not the run that says so. */
const bootedByAnother = ({ evidence, instance, execution }: Line): boolean =>
  bootsOf(evidence, instance).some(({ at, ours, runId }) => at !== null && !(ours && runId === execution.name));

/** Whether someone else has started it, in that time. */
const othersBooted = ({ evidence, instance }: Line, from = evidence.startedAt, until = evidence.endedAt): boolean =>
  bootsOf(evidence, instance).some(({ at, ours }) => !ours && at !== null && at >= from && at <= until);

/** Whether the run that says so has started it. */
const ownBooted = ({ evidence, instance, execution }: Line): boolean =>
  bootsOf(evidence, instance).some(({ ours, runId }) => ours && runId === execution.name);

/** Whether AWS was kept from saying that it may be stopped, and SSM from telling who is at work. */
const wayBackStruck = ({ evidence, execution }: Line): boolean =>
  evidence.disturbances.some(({ disturbance: { kind } }) => kind === 'window') ||
  evidence.faults.some(({ text, at }) => text.includes('RestoreInstances') && at >= execution.startedAt);

/** Agents of these never ping, so no run can have heard a version from them. */
const DEAD: BehaviourName[] = ['system-hangs', 'host-fails', 'volume-stalls'];

const SILENT: BehaviourName[] = ['stale-ping', 'never-registers', 'no-instance-profile', ...DEAD];

/** Whether a run's restoring was hit by something that may have kept it from writing its result. */
const mayLackResult = ({ evidence, execution }: Line): boolean =>
  // It ended before its own report: this one is ReconcileLeases'.
  execution.error !== 'RunFailed' ||
  evidence.disturbances.some(({ disturbance: { kind } }) => kind !== 'person' && kind !== 'events') ||
  evidence.faults.some(({ text }) => /ListInstances|RestoreInstances|ReportRun/.test(text));

const isOneOf = ({ behaviours }: InstanceEvidence, ...names: BehaviourName[]): boolean =>
  names.some((name) => behaviours.includes(name));

/**
 * Stopped by a person, or by ReconcileLeases: while the run was dead, or so soon before it began that EC2 still showed the
 * instance awake. At any rate not by the run that says so.
 */
const stoppedByNoRun = (
  { evidence, instance, execution }: Line,
  from = execution.startedAt - viewLagMilliseconds(evidence),
  until = execution.endedAt ?? evidence.endedAt,
): boolean =>
  bootsOf(evidence, instance)
    .flatMap(({ stop }) => stop ?? [])
    .filter(({ at }) => at >= from && at <= until)
    .some(({ ours, runId }) => !(ours && runId === execution.name));

/** Whether someone else stopped it while a run waited for its agent's word. Then the agent is not to blame that none came. */
function stoppedInSilence(line: Line): boolean {
  const { evidence, instance, execution } = line;
  const lookedAt = calls(evidence, 'DescribeInstanceInformation')
    .filter(({ principal, runId }) => principal === 'VerifyVersionsFunction' && runId === execution.name)
    .filter(({ parameters }) => JSON.stringify(parameters).includes(instance.instanceId))
    .at(-1)?.at;
  if (lookedAt === undefined) return false;
  const updates = spansOf(evidence, instance.instanceId, 'update');
  const update = updates.findLast(({ id, from }) => id !== null && from < lookedAt);
  return stoppedByNoRun(line, update?.from, lookedAt - viewLagMilliseconds(evidence));
}

/** Reasons whose truth can be seen from outside, with what must have happened. */
const REASONS: Record<string, (line: Line) => boolean> = {
  'opted-out-in-run': ({ evidence, instance, report }) =>
    optedOutAt(evidence, instance.instanceId, Date.parse(report.endedAt)) !== null,
  // Or a dead run has, whose lease a tool took off while this one looked.
  'started-by-others': (line) => othersBooted(line) || (isStripped(line.evidence) && bootedByAnother(line)),
  'restarted-by-others': bootedByAnother,
  'boot-in-doubt': ({ evidence, instance }) =>
    bootsOf(evidence, instance).some((boot) => !boot.ours || isInDoubt(evidence, instance, boot)),
  'stopped-in-run': (line) => stoppedByNoRun(line),
  'launch-error': (line) =>
    isOneOf(line.instance, 'launch-error', 'volume-limit', 'internal-error-always') ||
    (isOneOf(line.instance, 'internal-error-once', 'capacity-gone-at-launch') && othersBooted(line)),
  'no-capacity': ({ instance }) =>
    instance.behaviours.some((name) => /^no-capacity|^capacity-gone|^host-full|^reservation-full/.test(name)),
  'status-check-failed': ({ instance }) => isOneOf(instance, ...DEAD),
  'no-instance-profile': ({ instance }) => instance.behaviours.includes('no-instance-profile'),
  // Or another run has, while this one was dead and before it was redriven.
  'restarted-in-run': ({ evidence, instance, execution, report }) =>
    bootsOf(evidence, instance).some(
      ({ at, runId }) =>
        at !== null && runId !== execution.name && at >= execution.startedAt && at <= Date.parse(report.endedAt),
    ),
  'agent-lost': (line) =>
    !stoppedInSilence(line) &&
    (isOneOf(line.instance, 'agent-lost', 'ping-hourly') ||
      line.evidence.parameters['VerifyDeadlineSeconds'] !== undefined),
  'never-registered': ({ evidence, instance }) =>
    isOneOf(instance, 'never-registers') || evidence.parameters['ReadinessDeadlineSeconds'] !== undefined,
  'update-failed': ({ instance, line }) =>
    isOneOf(instance, 'update-fails') ||
    (isOneOf(instance, 'skipped-step') && !/unsatisfied preconditions/.test(line.reason?.text ?? '')),
  'update-rolled-back': ({ instance }) => isOneOf(instance, 'update-rolls-back', 'package-database-locked'),
  'no-result': mayLackResult,
  'session-active': ({ evidence, instance }) => spansOf(evidence, instance.instanceId, 'session').length > 0,
  'command-running': ({ evidence, instance }) =>
    calls(evidence, 'SendCommand').some(
      ({ principal, error, instanceIds }) =>
        !isOurs(principal) && error === null && instanceIds.includes(instance.instanceId),
    ),
  'association-running': ({ evidence, instance }) => spansOf(evidence, instance.instanceId, 'association').length > 0,
  'out-of-time': ({ evidence, execution, report }) => Date.parse(report.endedAt) >= wakeUntil(evidence, execution),
  'left-awake': ({ evidence, report }) =>
    evidence.executions.some((one) => Date.parse(report.endedAt) >= endsOf(evidence, one).stopUntil),
  'lease-removed': (line) => line.evidence.disturbances.length > 0 || line.evidence.executions.length > 1,
  'limit-reached': ({ instance }) => instance.behaviours.includes('vcpu-limit'),
  'way-back-denied': (line) => !ownBooted(line) && (isOneOf(line.instance, 'stop-denied') || wayBackStruck(line)),
  'question-refused': (line) =>
    quotesOddAnswer(line) ||
    isDenied(line.evidence) ||
    wasUnanswered(line.evidence, line.instance.instanceId, line.execution.startedAt, Date.parse(line.report.endedAt)),
  disappeared: (line) => isGoneForEc2(line.evidence, line.instance.instanceId),
  'hibernation-lost': ({ instance }) =>
    instance.behaviours.includes('hibernation-falls-back') || instance.after.state === 'stopped',
};

/** It says which of the answers it was. */
const quotesOddAnswer = ({ instance, line: { reason } }: Line): boolean =>
  (instance.answers ?? []).some(({ code }) => reason?.text.includes(code));

function aboutVersion(seen: Line): string | null {
  const { evidence, report, line, instance } = seen;
  const { instanceId, outcome, reason } = line;
  const endedAt = Date.parse(report.endedAt);
  const version = versionAt(evidence, instance, endedAt);
  const has = version !== null && isAtLeast(version, report.targetVersion);
  if ((outcome === 'updated' || outcome === 'already-current') && !has) {
    return `${instanceId} is reported as ${outcome}, and its agent has ${version ?? 'no version'}`;
  }
  const isForeign = changes(evidence, instanceId).some(
    ({ facts }) => facts.about === 'update' && facts.commandId === null,
  );
  const isDone = outcome === 'updated' || outcome === 'already-current';
  const silent = instance.behaviours.find((name) => SILENT.includes(name));
  // Such an agent comes back with the next boot.
  const updatedAt = spansOf(evidence, instanceId, 'update').findLast(({ to }) => to !== null && to <= endedAt)?.to;
  const isForGood = !isForeign && !othersBooted(seen, updatedAt ?? undefined, endedAt);
  const isLost = instance.behaviours.includes('agent-lost') && outcome === 'updated' && isForGood;
  if (isDone && (silent !== undefined || isLost)) {
    return `${instanceId} is reported as ${outcome}, and its agent never said so (${silent ?? 'agent-lost'})`;
  }
  if (
    outcome === 'updated' &&
    instance.before.version !== null &&
    isAtLeast(instance.before.version, report.targetVersion)
  ) {
    return `${instanceId} is reported as updated, and had ${instance.before.version} before anybody began`;
  }
  // What such an agent reports is older than what it is: that it has not confirmed the version is true.
  const isLate = isDatedAhead(evidence) || isOneOf(instance, 'version-reported-late', 'ping-hourly');
  if (outcome === 'failed' && has && !isLate && !isForeign && CLAIMS_OLD.has(reason?.code ?? '')) {
    return `${instanceId} is reported as failed (${reason?.code}), and its agent has ${version}`;
  }
  return null;
}

function aboutReason(seen: Line): string | null {
  const { evidence, line, instance } = seen;
  const { instanceId, outcome, reason } = line;
  if ((outcome === 'failed' || outcome === 'excluded') && reason === null)
    return `${instanceId} is ${outcome} without a reason`;
  const code = reason?.code ?? '';
  const claimed = outcome === 'excluded' ? EXCLUSIONS[code] : undefined;
  const wasTerminated = evidence.disturbances.some(
    ({ disturbance }) =>
      disturbance.kind === 'person' && disturbance.deed === 'terminate' && disturbance.instanceId === instanceId,
  );
  if (
    claimed !== undefined &&
    !(code === 'not-found' && wasTerminated) &&
    !(code === 'target-not-available' && !isAtLeast(evidence.latestVersion, seen.report.targetVersion)) &&
    !(code === 'opted-out' && optedOutAt(evidence, instanceId, evidence.endedAt) !== null) &&
    !claimed.some((name) => instance.behaviours.includes(name))
  ) {
    return `${instanceId} is excluded as ${code}, which it is not`;
  }
  const isTrue = REASONS[code];
  return isTrue === undefined || isTrue(seen) || quotesOddAnswer(seen)
    ? null
    : `${instanceId}: the reason ${code} is not true (${reason?.text})`;
}

function ofLine(seen: Line): Found[] {
  return [aboutVersion(seen), aboutReason(seen)].flatMap((text) =>
    text === null
      ? []
      : [{ instanceId: seen.line.instanceId, at: seen.execution.endedAt, text: `${seen.execution.name}: ${text}` }],
  );
}

/** Whom a run was meant for. One that left its group meanwhile may be in the report, or not. */
function intendedOf({ instances, disturbances }: Evidence, { input }: ExecutionEvidence) {
  const names = input['groups'] as string[] | undefined;
  const chosen = input['instances'] as string[] | undefined;
  const left = new Set(
    disturbances.flatMap(({ disturbance }) =>
      disturbance.kind === 'person' && disturbance.deed === 'leave-group' ? [disturbance.instanceId] : [],
    ),
  );
  const members = instances.filter(({ groups }) => names === undefined || names.some((name) => groups.includes(name)));
  return members.filter(({ instanceId }) => !left.has(instanceId) && (chosen?.includes(instanceId) ?? true));
}

function ofReport(evidence: Evidence, execution: ExecutionEvidence, report: Report): Found[] {
  const at = execution.endedAt;
  const { intended, updated, alreadyCurrent, failed, excluded } = report.counts;
  const ids = report.instances.map(({ instanceId }) => instanceId);
  const count = (outcome: string) => report.instances.filter((line) => line.outcome === outcome).length;
  const adds =
    intended === ids.length &&
    intended === updated + alreadyCurrent + failed + excluded &&
    updated === count('updated') &&
    alreadyCurrent === count('already-current') &&
    failed === count('failed') &&
    excluded === count('excluded');
  const byId = new Map(evidence.instances.map((instance) => [instance.instanceId, instance]));
  const complain = (text: string, instanceId: string | null = null) => ({
    instanceId,
    at,
    text: `${execution.name}: ${text}`,
  });
  return [
    ...(adds ? [] : [complain(`the counts do not add up: ${JSON.stringify(report.counts)}`)]),
    ...intendedOf(evidence, execution)
      .filter(({ instanceId }) => !ids.includes(instanceId))
      .map(({ instanceId }) => complain(`${instanceId} is not in the report`, instanceId)),
    ...ids
      .filter((id, index) => ids.indexOf(id) !== index)
      .map((instanceId) => complain(`${instanceId} is in the report twice`, instanceId)),
    ...aboutNodes(evidence, execution, report).map((text) => complain(text)),
    ...report.instances.flatMap((line) => {
      const instance = byId.get(line.instanceId);
      return instance === undefined ? [] : ofLine({ evidence, execution, report, line, instance });
    }),
  ];
}

export const trueOutcomes: Checker = {
  promise: 'true-outcomes',
  says: "Every instance ends with exactly one outcome and a true reason, and they add up: `intended = updated + already current + failed + excluded`. A version counts only if the agent itself reported it, in a ping newer than the update's end.",
  check: (evidence) =>
    evidence.executions.flatMap((execution) =>
      execution.report === null ? [] : ofReport(evidence, execution, execution.report),
    ),
};

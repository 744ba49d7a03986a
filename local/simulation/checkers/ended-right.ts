import type { Report } from '../../../functions/domain/report/report.ts';
import type { Checker } from '../evidence/checker.ts';
import { endsOf } from '../evidence/ends.ts';
import {
  calls,
  clock,
  DESCRIBE_LAG_SECONDS_MAX,
  type Evidence,
  type ExecutionEvidence,
  isStruckBy,
} from '../evidence/evidence.ts';
import { isDeserved, isRefusal } from './report/deserved-refusal.ts';

/** After the end of its window, a run still follows its last stop. */
const FOLLOW_SECONDS_MAX = 3600;

/** The state machine's own time-out, and a little: for a run that was redriven. */
const EXECUTION_SECONDS_MAX = 12 * 3600 + 60;

/** For so long an execution that has ended may still be called running. */
const LAG_MILLISECONDS = DESCRIBE_LAG_SECONDS_MAX * 1000;

/** Exclusions that are structural or chosen. Any other one hides a failure. */
const BENIGN = new Set([
  'auto-scaling',
  'instance-store',
  'managed-by-others',
  'not-found',
  'opted-out',
  'opted-out-in-run',
  'not-an-instance',
  'spot',
  'spot-interrupted',
  'stop-protected',
  'terminated',
]);

/** Reasons that say of an updated instance that it is not as it was. */
const NOT_AS_IT_WAS = new Set(['lease-removed', 'restarted-by-others', 'hibernation-lost', 'left-awake']);

const ASLEEP = new Set(['stopped', 'hibernated']);

const AWAKE = new Set(['running', 'pending', 'handed-over']);

/** Why a report asks for a failed run; null: all is well. */
function whyFailed({ instances }: Report, allowEmpty: boolean): string | null {
  const failed = instances.find(({ outcome }) => outcome === 'failed');
  if (failed !== undefined) return `${failed.instanceId} failed`;
  const excluded = instances.find(({ outcome, reason }) => outcome === 'excluded' && !BENIGN.has(reason?.code ?? ''));
  if (excluded !== undefined) return `${excluded.instanceId} was excluded as ${excluded.reason?.code}`;
  const lost = instances.find(
    ({ reason, originalState, finalState }) =>
      NOT_AS_IT_WAS.has(reason?.code ?? '') || (ASLEEP.has(originalState ?? '') && AWAKE.has(finalState ?? '')),
  );
  if (lost !== undefined) return `${lost.instanceId} is not as it was`;
  const isEmpty = instances.every(({ outcome }) => outcome === 'excluded');
  return isEmpty && !allowEmpty ? 'no instance took part' : null;
}

/** Another run, which may have been at work. */
const hasSibling = ({ executions }: Evidence, own: ExecutionEvidence): boolean =>
  executions.some((other) => other !== own);

/** Another run that was under way meanwhile; or perhaps, where Step Functions did not tell. */
const isAnotherAlive = (evidence: Evidence, own: ExecutionEvidence): boolean =>
  evidence.executions.some(
    (other) =>
      other !== own &&
      other.lives.some(
        ({ from, to }) =>
          from <= (own.endedAt ?? evidence.endedAt) && (to ?? evidence.endedAt) >= own.startedAt - LAG_MILLISECONDS,
      ),
  ) ||
  calls(evidence).some(
    ({ error, principal, runId }) => error !== null && principal === 'ListInstancesFunction' && runId === own.name,
  );

/** Another run of the same occurrence: reason enough to end quietly, without having done anything. */
const hasTwin = ({ executions }: Evidence, own: ExecutionEvidence): boolean => {
  const occurrence = own.input['scheduledTime'];
  return (
    occurrence !== undefined && executions.some((other) => other !== own && other.input['scheduledTime'] === occurrence)
  );
};

const wasStopped = ({ disturbances }: Evidence, kind: 'abort' | 'time-out'): boolean =>
  disturbances.some(({ disturbance }) => disturbance.kind === kind);

function judgeSucceeded(evidence: Evidence, execution: ExecutionEvidence): string | null {
  const { input, report } = execution;
  if (report === null)
    return input['dryRun'] === true || hasTwin(evidence, execution) ? null : 'it succeeded without a report';
  const why = whyFailed(report, input['allowEmpty'] === true);
  if (why !== null) return `it succeeded, although ${why}`;
  return report.status === 'succeeded' ? null : 'it succeeded, and its report says that it failed';
}

function judgeFailed(evidence: Evidence, execution: ExecutionEvidence): string | null {
  const { error, input, report } = execution;
  if (error === 'RunFailed') {
    if (report === null) return 'it failed as RunFailed without a report';
    if (report.status !== 'failed') return 'it failed, and its report says that it succeeded';
    return whyFailed(report, input['allowEmpty'] === true) === null ? 'it failed, and nothing in its report did' : null;
  }
  if (error !== null && isRefusal(error)) {
    return isDeserved(evidence, execution)
      ? null
      : `it was refused as ${error}, which neither its input nor its groups deserve`;
  }
  if (error === 'AlreadyRunning' && hasTwin(evidence, execution)) {
    return 'it failed as AlreadyRunning, although it was only a second delivery of the same occurrence';
  }
  if (error === 'AlreadyRunning') {
    return isAnotherAlive(evidence, execution) ? null : 'it failed as AlreadyRunning, and no other run was under way';
  }
  if (error === 'LockedForNow') {
    return hasSibling(evidence, execution) ? null : `it failed as ${error}, and no other run was there`;
  }
  return isStruckBy(evidence, execution.endedAt ?? evidence.endedAt)
    ? null
    : `it failed as ${error}, and nothing had gone wrong`;
}

function judge(evidence: Evidence, execution: ExecutionEvidence): string | null {
  const { status, startedAt, endedAt } = execution;
  if (endedAt === null) return 'it never ended';
  const isRedriven = execution.lives.length > 1;
  const latest = isRedriven
    ? startedAt + EXECUTION_SECONDS_MAX * 1000
    : endsOf(evidence, execution).stopUntil + FOLLOW_SECONDS_MAX * 1000;
  if (endedAt > Math.max(latest, startedAt + FOLLOW_SECONDS_MAX * 1000))
    return `it ended only after ${clock({ startedAt }, endedAt)}`;
  switch (status) {
    case 'SUCCEEDED':
      return judgeSucceeded(evidence, execution);
    case 'FAILED':
      return judgeFailed(evidence, execution);
    case 'ABORTED':
      return wasStopped(evidence, 'abort') ? null : 'it was aborted, and there was no abort';
    case 'TIMED_OUT':
      return wasStopped(evidence, 'time-out') ? null : 'it timed out as a whole';
    case 'RUNNING':
      return 'it never ended';
  }
}

export const endedRight: Checker = {
  promise: 'ended-right',
  says: 'Every run ends within its bound, with the status that its outcomes ask for: a group that is empty or broken fails it, and so does an instance that is left awake.',
  check: (evidence) =>
    evidence.executions.flatMap((execution) => {
      const text = judge(evidence, execution);
      return text === null ? [] : [{ instanceId: null, at: execution.endedAt, text: `${execution.name}: ${text}` }];
    }),
};

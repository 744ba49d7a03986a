import { bySsm, isDatedAhead } from '../../evidence/doubt.ts';
import { calls, changes, clock, isOurs, pingsOf } from '../../evidence/evidence.ts';
import { spansOf } from '../../evidence/spans.ts';
import { standingsBetween, viewLagMilliseconds } from '../../evidence/standings.ts';
import { isUntold, type LineRule, ownBoots, ownCalls, type ReportedLine, shownAtListing } from './reported-line.ts';

/** From a call to the function's note of it: at most its own life. */
const NOTED_MILLISECONDS = 60_000;

/** What happens by itself is seen by the next look: after the longest wait, or a step that is tried again. */
const SEEN_MILLISECONDS = 600_000;

/** Moments are told in milliseconds. */
const ROUNDING_MILLISECONDS = 10;

const parse = (text: string): number => Date.parse(text);

const isSame = (one: number, other: number): boolean => Math.abs(one - other) <= ROUNDING_MILLISECONDS;

/** Whether this run called that for it, and that went through, just before. */
const wasCalled = ({ evidence, execution, instance }: ReportedLine, operation: string, at: number): boolean =>
  calls(evidence, operation).some(
    (call) =>
      call.error === null &&
      call.runId === execution.name &&
      isOurs(call.principal) &&
      call.instanceIds.includes(instance.instanceId) &&
      at >= call.at &&
      at <= call.at + NOTED_MILLISECONDS,
  );

export const platform: LineRule = (seen) => {
  const { line, instance } = seen;
  if (line.platform === instance.platform) return null;
  const isUnknown = line.platform === null && (isUntold(seen) || shownAtListing(seen).has('not-found'));
  return isUnknown ? null : `has the platform ${instance.platform}, and the report says ${line.platform}`;
};

/** Whether the run itself has reported what it knew, and no answer was lost on its way. */
const isWhole = ({ evidence, execution, report, line }: ReportedLine): boolean =>
  !report.diedBeforeReport &&
  line.reason?.code !== 'no-result' &&
  line.reason?.code !== 'step-failed' &&
  execution.lives.length === 1 &&
  evidence.executions.length === 1 &&
  evidence.faults.length === 0 &&
  !evidence.disturbances.some(({ disturbance: { kind } }) => kind === 'window');

/** The moment of the last yes to this call, where it is surely known. */
function lastYes(seen: ReportedLine, operation: string): number | null {
  const last = isWhole(seen) ? ownCalls(seen, operation).at(-1) : undefined;
  return last?.at ?? null;
}

/** What EC2 has said yes to is told with when that was; but for a start of what someone else has just started. */
function missing(seen: ReportedLine, operation: string, said: string | null): string | null {
  const yes = lastYes(seen, operation);
  const isNoStart = operation === 'StartInstances' && !ownBoots(seen).some(({ at }) => at === yes);
  if (yes === null || isNoStart || (said !== null && parse(said) >= yes)) return null;
  return `had its last ${operation} accepted at ${clock(seen.evidence, yes)}, and the report says ${said ?? 'nothing'}`;
}

export const startAcceptedAt: LineRule = (seen) => {
  const at = seen.line.times.startAcceptedAt;
  if (at === null) return missing(seen, 'StartInstances', at);
  if (wasCalled(seen, 'StartInstances', parse(at))) return null;
  return `had no start accepted at ${clock(seen.evidence, parse(at))}, and the report says so`;
};

/** Whether a run of ours had started it by then: this one, or one whose instance it took over. */
const wasWoken = ({ evidence, instance }: ReportedLine, at: number): boolean =>
  calls(evidence, 'StartInstances').some(
    (call) =>
      call.error === null && isOurs(call.principal) && call.at <= at && call.instanceIds.includes(instance.instanceId),
  );

/** A LaunchTime that comes later, or is shown later, may leave in doubt whose boot it is: then nothing is noted of it. */
const LAUNCH_MILLISECONDS = 5_000;

/** It was woken by this run, surely, and then sent a command: so it was seen running before, and its agent was heard. */
const wasAtWork = (seen: ReportedLine): boolean =>
  isWhole(seen) &&
  seen.line.wokenAt !== null &&
  ownCalls(seen, 'SendCommand').length > 0 &&
  seen.evidence.describeLagSeconds * 1000 <= LAUNCH_MILLISECONDS &&
  ownBoots(seen).every(({ at, launchTime }) => (launchTime ?? 0) - (at ?? 0) <= LAUNCH_MILLISECONDS);

export const runningAt: LineRule = (seen) => {
  const { evidence, instance, line } = seen;
  if (line.times.runningAt === null) return wasAtWork(seen) ? 'was woken and at work, and never seen running' : null;
  const at = parse(line.times.runningAt);
  const shown = standingsBetween(evidence, instance, at - viewLagMilliseconds(evidence), at);
  if (shown.has('running') && wasWoken(seen, at)) return null;
  return `was ${[...shown].join(' or ')} at ${clock(evidence, at)}, when the report first saw it running by our start`;
};

export const firstPingAt: LineRule = (seen) => {
  const { evidence, instance, line } = seen;
  if (line.times.firstPingAt === null) return wasAtWork(seen) ? 'was woken and sent a command, and never heard' : null;
  const at = parse(line.times.firstPingAt);
  const heard = pingsOf(evidence, instance.instanceId).find((ping) => isSame(bySsm(evidence, ping.at), at));
  const [boot] = ownBoots(seen);
  if (heard !== undefined && wasWoken(seen, heard.at) && (boot?.at == null || heard.at > boot.at)) return null;
  return `did not ping at ${clock(evidence, at)}, and the report calls that its first ping`;
};

export const stopAcceptedAt: LineRule = (seen) => {
  const at = seen.line.times.stopAcceptedAt;
  if (at === null || wasCalled(seen, 'StopInstances', parse(at))) return missing(seen, 'StopInstances', at);
  return `had no stop accepted at ${clock(seen.evidence, parse(at))}, and the report says so`;
};

export const settledAt: LineRule = ({ line, execution, ended }) => {
  const { settledAt: said } = line.times;
  if (said !== line.restoredAt && line.restoredAt !== null)
    return `was put back at ${line.restoredAt}, and settled at ${said}`;
  if (said === null) {
    const isUnsettled = line.outcome === 'excluded' || line.reason?.code === 'no-result';
    return isUnsettled ? null : 'is settled, and the report does not say when';
  }
  const at = parse(said);
  return at >= execution.startedAt && at <= ended ? null : `was settled at ${said}, outside of the run`;
};

export const refusedStarts: LineRule = ({ evidence, execution, instance, line, ended }) => {
  if (line.refusedStarts === null) return null;
  const { count, code, firstAt, lastAt } = line.refusedStarts;
  const refused = calls(evidence, 'StartInstances').filter(
    ({ at, error, runId, principal, instanceIds }) =>
      error !== null &&
      at <= ended &&
      runId === execution.name &&
      principal === 'StartInstancesFunction' &&
      // What was struck on its way names no instance.
      (instanceIds.length === 0 || instanceIds.includes(instance.instanceId)),
  );
  // A start that fell back is seen at the next look.
  const fellBack = changes(evidence, instance.instanceId).flatMap(({ at, facts }) =>
    facts.about === 'state' && facts.state === 'stopped' && facts.stateReasonCode !== null && at <= ended
      ? [{ at, error: facts.stateReasonCode }]
      : [],
  );
  const isNoted = (moment: string, error: string | null) =>
    fellBack.some(
      ({ at, error: code }) =>
        (error === null || code === error) && parse(moment) >= at && parse(moment) <= at + SEEN_MILLISECONDS,
    ) ||
    refused.some(
      (call) =>
        (error === null || call.error === error) &&
        parse(moment) >= call.at &&
        parse(moment) <= call.at + NOTED_MILLISECONDS,
    );
  return count <= refused.length + fellBack.length && isNoted(firstAt, null) && isNoted(lastAt, code)
    ? null
    : `was refused its start ${refused.length} times, and the report says ${JSON.stringify(line.refusedStarts)}`;
};

/** Whether SSM has refused to tell this run of that command, each time that it asked: then it has to take it for one at work. */
function isUnsaid({ evidence, execution }: ReportedLine, commandId: string): boolean {
  const asked = calls(evidence, 'ListCommandInvocations').filter(
    ({ runId, parameters }) => runId === execution.name && parameters['CommandId'] === commandId,
  );
  return asked.length > 0 && asked.every(({ error }) => error !== null);
}

/** Commands of ours: sent in this run, or by a dead one that this run has followed. */
export const commands: LineRule = (seen) => {
  const { evidence, execution, instance, line, ended } = seen;
  const sent = calls(evidence, 'SendCommand').filter(
    ({ error, principal, instanceIds }) =>
      error === null && isOurs(principal) && instanceIds.includes(instance.instanceId),
  );
  for (const { commandId, sentAt, endedAt, status } of line.commands) {
    const at = parse(sentAt);
    // Of one whose reply was lost, SSM tells when it was sent.
    const isSent = sent.some(
      (call) =>
        isSame(bySsm(evidence, call.at), at) ||
        (at >= call.at - ROUNDING_MILLISECONDS && at <= call.at + NOTED_MILLISECONDS),
    );
    if (!isSent) return `was sent no command at ${clock(evidence, at)}, and the report says ${commandId}`;
    if (endedAt !== null && ((endedAt < sentAt && !isDatedAhead(evidence)) || parse(endedAt) > ended))
      return `has a command that ended at ${endedAt}`;
    const isOver = spansOf(evidence, instance.instanceId, 'update').some(
      ({ id, to }) => id === commandId && to !== null && to < execution.startedAt,
    );
    if (isOver && !isUnsaid(seen, commandId))
      return `is said to have ${commandId}, whose update was over before the run began`;
    if (status !== 'Success') continue;
    const isDone = spansOf(evidence, instance.instanceId, 'update').some(
      ({ id, to, isInterrupted }) => id === commandId && to !== null && !isInterrupted && to <= ended,
    );
    if (!isDone) return `has taken no command ${commandId} to its end, and the report says ${status}`;
  }
  return line.commands.length <= sent.length ? null : `was sent ${sent.length} commands, and the report has more`;
};

/** The ping of the proof was heard, with that version; that of an update after its end. */
export const proof: LineRule = ({ evidence, execution, instance, line, ended }) => {
  if (line.versionAfter === null) return line.proof === null ? null : 'has a proof of no version';
  if (line.proof === null) return `is said to have ${line.versionAfter}, and no ping proves it`;
  const { pingAt, version } = line.proof;
  const at = parse(pingAt);
  const isHeard = pingsOf(evidence, instance.instanceId).some(
    (ping) => isSame(bySsm(evidence, ping.at), at) && ping.version === version && ping.at <= ended,
  );
  if (version !== line.versionAfter || !isHeard) return `did not report ${version} at ${clock(evidence, at)}`;
  const updatedAt = spansOf(evidence, instance.instanceId, 'update').findLast(
    ({ id, from, to, isIdle }) => id !== null && !isIdle && from >= execution.startedAt && to !== null && to <= ended,
  )?.to;
  const isLate = line.outcome !== 'updated' || updatedAt === undefined || updatedAt === null || at > updatedAt;
  return isLate ? null : `proves its version by a ping of ${clock(evidence, at)}, before its update`;
};

/** Words of a failure belong to none that has gone well. */
export const said: LineRule = ({ line }) =>
  line.said !== null && (line.outcome === 'updated' || line.outcome === 'already-current')
    ? `is ${line.outcome}, and the report has words of a failure: ${line.said}`
    : null;

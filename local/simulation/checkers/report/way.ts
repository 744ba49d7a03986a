import { calls, clock, isOurs, pingsOf, spansOf } from '../../evidence/evidence.ts';
import { standingsBetween, viewLagMilliseconds } from '../../evidence/standings.ts';
import { type LineRule, ownBoots, type ReportedLine, shownAtListing } from './reported-line.ts';

/** From a call to the function's note of it: at most its own life. */
const NOTED_MILLISECONDS = 60_000;

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
  const isUnknown = line.platform === null && shownAtListing(seen).has('not-found');
  return isUnknown ? null : `has the platform ${instance.platform}, and the report says ${line.platform}`;
};

export const startAcceptedAt: LineRule = (seen) => {
  const at = seen.line.times.startAcceptedAt;
  if (at === null || wasCalled(seen, 'StartInstances', parse(at))) return null;
  return `had no start accepted at ${clock(seen.evidence, parse(at))}, and the report says so`;
};

/** Whether a run of ours had started it by then: this one, or one whose instance it took over. */
const wasWoken = ({ evidence, instance }: ReportedLine, at: number): boolean =>
  calls(evidence, 'StartInstances').some(
    (call) =>
      call.error === null && isOurs(call.principal) && call.at <= at && call.instanceIds.includes(instance.instanceId),
  );

export const runningAt: LineRule = (seen) => {
  const { evidence, instance, line } = seen;
  if (line.times.runningAt === null) return null;
  const at = parse(line.times.runningAt);
  const shown = standingsBetween(evidence, instance, at - viewLagMilliseconds(evidence), at);
  if (shown.has('running') && wasWoken(seen, at)) return null;
  return `was ${[...shown].join(' or ')} at ${clock(evidence, at)}, when the report first saw it running by our start`;
};

export const firstPingAt: LineRule = (seen) => {
  const { evidence, instance, line } = seen;
  if (line.times.firstPingAt === null) return null;
  const at = parse(line.times.firstPingAt);
  const isHeard = pingsOf(evidence, instance.instanceId).some((ping) => isSame(ping.at, at));
  const [boot] = ownBoots(seen);
  if (isHeard && wasWoken(seen, at) && (boot?.at == null || at > boot.at)) return null;
  return `did not ping at ${clock(evidence, at)}, and the report calls that its first ping`;
};

export const stopAcceptedAt: LineRule = (seen) => {
  const at = seen.line.times.stopAcceptedAt;
  if (at === null || wasCalled(seen, 'StopInstances', parse(at))) return null;
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
  const isNoted = (moment: string, error: string | null) =>
    refused.some(
      (call) =>
        (error === null || call.error === error) &&
        parse(moment) >= call.at &&
        parse(moment) <= call.at + NOTED_MILLISECONDS,
    );
  return count <= refused.length && isNoted(firstAt, null) && isNoted(lastAt, code)
    ? null
    : `was refused its start ${refused.length} times, and the report says ${JSON.stringify(line.refusedStarts)}`;
};

/** Commands of ours: sent in this run, or by a dead one that this run has followed. */
export const commands: LineRule = (seen) => {
  const { evidence, instance, line, ended } = seen;
  const sent = calls(evidence, 'SendCommand').filter(
    ({ error, principal, instanceIds }) =>
      error === null && isOurs(principal) && instanceIds.includes(instance.instanceId),
  );
  for (const { commandId, sentAt, endedAt, status } of line.commands) {
    const at = parse(sentAt);
    const isSent = sent.some((call) => at >= call.at - ROUNDING_MILLISECONDS && at <= call.at + NOTED_MILLISECONDS);
    if (!isSent) return `was sent no command at ${clock(evidence, at)}, and the report says ${commandId}`;
    if (endedAt !== null && (endedAt < sentAt || parse(endedAt) > ended))
      return `has a command that ended at ${endedAt}`;
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
    (ping) => isSame(ping.at, at) && ping.version === version && ping.at <= ended,
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

import { bySsm } from '../../evidence/doubt.ts';
import { calls, pingsOf } from '../../evidence/evidence.ts';
import { spansOf } from '../../evidence/spans.ts';
import { type LineRule, ownCalls } from './reported-line.ts';

/** A ping is looked at, and then the command is sent, within so long. */
const LOOKED_MILLISECONDS = 90_000;

/** An older ping proves nothing of today. */
const PING_AGE_MILLISECONDS = 65 * 60 * 1000;

export const versionBefore: LineRule = (seen) => {
  const { evidence, execution, instance, line, ended } = seen;
  const pings = pingsOf(evidence, instance.instanceId).filter(({ at }) => at <= ended);
  const said = line.versionBefore;
  const sentAt = ownCalls(seen, 'SendCommand')[0]?.at ?? null;
  if (sentAt === null || line.reason?.code === 'no-result') {
    const isHeard = said === null || pings.some(({ version }) => version === said);
    return isHeard ? null : `never reported ${said}, which the report calls its version before`;
  }
  const before = pings.filter(({ at }) => at <= sentAt);
  // What SSM refused to send is sent later without another look: what was seen before the first try counts.
  const triedAt = calls(evidence, 'SendCommand').find(
    ({ error, runId, at }) => error !== null && runId === execution.name && at <= sentAt,
  )?.at;
  const lookedFrom = (triedAt ?? sentAt) - LOOKED_MILLISECONDS;
  const looked = before.filter(({ at }, index) => index === before.length - 1 || at >= lookedFrom);
  if (looked.some(({ version }) => version === said)) return null;
  return `reported ${looked.at(-1)?.version ?? 'nothing'} before its update, and the report says ${said ?? 'nothing'}`;
};

export const versionAfter: LineRule = (seen) => {
  const { evidence, instance, execution, line, ended } = seen;
  const said = line.versionAfter;
  const isDone = line.outcome === 'updated' || line.outcome === 'already-current';
  if (said === null) return isDone ? `is ${line.outcome} without a version` : null;
  const updatedAt = spansOf(evidence, instance.instanceId, 'update').findLast(
    // An update to the version that is there already changes nothing.
    ({ id, from, to, isIdle }) => id !== null && !isIdle && from >= execution.startedAt && to !== null && to <= ended,
  )?.to;
  const since = line.outcome === 'updated' ? (updatedAt ?? null) : null;
  const from = since ?? execution.startedAt - PING_AGE_MILLISECONDS;
  const isHeard = pingsOf(evidence, instance.instanceId).some(
    ({ at, version }) => version === said && bySsm(evidence, at) > from && at <= ended,
  );
  return isHeard ? null : `did not report ${said}${since === null ? '' : ' after its update'}, and the report says so`;
};

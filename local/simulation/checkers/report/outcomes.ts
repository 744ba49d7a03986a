import { exclusions } from '../../../../functions/domain/model/reason-codes.ts';
import { changes, LEASE_TAG } from '../../evidence/evidence.ts';
import { optedOutAt } from '../../evidence/opted-out.ts';
import { spansOf } from '../../evidence/spans.ts';
import { viewLagMilliseconds } from '../../evidence/standings.ts';
import { type LineRule, ownCalls, type ReportedLine } from './reported-line.ts';

const GONE = new Set(['terminated', 'shutting-down', 'not-found']);

/** Of one that is gone no one has anything, whatever its agent said before. */
export const goneIsFailed: LineRule = ({ line: { outcome, finalState } }) =>
  GONE.has(finalState ?? '') && (outcome === 'updated' || outcome === 'already-current')
    ? `is ${finalState}, and the report calls it ${outcome}`
    : null;

/** What the run writes when it takes an instance in hand. */
const TAKEN_IN_HAND = ['CreateTags', 'StartInstances', 'SendCommand'];

/** A tag that its owner has only just put on it may not be seen yet. */
const SEEN_MILLISECONDS = 120_000;

/** What is told of an instance that its owner has taken away; what has become of its memory is told first. */
const TAKEN_AWAY: ReadonlySet<string> = new Set(['opted-out-in-run', 'hibernation-lost']);

/** Until when the run may have taken it in hand; null: never. Its owner's tag takes it away from a run that is at work on it. */
function takenInHandUntil({ evidence, instance, line, ended }: ReportedLine): number | null {
  if (!TAKEN_AWAY.has(line.reason?.code ?? '')) return null;
  const since = optedOutAt(evidence, instance.instanceId, ended);
  return since === null ? null : since + SEEN_MILLISECONDS;
}

/** Excluded is what the run leaves alone, for a reason that keeps it out: what goes wrong later is a failure. */
export const excludedIsLeftAlone: LineRule = (seen) => {
  const { outcome, reason } = seen.line;
  if (outcome !== 'excluded') return null;
  const takenAwayAt = takenInHandUntil(seen);
  const until = takenAwayAt ?? Number.NEGATIVE_INFINITY;
  const touched = TAKEN_IN_HAND.find((operation) => ownCalls(seen, operation).some(({ at }) => at > until));
  if (touched !== undefined) return `is reported as excluded, and the run called ${touched} for it`;
  const code = reason?.code ?? 'no reason';
  const isKnown = Object.hasOwn(exclusions, code) || (takenAwayAt !== null && TAKEN_AWAY.has(code));
  return isKnown ? null : `is reported as excluded with ${code}, which keeps no instance out`;
};

/** A pass looks first, and makes reports at its end. */
const PASS_MILLISECONDS = 60_000;

/** The report of a dead run waits for what another run has taken over: that one puts it back, and would be met by who stops it. */
export const isNotTakenOver: LineRule = ({ evidence, execution, report, line, instance, ended }) => {
  if (!report.diedBeforeReport || line.outcome === 'excluded') return null;
  const seen = ended - PASS_MILLISECONDS - viewLagMilliseconds(evidence);
  const last = changes(evidence, instance.instanceId).findLast(
    ({ at, facts }) => at <= ended && facts.about === 'tags',
  );
  const holder = last?.facts.about === 'tags' ? last.facts.tags[LEASE_TAG]?.split('/')[1] : undefined;
  const isHeld = last !== undefined && last.at <= seen && last.by?.principal === 'StartInstancesFunction';
  return isHeld && holder !== undefined && holder !== execution.name
    ? `is held by ${holder}, and the report of ${execution.name}, which is dead, was made meanwhile`
    : null;
};

/** Reasons that say that the run could not let go of it. */
const STILL_HELD = new Set(['lease-kept', 'not-restored', 'no-result']);

/** A run waits for others so long before it leaves the instance to ReconcileLeases, but for the looks in between. */
const OTHERS_WAIT_MILLISECONDS = 18 * 60_000;

/** What was at work on it longer than a run waits for others, while the run was at work. */
const wasInUse = ({ evidence, instance, execution, ended }: ReportedLine): boolean =>
  (['session', 'command', 'association'] as const)
    .flatMap((about) => spansOf(evidence, instance.instanceId, about))
    .some(
      ({ from, to }) => Math.min(to ?? ended, ended) - Math.max(from, execution.startedAt) >= OTHERS_WAIT_MILLISECONDS,
    );

/** Others keep it awake after the run: its line says so, behind what had failed before, unless that leaves no room for it. */
function isHeldForOthers(seen: ReportedLine): boolean {
  const text = seen.line.reason?.text ?? '';
  return text.includes(': it is held, and put back once') || (text.endsWith('…') && wasInUse(seen));
}

/** What a living run has settled it has let go of: ReconcileLeases is there for the dead. */
export const isLetGo: LineRule = (seen) => {
  const { evidence, execution, report, line, instance, ended } = seen;
  // One that is gone takes its tags with it.
  if (report.diedBeforeReport || GONE.has(line.finalState ?? '') || STILL_HELD.has(line.reason?.code ?? ''))
    return null;
  // Someone may have copied one to it.
  if (isHeldForOthers(seen) || ownCalls(seen, 'CreateTags').length === 0) return null;
  const tags = changes(evidence, instance.instanceId).flatMap(({ at, facts }) =>
    facts.about === 'tags' && at <= ended ? [facts.tags] : [],
  );
  const lease = tags.at(-1)?.[LEASE_TAG];
  return lease?.includes(`/${execution.name}/`) === true
    ? `is ${line.finalState} by the report, and the run has left its lease on it`
    : null;
};

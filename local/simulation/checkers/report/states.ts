import { bootsOf, changes } from '../../evidence/evidence.ts';
import { optedOutAt } from '../../evidence/opted-out.ts';
import { spansOf } from '../../evidence/spans.ts';
import { standingAt, standingsBetween, standingsOf, viewLagMilliseconds } from '../../evidence/standings.ts';
import {
  hasOtherRun,
  isUntold,
  type LineRule,
  type ReportedLine,
  shownAtListing,
  shownInRun,
} from './reported-line.ts';

/** One that is excluded is told as EC2 names its state; that it is hibernated does not matter then. */
const asEc2Names = (state: string): string => (state === 'hibernated' ? 'stopped' : state);

const PASSING = new Set(['pending', 'stopping', 'shutting-down']);

const OTHERS_KEEP_SECONDS = 20 * 60;

/** Between two looks at it (the longest wait, and the look itself). */
const LOOK_SECONDS = 130;

export const originalState: LineRule = (seen) => {
  const { line, instance } = seen;
  const shown = shownAtListing(seen);
  // What a dead run has left awake is told as it was before that run.
  if (hasOtherRun(seen)) shown.add(instance.settled);
  if (line.originalState === null && isUntold(seen)) return null;
  const said = line.originalState ?? 'not-found';
  if (shown.has(said)) return null;
  const isExcluded = line.outcome === 'excluded' && [...shown].some((state) => asEc2Names(state) === said);
  return isExcluded ? null : `was ${[...shown].join(' or ')} before the run, and the report says ${said}`;
};

/** Whether anyone but this run, or EC2 by itself, has started or stopped it in that time. */
const wasMoved = ({ evidence, instance, execution, ended }: ReportedLine): boolean =>
  standingsOf(evidence, instance).some(
    ({ from, by }) => from >= execution.startedAt && from <= ended && by !== null && by.runId !== execution.name,
  );

export const finalState: LineRule = (seen) => {
  const { evidence, instance, line, listed, ended } = seen;
  const said = line.finalState;
  if (said === null) {
    // Only an instance that the run did not look at any more has none; what EC2 does not know or answer for has none either.
    const isUnknown =
      line.reason?.code === 'no-result' ||
      /EC2 did not say for \d+ minutes/.test(line.reason?.text ?? '') ||
      shownAtListing(seen).has('not-found') ||
      isUntold(seen);
    return isUnknown ? null : 'has no final state in the report';
  }
  if (said === 'opted-out') {
    const isSo =
      optedOutAt(evidence, instance.instanceId, ended) !== null && standingAt(evidence, instance, ended) !== 'stopped';
    return isSo || wasMoved(seen) ? null : 'is said to be left awake by its tag, which is not so';
  }
  if (line.outcome === 'excluded') {
    const shown = standingsBetween(evidence, instance, listed - 2 * viewLagMilliseconds(evidence), ended);
    return [...shown].some((state) => asEc2Names(state) === asEc2Names(said)) ? null : `never was ${said}`;
  }
  const shown = standingsBetween(evidence, instance, ended - viewLagMilliseconds(evidence), ended);
  if (said === 'handed-over') {
    const isAwake = ['running', 'pending', 'stopping'].some((state) => shown.has(state));
    return isAwake || wasMoved(seen) ? null : `is ${[...shown].join(' or ')}, and the report says handed-over`;
  }
  // What was seen on its way has arrived since; what others did after it was settled the report can't know.
  const isPast = (PASSING.has(said) || wasMoved(seen)) && shownInRun(seen).has(said);
  return shown.has(said) || isPast ? null : `is ${[...shown].join(' or ')} after the run, and the report says ${said}`;
};

/** Seconds in which others were at work on it, one after another, up to a moment. */
function usedSeconds({ evidence, instance, ended }: ReportedLine, from: number): number {
  const spans = (['session', 'command', 'association'] as const)
    .flatMap((about) => spansOf(evidence, instance.instanceId, about))
    .map((span) => ({ from: Math.max(span.from, from), to: Math.min(span.to ?? ended, ended) }))
    .filter((span) => span.to > span.from)
    .sort((a, b) => a.from - b.from);
  let longest = 0;
  let since = 0;
  let until = 0;
  for (const span of spans) {
    // Between two of them there may be a pause that no look has seen.
    if (span.from - until > LOOK_SECONDS * 1000) since = span.from;
    until = Math.max(until, span.to);
    longest = Math.max(longest, until - since);
  }
  return longest / 1000;
}

/** Whether anyone but this run has changed its tags while the run was at work. */
const wasTagged = ({ evidence, instance, execution, ended }: ReportedLine): boolean =>
  changes(evidence, instance.instanceId).some(
    ({ at, facts, by }) =>
      facts.about === 'tags' && at >= execution.startedAt && at <= ended && by !== null && by.runId !== execution.name,
  );

const KEEPERS = new Set(['session-active', 'command-running', 'association-running']);

/** The person or program that is said to have it must really have used it, for as long as the rule wants. */
export const handedOver: LineRule = (seen) => {
  const { evidence, instance, line, ended } = seen;
  const code = line.reason?.code ?? '';
  // Behind the reason of a failure, too.
  const isHeld = KEEPERS.has(code) || (line.reason?.text.includes(': it is held, and put back once') ?? false);
  if (line.finalState !== 'handed-over' && !isHeld) return null;
  if (code === 'lease-removed') {
    return wasTagged(seen) ? null : 'is handed over (lease-removed), and no one else has changed its tags';
  }
  if (!isHeld) return null;
  const boot = bootsOf(evidence, instance).findLast(({ at }) => (at ?? 0) <= ended);
  const from = boot?.at ?? evidence.startedAt;
  // A command that was lost on its way begins nowhere; it is used as long as it is open.
  const sent = evidence.timeline.find(
    (entry) =>
      entry.kind === 'call' &&
      entry.operation === 'SendCommand' &&
      entry.principal === 'person' &&
      entry.error === null &&
      entry.at >= from &&
      entry.at <= ended &&
      entry.instanceIds.includes(instance.instanceId),
  );
  const open =
    code !== 'session-active' && code !== 'association-running' && sent !== undefined ? (ended - sent.at) / 1000 : 0;
  const used = Math.max(open, usedSeconds(seen, from));
  if (used >= OTHERS_KEEP_SECONDS - LOOK_SECONDS) return null;
  return `is held (${code}), and others used it for ${Math.round(used / 60)} minutes only`;
};

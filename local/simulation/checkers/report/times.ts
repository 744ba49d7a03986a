import { bootsOf, calls, clock } from '../../evidence/evidence.ts';
import { standingsBetween, standingsOf, viewLagMilliseconds } from '../../evidence/standings.ts';
import { hasOtherRun, type LineRule, ownBoots, ownCalls, type ReportedLine } from './reported-line.ts';

/** From EC2's yes to the function's note of it: at most its own life. */
const NOTED_MILLISECONDS = 60_000;

const parse = (text: string): number => Date.parse(text);

/** Whether any run of ours had started it by then. */
const isOurDoing = ({ evidence, instance }: ReportedLine, until: number): boolean =>
  bootsOf(evidence, instance).some(({ at, ours }) => ours && at !== null && at <= until + NOTED_MILLISECONDS);

/** Whether ReconcileLeases has taken its lease off, and filed that: nothing kept it from doing so. */
const isFiled = ({ evidence, instance, ended, execution }: ReportedLine): boolean =>
  !evidence.faults.some(({ text }) => text.includes('ReconcileLeases')) &&
  !evidence.disturbances.some(({ disturbance: { kind } }) => kind === 'window') &&
  evidence.executions.every(({ name }) => name === execution.name) &&
  calls(evidence, 'DeleteTags').some(
    ({ principal, error, at, instanceIds }) =>
      principal === 'ReconcileLeasesFunction' &&
      error === null &&
      at <= ended &&
      instanceIds.includes(instance.instanceId),
  );

export const wokenAt: LineRule = (seen) => {
  const { evidence, instance, execution, line } = seen;
  const boots = ownBoots(seen);
  if (line.wokenAt === null) {
    const boot = boots.at(-1);
    const isForgotten = line.reason?.code === 'no-result' && !(boot?.stop?.ours === true && isFiled(seen));
    const isSilent = isForgotten || line.outcome === 'excluded';
    if (boot === undefined || isSilent || line.finalState === 'handed-over') return null;
    return `was started by the run at ${clock(evidence, boot.at ?? 0)}, and the report does not say so`;
  }
  const at = parse(line.wokenAt);
  // What a dead run had started is taken over, and counts from then.
  if (boots.length === 0 && hasOtherRun(seen) && isOurDoing(seen, at)) return null;
  const starts = ownCalls(seen, 'StartInstances').map((call) => call.at);
  const isNoted = starts.some((start) => at >= start && at <= start + NOTED_MILLISECONDS);
  // Where the reply was lost, the boot itself says when it was: LaunchTime, which can be earlier or later than the call.
  const isItsBoot = standingsOf(evidence, instance).some(
    ({ standing, launchTime, by }) => standing === 'pending' && launchTime === at && by?.runId === execution.name,
  );
  return isNoted || isItsBoot || isSeenAwake(seen, at)
    ? null
    : `was not started at ${clock(evidence, at)}, and the report says so`;
};

/** A look of StartInstances. */
const LOOK_MILLISECONDS = 1000;

/** Where its LaunchTime was not shown either, it counts from the look of the next try, which finds it awake. */
const isSeenAwake = (seen: ReportedLine, at: number): boolean =>
  ownBoots(seen).some(
    (boot) => boot.at !== null && boot.at <= at && boot.launchTime !== null && boot.launchTime > at,
  ) &&
  calls(seen.evidence, 'DescribeInstances').some(
    (call) =>
      call.principal === 'StartInstancesFunction' &&
      call.runId === seen.execution.name &&
      call.at <= at &&
      call.at >= at - LOOK_MILLISECONDS,
  );

export const restoredAt: LineRule = (seen) => {
  const { evidence, instance, line, ended } = seen;
  if (line.restoredAt === null) {
    const stop = ownBoots(seen).at(-1)?.stop ?? null;
    const isPutBack = line.wokenAt !== null && (line.finalState === 'stopped' || line.finalState === 'hibernated');
    const isUnsettled = line.reason?.code === 'no-result';
    const isOurs = stop?.ours === true && stop.runId === seen.execution.name && (!isUnsettled || isFiled(seen));
    return isPutBack && isOurs ? 'was put back by the run, and the report does not say when' : null;
  }
  if (line.wokenAt === null) return `was not woken by the run, and the report calls it put back at ${line.restoredAt}`;
  const at = parse(line.restoredAt);
  if (at > ended || at < seen.execution.startedAt) return `was put back at ${line.restoredAt}, outside of the run`;
  const shown = standingsBetween(evidence, instance, at - viewLagMilliseconds(evidence), at);
  const isAsleep = shown.has('stopped') || shown.has('hibernated');
  return isAsleep
    ? null
    : `was ${[...shown].join(' or ')} at ${clock(evidence, at)}, when the report calls it put back`;
};

export const awakeSeconds: LineRule = ({ line }) => {
  const { wokenAt: woken, restoredAt: restored, awakeSeconds: said } = line;
  const should = woken === null || restored === null ? null : (parse(restored) - parse(woken)) / 1000;
  if (said === should || (said !== null && should !== null && Math.abs(said - should) < 1)) return null;
  return `was awake for ${should ?? 'no'} seconds by its own times, and the report says ${said ?? 'none'}`;
};

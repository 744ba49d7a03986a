import type { Complaint } from '../evidence/checker.ts';
import {
  type Boot,
  bootsOf,
  calls,
  changes,
  clock,
  type Evidence,
  type InstanceEvidence,
  isOurs,
} from '../evidence/evidence.ts';
import { spansOf } from '../evidence/spans.ts';

/** After the last thing that may have been waited for: a stray Lambda, tries that were struck, and looks. */
const WAIT_SECONDS = 15 * 60;

/**
 * The end of the last update of a boot, if it tells that no other is at work: one updater lives at a time, so one that got
 * through, or found nothing to do, was the only one. null: something may be at work yet.
 */
function allDoneAt(evidence: Evidence, { instanceId }: InstanceEvidence, from: number, to: number): number | null {
  const ends = changes(evidence, instanceId).filter(
    ({ at, facts }) => facts.about === 'update' && at >= from && at < to,
  );
  const last = ends.at(-1);
  if (last === undefined || last.facts.about !== 'update' || last.facts.phase !== 'end') return null;
  const isThrough = last.facts.result === 'updated' || last.facts.result === 'already-installed';
  const sends = calls(evidence, 'SendCommand').filter(
    ({ at, error, instanceIds }) => error === null && at >= from && at < to && instanceIds.includes(instanceId),
  );
  const isTaken = spansOf(evidence, instanceId, 'update').filter((span) => span.from >= from).length >= sends.length;
  return isThrough && last.facts.commandId !== null && isTaken ? last.at : null;
}

/** When the last of its commands was cancelled before its agent had taken any: none can be at work; null: that is not so. */
function allCancelledAt(evidence: Evidence, instance: InstanceEvidence, from: number, to: number): number | null {
  const { instanceId } = instance;
  const named = (operation: string) =>
    calls(evidence, operation).filter(
      ({ at, error, instanceIds }) => error === null && at >= from && at < to && instanceIds.includes(instanceId),
    );
  const [sends, cancels] = [named('SendCommand'), named('CancelCommand')];
  const isTaken = spansOf(evidence, instanceId, 'update').some((span) => span.from >= from && span.from < to);
  if (sends.length === 0 || cancels.length < sends.length || isTaken) return null;
  return cancels.at(-1)?.at ?? null;
}

/** Since when nothing has kept a run from stopping an instance; null: that can't be said. */
function freeSince(evidence: Evidence, instance: InstanceEvidence, boot: Boot & { at: number }, to: number) {
  const done = allDoneAt(evidence, instance, boot.at, to) ?? allCancelledAt(evidence, instance, boot.at, to);
  const others = (['session', 'command', 'association'] as const)
    .flatMap((about) => spansOf(evidence, instance.instanceId, about))
    .filter(({ from }) => from < to)
    .map((span) => span.to ?? to);
  const wanted = calls(evidence, 'DescribeInstances').find(
    ({ at, principal, runId, parameters }) =>
      at >= boot.at &&
      principal === 'RestoreInstancesFunction' &&
      runId === boot.runId &&
      JSON.stringify(parameters).includes(instance.instanceId),
  );
  if (done === null || wanted === undefined) return null;
  // What AWS fails of it alone is tried with growing pauses.
  const { instanceId, answers = [] } = instance;
  const failed = calls(evidence).flatMap(({ at, error, instanceIds }) =>
    instanceIds.includes(instanceId) && answers.some(({ code }) => code === error) ? [at] : [],
  );
  const struck = [
    ...evidence.faults.map(({ at }) => at),
    ...evidence.disturbances.map(({ until }) => until),
    ...failed,
  ];
  return Math.max(done, wanted.at, ...others.map((at) => Math.min(at, to)), ...struck.filter((at) => at < to));
}

/** An instance is not kept awake for an update that can't be at work any more, however its work has ended. */
export const needlessWaits = (evidence: Evidence): Omit<Complaint, 'promise'>[] =>
  evidence.instances.flatMap((instance) =>
    bootsOf(evidence, instance).flatMap((boot) => {
      const { at, ours, stop } = boot;
      if (at === null || !ours || stop === null || !isOurs(stop.principal) || stop.runId !== boot.runId) return [];
      const since = freeSince(evidence, instance, { ...boot, at }, stop.at);
      if (since === null || stop.at - since <= WAIT_SECONDS * 1000) return [];
      const { instanceId } = instance;
      const text = `${instanceId} was free to be stopped at ${clock(evidence, since)}, and was stopped at ${clock(evidence, stop.at)}`;
      return [{ instanceId, at: stop.at, text }];
    }),
  );

import type { Checker } from '../evidence/checker.ts';
import {
  type Boot,
  bootsOf,
  type CallEvidence,
  calls,
  changes,
  clock,
  type Evidence,
  type ExecutionEvidence,
  type InstanceEvidence,
  isStuck,
} from '../evidence/evidence.ts';
import { spansOf } from '../evidence/spans.ts';
import { isTheirs, takeoversOf } from '../evidence/takeovers.ts';

/** When nothing goes wrong: a wait of the conveyor, a look, and the stop. */
const UNDISTURBED_SECONDS = 10 * 60;

/** After something has gone wrong: an aborted run is put back by the next pass of the reconciler, or the one after it. */
const DISTURBED_SECONDS = 90 * 60;

const HARD_DEADLINE_SECONDS = 45 * 60;

/** The deadlines as deployed (template.yaml). */
const DEFAULTS = { ReadinessDeadlineSeconds: 2100, VerifyDeadlineSeconds: 3900 };

const deadline = ({ parameters }: Evidence, name: keyof typeof DEFAULTS): number =>
  Number(parameters[name] ?? DEFAULTS[name]);

/** When the work on an instance was over at the latest, so that it might be put back. */
function doneBy(evidence: Evidence, instance: InstanceEvidence, boot: Boot): number {
  const { instanceId } = instance;
  const began = boot.at ?? evidence.startedAt;
  const ended = boot.stop?.at ?? evidence.endedAt;
  const updates = spansOf(evidence, instanceId, 'update').filter(({ from }) => from >= began && from <= ended);
  const ends = updates.map(({ from, to, isInterrupted }) =>
    to === null || isInterrupted ? from + HARD_DEADLINE_SECONDS * 1000 : to,
  );
  const sends = calls(evidence, 'SendCommand').filter(({ instanceIds }) => instanceIds.includes(instanceId));
  // A command that the agent never took, or of which SSM says nothing, may be at work until its hard deadline: so long it is not stopped.
  const isUnsaid = instance.answers?.some(({ call }) => call === 'ListCommandInvocations') ?? false;
  const isLost = instance.behaviours.includes('command-lost') || isUnsaid;
  if (isLost) ends.push(...sends.map(({ at }) => at + HARD_DEADLINE_SECONDS * 1000));
  // As long as SSM refuses to send it a command, one is tried again: until the deadline of the update.
  ends.push(...sends.filter(({ at, error }) => error !== null && at >= began && at <= ended).map(({ at }) => at));
  const ready = began + deadline(evidence, 'ReadinessDeadlineSeconds') * 1000;
  // EC2 refuses to stop one that is still pending.
  const runs = changes(evidence, instanceId).find(
    ({ at, facts }) => at >= began && facts.about === 'state' && facts.state === 'running',
  );
  return Math.max(ready, runs?.at ?? 0, ...ends.map((end) => end + deadline(evidence, 'VerifyDeadlineSeconds') * 1000));
}

/** When the last thing went wrong while this boot lasted, or someone's session on it was over; null: nothing did. */
function lastTrouble(evidence: Evidence, { instanceId }: InstanceEvidence, boot: Boot): number | null {
  const { disturbances, faults, endedAt, startedAt } = evidence;
  const stoppedAt = boot.stop?.at ?? endedAt;
  // No disturbance tells of one that has come back with the memory of a hibernated instance.
  const sessions = spansOf(evidence, instanceId, 'session').map(({ to }) => to ?? stoppedAt);
  const moments = [
    ...faults.map(({ at }) => at),
    ...sessions,
    ...disturbances.flatMap(({ at, until }) => (at <= stoppedAt ? [Math.min(until, stoppedAt)] : [])),
  ].filter((at) => at >= startedAt && at <= stoppedAt);
  return moments.length === 0 ? null : Math.max(...moments);
}

/** EventBridge tells within ten seconds, and Lambda begins at once. */
const HEARD_SECONDS = 15;

const BAD_ENDS = new Set(['FAILED', 'TIMED_OUT', 'ABORTED']);

/** Whether EventBridge or Lambda kept the word of an end from ReconcileLeases. */
const isWordKept = ({ disturbances, faults }: Evidence): boolean =>
  disturbances.some(({ disturbance }) => disturbance.kind === 'events') ||
  faults.some(({ text }) => text.includes('ReconcileLeasesFunction'));

/** Runs that ended badly, and ReconcileLeases did not look at once: what they left awake stays so until its schedule. */
const unheard = (evidence: Evidence): ExecutionEvidence[] =>
  evidence.executions.filter(({ status, endedAt }) => {
    if (endedAt === null || !BAD_ENDS.has(status) || isWordKept(evidence)) return false;
    const until = endedAt + HEARD_SECONDS * 1000;
    const isLooking = ({ at, principal }: CallEvidence) =>
      principal === 'ReconcileLeasesFunction' && at >= endedAt && at <= until;
    return until <= evidence.endedAt && !calls(evidence).some(isLooking);
  });

/** From when ReconcileLeases may act: all of a dead run's functions are dead, and then its schedule has come round, twice at most. */
const BESIDE_SECONDS = 20 * 60;

const LISTED = /^runs\/([^/]+)\/manifest\.json$/;

/** Since when a run lives that has nothing to do with the instance, and for how long. */
function* besides(
  evidence: Evidence,
  { instanceId }: InstanceEvidence,
  boot: Boot,
): Generator<{ from: number; to: number }> {
  for (const { at, error, parameters } of calls(evidence, 'PutObject')) {
    const runId = error === null ? LISTED.exec(String(parameters['key']))?.[1] : undefined;
    const run = evidence.executions.find(({ name }) => name === runId);
    const members = evidence.overheard.manifests[runId ?? '']?.instances ?? [];
    if (run === undefined || runId === boot.runId || members.some((one) => one.instanceId === instanceId)) continue;
    yield { from: at, to: run.endedAt ?? evidence.endedAt };
  }
}

/** What a dead run has left is put back while another run goes on that does not name it. */
function waitedForAnother(evidence: Evidence, instance: InstanceEvidence, boot: Boot): number | null {
  const dead = evidence.executions.find(({ name }) => name === boot.runId);
  const began = boot.at;
  if (began === null || dead === undefined || dead.endedAt === null || evidence.faults.length > 0) return null;
  if (takeoversOf(evidence, instance, boot).size > 0) return null;
  const isOdd = evidence.disturbances.some(({ disturbance: { kind } }) => kind === 'window' || kind === 'redrive');
  const updates = spansOf(evidence, instance.instanceId, 'update').filter(({ from }) => from >= began);
  const sends = calls(evidence, 'SendCommand').filter(({ instanceIds }) => instanceIds.includes(instance.instanceId));
  const isClear =
    sends.length === updates.length && updates.every(({ to, isInterrupted }) => to !== null && !isInterrupted);
  if (isOdd || !isClear || isStuck(instance)) return null;
  for (const { from, to } of besides(evidence, instance, boot)) {
    const free = Math.max(dead.endedAt, from, ...updates.map((one) => one.to ?? 0)) + BESIDE_SECONDS * 1000;
    const stoppedAt = boot.stop?.at ?? evidence.endedAt;
    if (free < to && stoppedAt > free && dead.endedAt < to) return free;
  }
  return null;
}

export const restoredInTime: Checker = {
  promise: 'restored-in-time',
  says: 'An instance is put back within ten minutes after the work on it is over; within ninety if something went wrong.',
  check(evidence) {
    const late = unheard(evidence).map(({ name, endedAt }) => {
      return { instanceId: null, at: endedAt, text: `${name} ended badly, and ReconcileLeases did not look at once` };
    });
    const instances = evidence.instances.flatMap((instance) =>
      bootsOf(evidence, instance).flatMap((boot) => {
        if (!boot.ours || boot.stop === null || !boot.stop.ours) return [];
        // How long a command of others may still be delivered, no span tells.
        if (isTheirs(evidence, instance, boot) || takeoversOf(evidence, instance, boot).has('command')) return [];
        const free = waitedForAnother(evidence, instance, boot);
        if (free !== null) {
          const text = `${instance.instanceId} was left by a dead run, and waited beyond ${clock(evidence, free)} for another run that does not name it`;
          return [{ instanceId: instance.instanceId, at: boot.stop.at, text }];
        }
        const done = doneBy(evidence, instance, boot);
        const trouble = lastTrouble(evidence, instance, boot);
        const due =
          trouble === null ? done + UNDISTURBED_SECONDS * 1000 : Math.max(done, trouble) + DISTURBED_SECONDS * 1000;
        const { instanceId } = instance;
        if (boot.stop.at <= due) return [];
        const text = `${instanceId} could have been put back by ${clock(evidence, done)}, and was stopped at ${clock(evidence, boot.stop.at)}`;
        return [{ instanceId, at: boot.stop.at, text }];
      }),
    );
    return [...late, ...instances];
  },
};

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
  spansOf,
} from '../evidence/evidence.ts';
import { isTheirs, takeoversOf } from '../evidence/takeovers.ts';

/** When nothing goes wrong: a wait of the conveyor, a look, and the stop. */
const UNDISTURBED_SECONDS = 10 * 60;

/** After something has gone wrong: an aborted run is put back by the next pass of the reconciler, or the one after it. */
const DISTURBED_SECONDS = 90 * 60;

const HARD_DEADLINE_SECONDS = 45 * 60;

/** The deadlines as deployed (template.yaml). */
const DEFAULTS = { ReadinessDeadlineSeconds: 1200, VerifyDeadlineSeconds: 3900 };

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
  // A command that the agent never took may still come to it until its hard deadline: so long it is not stopped.
  const isLost = instance.behaviours.includes('command-lost');
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

/** When the last thing went wrong while this boot lasted; null: nothing did. */
function lastTrouble({ disturbances, faults, endedAt, startedAt }: Evidence, boot: Boot): number | null {
  const stoppedAt = boot.stop?.at ?? endedAt;
  const moments = [
    ...faults.map(({ at }) => at),
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
        const done = doneBy(evidence, instance, boot);
        const trouble = lastTrouble(evidence, boot);
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

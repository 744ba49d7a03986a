import { bySsm } from '../evidence/doubt.ts';
import { type Boot, calls, changes, clock, pingsOf } from '../evidence/evidence.ts';
import { spansOf } from '../evidence/spans.ts';
import { isAtLeast } from '../evidence/versions.ts';
import { type NeedlessCase, ownBoot, sendsOf } from './needless-case.ts';
import { struckSeconds } from './struck-tries.ts';

/** The conveyor waits a quarter of the time since the last move, between these. */
const WAIT_SECONDS_MIN = 15;

const WAIT_SECONDS_MAX = 120;

/** A look's own calls, and what describes lag behind; undisturbed looks take less. */
const LOOK_SECONDS = 2;

/** From the record of an attempt whose reply was lost until no copy of it can live: by design nothing is stopped before. */
const STRAY_SECONDS = 95;

/** A command whose reply was lost is found when its instance is to be stopped. One more look follows it, by design. */
const FOLLOW_SECONDS = WAIT_SECONDS_MIN + LOOK_SECONDS;

const LOST_REPLY = /lost-reply|stalled|crash-after/;

/** For so long a command that the agent does not take is waited for, by design, whatever the agent reports. */
const DELIVERY_SECONDS = 5 * 60;

/** Something that happened to an instance, and what the product did about it, at last. Milliseconds since the epoch. */
export interface Reaction {
  what: string;
  movedAt: number;
  happenedAt: number;
  actedAt: number;
}

/** A client that was throttled sends slower for minutes: each of a look's calls to EC2 may wait for its turn. */
const THROTTLED_SECONDS = 3;

/** Whether AWS itself, and no fault, has throttled the function that stops, in this run and before that moment. */
const wasThrottled = ({ evidence, execution }: NeedlessCase, until: number): boolean =>
  calls(evidence, 'StopInstances').some(
    ({ at, error, principal, runId, parameters }) =>
      error === 'RequestLimitExceeded' &&
      at <= until &&
      principal === 'RestoreInstancesFunction' &&
      runId === execution.name &&
      Object.keys(parameters).length > 0,
  );

/** Where a zone is disturbed each look asks twice, and all steps of a pass look once. */
const BY_ZONE_SECONDS = 10;

const wasByZone = ({ evidence }: NeedlessCase, from: number, to: number): boolean =>
  evidence.disturbances.some(({ at, until, disturbance }) => disturbance.kind === 'zone' && at <= to && until >= from);

/** Seconds by which a reaction took longer than the conveyor's waits and the struck tries explain; 0: it did not. */
function excessSeconds(given: NeedlessCase, { movedAt, happenedAt, actedAt }: Reaction): number {
  const took = (actedAt - happenedAt) / 1000;
  const quarter = (happenedAt - movedAt) / 1000 / 4;
  const wait = Math.min(WAIT_SECONDS_MAX, Math.max(WAIT_SECONDS_MIN, quarter));
  const byZone = wasByZone(given, happenedAt, actedAt) ? BY_ZONE_SECONDS : 0;
  const look = LOOK_SECONDS + byZone + (wasThrottled(given, actedAt) ? THROTTLED_SECONDS : 0);
  return Math.max(0, took - wait - look - struckSeconds(given.evidence, happenedAt, actedAt));
}

/** When nothing stood in the way of the stop any more: others had ended, no stray start could come, and each command was known. */
function freeAt(given: NeedlessCase, bootAt: number, wanted: number, actedAt: number): number {
  const { evidence, instance } = given;
  const others = (['session', 'command', 'association'] as const)
    .flatMap((about) => spansOf(evidence, instance.instanceId, about))
    .filter(({ from, to }) => from <= actedAt && (to ?? actedAt) >= wanted)
    .map(({ to }) => Math.min(to ?? actedAt, actedAt));
  const isStartStruck = evidence.faults.some(
    ({ at, text }) => /StartInstances/.test(text) && at <= bootAt + STRAY_SECONDS * 1000,
  );
  const isSendLost = evidence.faults.some(
    ({ at, what, text }) => at >= bootAt && at <= wanted && LOST_REPLY.test(what) && /SendCommand/.test(text),
  );
  return Math.max(
    wanted,
    ...others,
    isStartStruck ? bootAt + STRAY_SECONDS * 1000 : wanted,
    isSendLost && sendsOf(given).length > 1 ? wanted + FOLLOW_SECONDS * 1000 : wanted,
  );
}

/** When EC2 and SSM had shown what makes it ready: it runs, in a boot of ours, with a ping that is newer than its LaunchTime. */
function readyAt(
  { evidence, instance: { instanceId } }: NeedlessCase,
  boot: Boot & { at: number },
): number | undefined {
  const launchTime = boot.launchTime ?? boot.at;
  const runsAt = changes(evidence, instanceId).find(
    ({ at, facts }) => facts.about === 'state' && facts.state === 'running' && at > boot.at,
  )?.at;
  const pingAt = pingsOf(evidence, instanceId).find(({ at }) => at > boot.at && bySsm(evidence, at) > launchTime)?.at;
  if (runsAt === undefined || pingAt === undefined) return undefined;
  return Math.max(pingAt, Math.max(runsAt, launchTime) + evidence.describeLagSeconds * 1000);
}

/** Reactions from the boot to the stop: first ping, the command's end, the proof. A second command is no move: the step stays. */
export function reactionsOf(given: NeedlessCase): Reaction[] {
  const { evidence, execution, instance, line } = given;
  const boot = ownBoot(given);
  const target = execution.report?.targetVersion;
  if (boot === null || target === undefined) return [];
  const { at: bootAt, stoppedAt } = boot;
  const isDone = line?.outcome === 'updated' || line?.outcome === 'already-current';
  const upAt = readyAt(given, boot);
  if (!isDone || upAt === undefined) return [];
  const stop = (what: string, movedAt: number, wanted: number): Reaction => {
    const happenedAt = Math.min(stoppedAt, freeAt(given, bootAt, wanted, stoppedAt));
    return { what, movedAt, happenedAt, actedAt: stoppedAt };
  };
  const sends = sendsOf(given).filter((at) => at > bootAt && at < stoppedAt);
  const [firstSend] = sends;
  if (firstSend === undefined) return [stop('from its first ping to its stop', bootAt, upAt)];

  const ready = { what: 'from its first ping to its command', movedAt: bootAt, happenedAt: upAt, actedAt: firstSend };
  // Of two commands, the one that began last may have ended first, since it found the agent busy with the other.
  const ends = spansOf(evidence, instance.instanceId, 'update').flatMap(({ id, from, to }) =>
    id !== null && from >= firstSend && to !== null && to < stoppedAt ? [to] : [],
  );
  if (ends.length === 0) {
    const by = pingsOf(evidence, instance.instanceId).find(
      ({ at, version }) =>
        at > firstSend && bySsm(evidence, at) > firstSend && at < stoppedAt && isAtLeast(version, target),
    );
    if (by === undefined) return [ready];
    const wanted = Math.max(by.at, firstSend + DELIVERY_SECONDS * 1000);
    return [ready, stop('from the proof without a command to its stop', firstSend, wanted)];
  }
  const endAt = Math.max(...ends);
  const proof = pingsOf(evidence, instance.instanceId).find(
    ({ at, version }) => at > endAt && bySsm(evidence, at) > endAt && at < stoppedAt && isAtLeast(version, target),
  );
  const seenAt = calls(evidence, 'DescribeInstanceInformation').find(
    ({ at, principal, runId, parameters }) =>
      at > endAt &&
      principal === 'VerifyVersionsFunction' &&
      runId === execution.name &&
      JSON.stringify(parameters).includes(instance.instanceId),
  )?.at;
  if (proof === undefined) return [ready];
  const isSeenFirst = seenAt !== undefined && seenAt <= proof.at;
  const noticed = {
    what: "from its command's end to our look",
    movedAt: firstSend,
    happenedAt: endAt,
    actedAt: seenAt ?? endAt,
  };
  // It moved when its command's end was seen, however long the first look for its version then had to wait.
  const proved = stop(
    'from the proof to its stop',
    isSeenFirst ? endSeenAt(given, endAt, seenAt) : firstSend,
    proof.at,
  );
  return isSeenFirst ? [ready, noticed, proved] : [ready, proved];
}

/** When UpdateAgent first saw that a command of the instance had ended; else when VerifyVersions first looked. */
function endSeenAt({ evidence, execution, instance }: NeedlessCase, endAt: number, verifiedAt: number): number {
  const ids = new Set(spansOf(evidence, instance.instanceId, 'update').map(({ id }) => id));
  const seen = calls(evidence, 'ListCommandInvocations').find(
    ({ at, principal, runId, parameters }) =>
      at > endAt &&
      principal === 'UpdateAgentFunction' &&
      runId === execution.name &&
      ids.has(String((parameters as { CommandId?: string }).CommandId)),
  );
  return Math.min(seen?.at ?? verifiedAt, verifiedAt);
}

/** Where an instance was awake for longer than reactions allow: how many seconds, and in words. */
export function needlessMinutes(given: NeedlessCase): { seconds: number; text: string } | null {
  const late = reactionsOf(given).flatMap((reaction) => {
    const seconds = excessSeconds(given, reaction);
    return seconds > 0 ? [{ seconds, reaction }] : [];
  });
  if (late.length === 0) return null;
  const seconds = late.reduce((sum, one) => sum + one.seconds, 0);
  const told = late.map(
    ({ seconds: more, reaction: { what, happenedAt, actedAt } }) =>
      `${more.toFixed(1)} s too long ${what}, ${clock(given.evidence, happenedAt)} to ${clock(given.evidence, actedAt)}`,
  );
  return { seconds, text: told.join('; ') };
}

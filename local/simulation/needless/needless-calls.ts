import type { Complaint } from '../evidence/checker.ts';
import { type CallEvidence, calls, clock, type Evidence, isOurs, spansOf } from '../evidence/evidence.ts';
import { standingsBetween } from '../evidence/standings.ts';

type Found = Omit<Complaint, 'promise'>;

/** For so long a command that no agent takes is waited for, by design; the run counts it from SSM's own time. */
const DELIVERY_SECONDS = 5 * 60 - 5;

/** So long an update may be at work. */
const UPDATE_SECONDS = 45 * 60;

/** A command that gets no answer is followed by one more. */
const COMMANDS_MAX = 2;

/** A function lives no longer: what it saw at its beginning was so within this time. */
const LOOK_SECONDS = 60;

const said = (evidence: Evidence, { principal, operation, at }: CallEvidence, what: string): string =>
  `${principal} called ${operation} at ${clock(evidence, at)} ${what}`;

const ownCalls = (evidence: Evidence, operation: string): CallEvidence[] =>
  calls(evidence, operation).filter(({ principal }) => isOurs(principal));

const sendsTo = (evidence: Evidence, instanceId: string): CallEvidence[] =>
  ownCalls(evidence, 'SendCommand').filter(
    ({ error, instanceIds }) => error === null && instanceIds.includes(instanceId),
  );

/** A command is given up only after the agent has had its time to take it. */
function* givenUpTooSoon(evidence: Evidence): Generator<Found> {
  for (const call of ownCalls(evidence, 'CancelCommand')) {
    for (const instanceId of call.instanceIds) {
      const waitedFor = sendsTo(evidence, instanceId).some(({ at }) => at <= call.at - DELIVERY_SECONDS * 1000);
      if (!waitedFor)
        yield {
          instanceId,
          at: call.at,
          text: said(evidence, call, `for ${instanceId}, less than 5 minutes after it`),
        };
    }
  }
}

/** A run's commands to one instance: a second one, and a third after an update of someone else or of another run. Where a reply was lost, more. */
function* sentTooOften(evidence: Evidence): Generator<Found> {
  const struck = evidence.faults.filter(({ text }) => /SendCommand|UpdateAgent/.test(text)).length;
  for (const { instanceId, behaviours } of evidence.instances) {
    const byRun = Map.groupBy(sendsTo(evidence, instanceId), ({ runId }) => runId);
    const updates = spansOf(evidence, instanceId, 'update').length;
    const isShared =
      byRun.size > 1 ||
      behaviours.some((name) => name.endsWith('update-in-progress')) ||
      updates > sendsTo(evidence, instanceId).length;
    const mostly = COMMANDS_MAX + struck + (isShared ? 1 : 0);
    for (const [runId, sends] of byRun) {
      const [call] = sends.slice(mostly);
      if (call !== undefined)
        yield {
          instanceId,
          at: call.at,
          text: said(evidence, call, `for ${instanceId}, time ${mostly + 1} in ${runId}`),
        };
    }
  }
}

/** What a dead run's update is still at work on is sent no other one: it would only meet its lock. */
function* sentBesideTheDead(evidence: Evidence): Generator<Found> {
  if (evidence.faults.length > 0) return;
  for (const { instanceId } of evidence.instances) {
    const sends = sendsTo(evidence, instanceId);
    for (const call of sends) {
      // The time of an update is counted from its sending.
      const sentBefore = (moment: number) => sends.findLast(({ at }) => at <= moment)?.at ?? moment;
      const isFirst = !sends.some(({ at, runId }) => runId === call.runId && at < call.at);
      const isBusy = spansOf(evidence, instanceId, 'update').some(
        ({ id, from, to }) =>
          id !== null &&
          from < call.at - LOOK_SECONDS * 1000 &&
          sentBefore(from) > call.at - UPDATE_SECONDS * 1000 &&
          (to ?? call.at) >= call.at,
      );
      if (isFirst && isBusy)
        yield {
          instanceId,
          at: call.at,
          text: said(evidence, call, `for ${instanceId}, beside the update of a dead run`),
        };
    }
  }
}

/** Whether it is leased and was not started since: that SSM answers belongs to the way back, even if EC2 is not asked any more. */
function isTryingWayBack(evidence: Evidence, { at, runId }: CallEvidence, instanceId: string): boolean {
  const own = (operation: string) =>
    calls(evidence, operation).findLast(
      (call) => call.runId === runId && call.at < at && call.error === null && call.instanceIds.includes(instanceId),
    );
  const leasedAt = own('CreateTags')?.at;
  return leasedAt !== undefined && (own('StartInstances')?.at ?? 0) < leasedAt;
}

/** Who else is at work is asked only of what could be stopped, and once before it is started: it costs a call for each. */
function* askedOfSleepers(evidence: Evidence): Generator<Found> {
  const byId = new Map(evidence.instances.map((instance) => [instance.instanceId, instance]));
  for (const call of ownCalls(evidence, 'DescribeInstanceAssociationsStatus')) {
    for (const instanceId of call.instanceIds) {
      const instance = byId.get(instanceId);
      if (instance === undefined) continue;
      const shown = standingsBetween(evidence, instance, call.at - LOOK_SECONDS * 1000, call.at);
      if (shown.has('running') || isTryingWayBack(evidence, call, instanceId)) continue;
      yield {
        instanceId,
        at: call.at,
        text: said(evidence, call, `for ${instanceId}, which was ${[...shown].join(', ')}`),
      };
    }
  }
}

/** Calls that no one needed, whatever was drawn: the first of each kind. */
export const needlessCalls = (evidence: Evidence): Found[] =>
  [givenUpTooSoon(evidence), sentTooOften(evidence), sentBesideTheDead(evidence), askedOfSleepers(evidence)].flatMap(
    (found) => [...found].slice(0, 1),
  );

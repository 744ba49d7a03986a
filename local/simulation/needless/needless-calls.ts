import type { Complaint } from '../evidence/checker.ts';
import { bySsm } from '../evidence/doubt.ts';
import { type CallEvidence, calls, changes, clock, type Evidence, isDownAfter, isOurs } from '../evidence/evidence.ts';
import { spansOf } from '../evidence/spans.ts';
import { standingsBetween } from '../evidence/standings.ts';
import { askedAgain, askedForStatus, readInVain, waitedForZone } from './needless-reads.ts';

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

/** Whether it went down after its last command: there is no agent to wait for. */
const wentDown = (evidence: Evidence, instanceId: string, to: number): boolean => {
  const from = sendsTo(evidence, instanceId).findLast(({ at }) => at <= to)?.at ?? to;
  return changes(evidence, instanceId).some((change) => change.at >= from && change.at <= to && isDownAfter(change));
};

/** A command is given up only after the agent has had its time to take it, unless its instance does not run any more. */
function* givenUpTooSoon(evidence: Evidence): Generator<Found> {
  for (const call of ownCalls(evidence, 'CancelCommand')) {
    for (const instanceId of call.instanceIds) {
      const waitedFor = sendsTo(evidence, instanceId).some(({ at }) => at <= call.at - DELIVERY_SECONDS * 1000);
      if (!waitedFor && !wentDown(evidence, instanceId, call.at))
        yield {
          instanceId,
          at: call.at,
          text: said(evidence, call, `for ${instanceId}, less than 5 minutes after it`),
        };
    }
  }
}

/** A command that has begun is not cancelled as one that no agent has taken, while its instance runs. */
function* cancelledAtWork(evidence: Evidence): Generator<Found> {
  // An agent takes a command some minutes after its sending, from which its time is counted.
  const givenSeconds = UPDATE_SECONDS / 2 - Math.abs(evidence.habits?.ssmClockSeconds ?? 0);
  for (const call of ownCalls(evidence, 'CancelCommand')) {
    for (const instanceId of call.instanceIds) {
      const isAtWork = spansOf(evidence, instanceId, 'update').some(
        ({ id, from, to }) =>
          id === call.parameters['CommandId'] &&
          from <= call.at - LOOK_SECONDS * 1000 &&
          from > call.at - givenSeconds * 1000 &&
          (to === null || to > call.at),
      );
      if (isAtWork && !wentDown(evidence, instanceId, call.at))
        yield { instanceId, at: call.at, text: said(evidence, call, `for ${instanceId}, which was at work on it`) };
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

/** How an update ends that has changed something, and failed for a cause that does not pass: no second try is made of it. */
const CHANGED: ReadonlySet<string> = new Set(['rolled-back', 'rollback-failed']);

/** After such an update its run sends the instance nothing more in that boot. */
function* sentAfterAChange(evidence: Evidence): Generator<Found> {
  for (const { instanceId } of evidence.instances) {
    const sends = sendsTo(evidence, instanceId);
    const failed = changes(evidence, instanceId).flatMap(({ at, facts }) =>
      facts.about === 'update' && facts.phase === 'end' && facts.commandId !== null && CHANGED.has(facts.result)
        ? [at]
        : [],
    );
    for (const failedAt of failed) {
      const { runId } = sends.findLast(({ at }) => at <= failedAt) ?? {};
      const call = sends.find(({ at, runId: sender }) => at > failedAt + LOOK_SECONDS * 1000 && sender === runId);
      if (call !== undefined)
        yield {
          instanceId,
          at: call.at,
          text: said(evidence, call, `for ${instanceId}, whose update was rolled back`),
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
          Math.min(sentBefore(from), bySsm(evidence, sentBefore(from))) > call.at - UPDATE_SECONDS * 1000 &&
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
      const lagSeconds = LOOK_SECONDS + (evidence.habits?.stopShownSeconds ?? 0);
      const shown = standingsBetween(evidence, instance, call.at - lagSeconds * 1000, call.at);
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
  [
    givenUpTooSoon(evidence),
    cancelledAtWork(evidence),
    sentTooOften(evidence),
    sentAfterAChange(evidence),
    sentBesideTheDead(evidence),
    askedOfSleepers(evidence),
    readInVain(evidence),
    askedAgain(evidence),
    waitedForZone(evidence),
    askedForStatus(evidence),
  ].flatMap((found) => [...found].slice(0, 1));

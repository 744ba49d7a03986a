import type { Checker, Complaint } from '../evidence/checker.ts';
import { stopUntil } from '../evidence/ends.ts';
import {
  type CallEvidence,
  calls,
  clock,
  DESCRIBE_LAG_SECONDS_MAX,
  type Evidence,
  isOurs,
  LEASE_TAG,
  runIn,
} from '../evidence/evidence.ts';
import { listedAt } from '../evidence/standings.ts';

const RECONCILER = 'ReconcileLeasesFunction';

const LOCK_KEY = 'lock.json';

/** What was decided by Step Functions' word is done within so long. */
const DECIDED_SECONDS = 2;

const isAlive = ({ executions }: Evidence, runId: string, at: number): boolean =>
  executions.some(
    ({ name, lives }) => name === runId && lives.some(({ from, to }) => from <= at && (to === null || to > at)),
  );

/** The lease that a call writes or removes. */
function leaseIn({ parameters }: CallEvidence): string | null {
  const tags = (parameters['Tag'] ?? []) as { Key: string; Value?: string }[];
  return tags.find(({ Key }) => Key === LEASE_TAG)?.Value ?? null;
}

type Found = Omit<Complaint, 'promise'>;

/**
 * Whether a run was redriven so shortly before that Step Functions may still have called it dead: docs/reliability.md names
 * it. It has lost its lock by then, so it starts nothing and sends nothing.
 */
const wasJustRedriven = ({ executions }: Evidence, runId: string, at: number): boolean =>
  executions.some(
    ({ name, startedAt, lives }) =>
      name === runId &&
      lives.some(
        ({ from }) =>
          from > startedAt && from <= at && at - from <= (DESCRIBE_LAG_SECONDS_MAX + DECIDED_SECONDS) * 1000,
      ),
  );

const isKnownAlive = (evidence: Evidence, runId: string, at: number): boolean =>
  isAlive(evidence, runId, at) && !wasJustRedriven(evidence, runId, at);

/** What ReconcileLeases does to an instance whose run is alive and holds it. */
function meddling(evidence: Evidence, call: CallEvidence, holders: Map<string, string>): Found[] {
  if (call.principal !== RECONCILER) return [];
  return call.instanceIds.flatMap((instanceId) => {
    const runId = runIn(holders.get(instanceId) ?? '');
    if (runId === '' || !isKnownAlive(evidence, runId, call.at)) return [];
    const text = `${instanceId} was held by ${runId}, which was running, when ${RECONCILER} called ${call.operation} for it at ${clock(evidence, call.at)}`;
    return [{ instanceId, at: call.at, text }];
  });
}

function overwritten(evidence: Evidence): Found[] {
  const holders = new Map<string, string>();
  const found: Found[] = [];
  for (const call of calls(evidence, 'CreateTags', 'DeleteTags', 'StopInstances')) {
    if (call.error !== null || !isOurs(call.principal)) continue;
    found.push(...meddling(evidence, call, holders));
    const lease = leaseIn(call);
    if (lease === null) continue;
    for (const instanceId of call.instanceIds) {
      const holder = holders.get(instanceId);
      if (call.operation === 'DeleteTags') {
        if (holder === lease) holders.delete(instanceId);
        continue;
      }
      const before = holder === undefined ? '' : runIn(holder);
      const now = runIn(lease);
      if (before !== '' && before !== now && isKnownAlive(evidence, before, call.at)) {
        const text = `${instanceId} was held by ${before}, which was running, when ${now} wrote its lease over it at ${clock(evidence, call.at)}`;
        found.push({ instanceId, at: call.at, text });
      }
      holders.set(instanceId, lease);
    }
  }
  return found;
}

const isOfLock = ({ operation, parameters }: CallEvidence): boolean =>
  (operation === 'PutObject' || operation === 'DeleteObject') && parameters['key'] === LOCK_KEY;

const RESTORES = new Set(['StopInstances', 'CreateTags', 'DeleteTags']);

/** So long after its end, a stop that was sent last has had its time to show. */
const STOP_SHOWN_SECONDS = 5 * 60;

/** What can't be stopped any more is no run's to take over, and only has to be told: its lease goes without the lock. */
function isOver(evidence: Evidence, call: CallEvidence): boolean {
  const end = stopUntil(evidence, { runId: runIn(leaseIn(call) ?? '') });
  return call.operation === 'DeleteTags' && call.at > end + STOP_SHOWN_SECONDS * 1000;
}

/** What a run that is at work does not name in its manifest, or has left out, has nothing to do with it, once that is written. */
function isBeside(evidence: Evidence, call: CallEvidence, holder: string): boolean {
  const listed = listedAt(evidence, holder);
  const members = evidence.overheard.manifests[holder]?.instances ?? [];
  const ids = members.flatMap(({ instanceId, decision }) => (decision === 'take-part' ? [instanceId] : []));
  return listed !== null && listed < call.at && call.instanceIds.every((id) => !ids.includes(id));
}

/** Whose lock was taken although that run was running, and what ReconcileLeases did without a lock of its own. */
function lockIgnored(evidence: Evidence): Found[] {
  let holder = '';
  return calls(evidence).flatMap((call): Found[] => {
    const { at, error, operation, principal, runId } = call;
    if (error !== null || !isOurs(principal)) return [];
    const caller = principal === RECONCILER ? RECONCILER : runId;
    if (!isOfLock(call)) {
      if (caller !== RECONCILER || !RESTORES.has(operation) || holder === RECONCILER) return [];
      if (isOver(evidence, call) || isBeside(evidence, call, holder)) return [];
      const text = `${RECONCILER} called ${operation} at ${clock(evidence, at)}, and the lock was not its own`;
      return [{ instanceId: call.instanceIds[0] ?? null, at, text }];
    }
    const before = holder;
    holder = operation === 'PutObject' ? caller : '';
    if (before === caller || !isKnownAlive(evidence, before, at)) return [];
    const deed = operation === 'PutObject' ? 'took' : 'removed';
    const text = `the lock was of ${before}, which was running, when ${caller} ${deed} it at ${clock(evidence, at)}`;
    return [{ instanceId: null, at, text }];
  });
}

interface Deeds {
  runId: string;
  /** A redriven run begins anew: what others did while it was dead was not at the same time. */
  life: number;
  from: number;
  to: number;
}

/** From a run's first deed on an instance to its last one. */
function deedsOf(evidence: Evidence, instanceId: string): Deeds[] {
  const all: Deeds[] = [];
  const mine = calls(evidence, 'StartInstances', 'StopInstances', 'SendCommand').filter(
    ({ error, principal, runId, instanceIds }) =>
      error === null && runId !== '' && isOurs(principal) && instanceIds.includes(instanceId),
  );
  for (const { at, runId } of mine) {
    const lives = evidence.executions.find(({ name }) => name === runId)?.lives ?? [];
    const life = lives.findLastIndex(({ from }) => from <= at);
    const known = all.find((one) => one.runId === runId && one.life === life);
    if (known === undefined) all.push({ runId, life, from: at, to: at });
    else known.to = at;
  }
  return all;
}

function together(evidence: Evidence): Found[] {
  return evidence.instances.flatMap(({ instanceId }) => {
    const deeds = deedsOf(evidence, instanceId);
    return deeds.flatMap(({ runId, from, to }, index) =>
      deeds
        .slice(index + 1)
        .filter((other) => other.runId !== runId && other.from <= to && from <= other.to)
        .map((other) => ({
          instanceId,
          at: other.from,
          text: `${runId} and ${other.runId} were both at work on ${instanceId}, the second one since ${clock(evidence, other.from)}`,
        })),
    );
  });
}

export const oneHolder: Checker = {
  promise: 'one-holder',
  says: 'Two runs never hold one instance, and never work on it at the same time; the lock of a running run is never taken.',
  check: (evidence) => [...overwritten(evidence), ...lockIgnored(evidence), ...together(evidence)],
};

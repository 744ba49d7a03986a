import type { Complaint } from '../evidence/checker.ts';
import { type CallEvidence, calls, clock, type Evidence, isOurs } from '../evidence/evidence.ts';
import { wasHidden } from '../evidence/hidden.ts';

type Found = Omit<Complaint, 'promise'>;

const BOOT_KEY = /^runs\/([^/]+)\/boots\/([^/]+)\/([^/]+)\/(i-[^/]+)\.json$/;

const keyOf = ({ parameters }: CallEvidence): string => String(parameters['key'] ?? '');

/** Slow answers strike nothing. */
const HARMLESS = new Set(['fault slow', 'fault cold']);

/** From an attempt's record to that of the next attempt of its child: when it was at work. null: it left no record. */
function workOf(evidence: Evidence, child: string, attempt: string): { from: number; to: number } | null {
  const records = calls(evidence, 'PutObject').filter(
    (call) => call.error === null && keyOf(call).startsWith(`${child}/`),
  );
  const first = records.find((call) => keyOf(call) === `${child}/${attempt}.json`);
  if (first === undefined) return null;
  const next = records.find((call) => call.at > first.at && keyOf(call) !== keyOf(first));
  return { from: first.at, to: next?.at ?? evidence.endedAt };
}

/** A boot is sought only where a start was tried: an attempt that only leased its instance has brought none. */
export function* readInVain(evidence: Evidence): Generator<Found> {
  // Under slow answers a function is ended in the middle of its work.
  if (evidence.faults.some(({ what }) => what !== 'fault cold')) return;
  // What EC2 has not shown when it was to be started may have been started.
  if (evidence.disturbances.some(({ struck }) => struck !== undefined)) return;
  for (const call of calls(evidence, 'GetObject')) {
    const [, runId = '', child = '', attempt = '', instanceId = ''] = BOOT_KEY.exec(keyOf(call)) ?? [];
    if (instanceId === '' || !isOurs(call.principal)) continue;
    const work = workOf(evidence, `runs/${runId}/records/${child}`, attempt);
    if (work === null || work.to > call.at) continue;
    const isTried = calls(evidence, 'StartInstances').some(
      ({ at, instanceIds }) => at >= work.from && at <= work.to && instanceIds.includes(instanceId),
    );
    if (!isTried)
      yield {
        instanceId,
        at: call.at,
        text: `${call.principal} sought at ${clock(evidence, call.at)} a boot of ${instanceId} by an attempt that never started it`,
      };
  }
}

/** What is all or nothing (docs/aws-behaviour.md 14, 17). */
const FOR_SEVERAL = ['StartInstances', 'StopInstances', 'CreateTags', 'DeleteTags', 'SendCommand'];

/** These pass by themselves, and say nothing of the instances. */
const PASSING = /Throttl|RateExceeded|RequestLimit|TooManyRequests|Internal|Unavailable|Timeout|SlowDown/i;

/** Within one invocation: the next one may come a second later, and looks anew. */
const AT_ONCE_MILLISECONDS = 1_000;

/** A look at a batch, in which what was refused is taken apart. */
const LOOK_MILLISECONDS = 20_000;

const isRefusal = ({ error, principal, instanceIds, parameters }: CallEvidence): boolean =>
  error !== null &&
  error !== 'DryRunOperation' &&
  parameters['DryRun'] !== 'true' &&
  !PASSING.test(error) &&
  isOurs(principal) &&
  instanceIds.length > 0;

const nameAll = (one: readonly string[], other: readonly string[]): boolean => one.every((id) => other.includes(id));

/** What was refused for all of them is refused again: the same is asked at once only of fewer. */
export function* askedAgain(evidence: Evidence): Generator<Found> {
  // Two copies of a function ask the same.
  if (evidence.faults.some(({ what }) => !HARMLESS.has(what))) return;
  const asked = calls(evidence, ...FOR_SEVERAL);
  for (const call of asked.filter(isRefusal)) {
    const soon = asked.filter(
      ({ at, principal, operation, runId }) =>
        at > call.at &&
        at <= call.at + LOOK_MILLISECONDS &&
        principal === call.principal &&
        operation === call.operation &&
        runId === call.runId,
    );
    const told = { instanceId: call.instanceIds[0] ?? null, at: call.at };
    const who = `${call.principal} was refused ${call.operation} of ${call.instanceIds.join(', ')} at ${clock(evidence, call.at)}`;
    const again = soon.find(
      ({ at, instanceIds }) =>
        at <= call.at + AT_ONCE_MILLISECONDS &&
        instanceIds.length === call.instanceIds.length &&
        nameAll(instanceIds, call.instanceIds),
    );
    if (again !== undefined) yield { ...told, text: `${who}, and asked for the same again at once` };
    const isTakenApart = soon.some(
      ({ instanceIds }) => instanceIds.length < call.instanceIds.length && nameAll(instanceIds, call.instanceIds),
    );
    // Under slow answers the time is over before.
    if (call.instanceIds.length > 1 && !isTakenApart && evidence.faults.length === 0)
      yield { ...told, text: `${who}, and asked for none of them alone` };
  }
}

/** What is elsewhere is asked for in the same look, so long after the call for all at the latest. */
const BY_ZONE_MILLISECONDS = 5_000;

const isSoonAfter = (other: CallEvidence, { at, principal, runId }: CallEvidence): boolean =>
  other.principal === principal && other.runId === runId && other.at > at && other.at <= at + BY_ZONE_MILLISECONDS;

/** Where a zone is disturbed, those elsewhere have their answer in the same look. */
export function* waitedForZone(evidence: Evidence): Generator<Found> {
  if (evidence.faults.some(({ what }) => what !== 'fault cold')) return;
  const asked = calls(evidence, 'DescribeInstances').filter(({ principal }) => isOurs(principal));
  for (const { at: from, until, struck = [] } of evidence.disturbances) {
    for (const call of asked) {
      const { at, error, instanceIds, principal } = call;
      const elsewhere = instanceIds.filter((id) => !struck.includes(id) && !wasHidden(evidence, id, at, at));
      const isFailed = error === 'Unavailable' && at >= from && at <= until;
      if (!isFailed || elsewhere.length === 0 || elsewhere.length === instanceIds.length) continue;
      // Three are asked for first: without an answer for these, another try asks for others.
      const alone = asked.filter((other) => isSoonAfter(other, call) && other.instanceIds.length === 1);
      if (alone.length >= 3 && alone.every((other) => other.error !== null)) continue;
      const isAnswered = asked.some(
        (other) =>
          other.error === null && isSoonAfter(other, call) && other.instanceIds.some((id) => elsewhere.includes(id)),
      );
      const text = `${principal} got no answer for a disturbed zone at ${clock(evidence, at)}, and did not ask for ${elsewhere.join(', ')} alone`;
      if (!isAnswered) yield { instanceId: elsewhere[0] ?? null, at, text };
    }
  }
}

/** EC2's status checks are asked of those whose agent was not heard in time: by their IDs, and once, as they fail then. */
export function* askedForStatus(evidence: Evidence): Generator<Found> {
  const asked = calls(evidence, 'DescribeInstanceStatus').filter(
    ({ error, principal }) => error === null && isOurs(principal),
  );
  for (const { at, instanceIds, principal } of asked) {
    const text = `${principal} asked for the status of the whole region at ${clock(evidence, at)}`;
    if (instanceIds.length === 0) yield { instanceId: null, at, text };
  }
  // What was struck asks again.
  if (evidence.faults.length > 0 || evidence.disturbances.length > 0) return;
  for (const { at, instanceIds, runId } of asked) {
    for (const instanceId of instanceIds) {
      const isSecond = asked.some((one) => one.at < at && one.runId === runId && one.instanceIds.includes(instanceId));
      const text = `the status of ${instanceId} was asked for a second time at ${clock(evidence, at)}`;
      if (isSecond) yield { instanceId, at, text };
    }
  }
}

import { isDeepStrictEqual } from 'node:util';
import type { Checker, Complaint } from '../evidence/checker.ts';
import {
  type CallEvidence,
  calls,
  changes,
  clock,
  DESCRIBE_LAG_SECONDS_MAX,
  type Evidence,
  type InstanceEvidence,
  isOurs,
  LEASE_TAG,
} from '../evidence/evidence.ts';
import { standingAt } from '../evidence/standings.ts';

/** The questions whether an instance may be stopped, in order: one that was allowed ends with `DryRunOperation`. */
const dryRunsOf = (evidence: Evidence, instanceId: string): CallEvidence[] =>
  calls(evidence, 'StopInstances').filter(
    ({ instanceIds, parameters }) => parameters['DryRun'] === 'true' && instanceIds.includes(instanceId),
  );

type Found = Omit<Complaint, 'promise'>;

/** The one document that may be sent. */
const DOCUMENT = 'AWS-UpdateSSMAgent';

/** What others see of tags may be so old (docs/aws-behaviour.md 45). */
const SEEN_MILLISECONDS = DESCRIBE_LAG_SECONDS_MAX * 1000;

/** Whether an instance had any lease at some moment in the seconds before. */
function hadLease(evidence: Evidence, instanceId: string, at: number): boolean {
  const before = evidence.instances.find((one) => one.instanceId === instanceId)?.before.lease ?? null;
  let has = before !== null;
  for (const change of changes(evidence, instanceId)) {
    if (change.facts.about !== 'tags' || change.at > at) continue;
    // The state until this change was seen for some seconds after it.
    if (has && change.at > at - SEEN_MILLISECONDS) return true;
    has = Object.hasOwn(change.facts.tags, LEASE_TAG);
  }
  return has;
}

/** Whether EC2 had said so before, to the same run, of the very stop that the instance needs. */
function mayBeStopped(evidence: Evidence, instanceId: string, { at, runId }: CallEvidence): boolean {
  const instance = evidence.instances.find((one) => one.instanceId === instanceId);
  // How it was stopped since, if it was, the timeline does not say.
  const wasStopped = changes(evidence, instanceId).some(
    ({ at: then, facts }) => then < at && facts.about === 'state' && facts.state === 'stopped',
  );
  const isHibernated = instance?.settled === 'hibernated' && !wasStopped;
  const twins = evidence.instances.filter((one) => areTwins(evidence, [one, instance], at));
  return twins
    .flatMap((one) => dryRunsOf(evidence, one.instanceId))
    .some(
      (asked) =>
        asked.runId === runId &&
        asked.at < at &&
        asked.error === 'DryRunOperation' &&
        (!isHibernated || asked.parameters['Hibernate'] === 'true'),
    );
}

/** What is asked of SSM before a stop: who is connected, and which commands are open, in the region or by instance. */
const ASKED_OF_SSM = [['DescribeSessions'], ['ListCommandInvocations', 'ListCommands']];

/** Whether SSM has answered the run since it holds the instance, if it has leased it: without such an answer it would never be stopped. */
function isSsmOpen(evidence: Evidence, instanceId: string, { at, runId }: CallEvidence): boolean {
  const leased = calls(evidence, 'CreateTags').find(
    (call) => call.error === null && call.runId === runId && call.instanceIds.includes(instanceId),
  );
  return ASKED_OF_SSM.every((operations) =>
    calls(evidence, ...operations).some(
      (call) =>
        call.error === null && call.runId === runId && call.at < at && call.at >= (leased?.at ?? evidence.startedAt),
    ),
  );
}

/** Whether no policy can tell two instances apart: they are the same, or their tags are, and they sleep in the same way. */
function areTwins(evidence: Evidence, [one, other]: [InstanceEvidence, InstanceEvidence | undefined], at: number) {
  const tagsOf = ({ instanceId }: InstanceEvidence) =>
    changes(evidence, instanceId).findLast((change) => change.at < at && change.facts.about === 'tags')?.facts;
  if (other === undefined) return false;
  if (one.instanceId === other.instanceId) return true;
  return one.settled === other.settled && tagsOf(one) !== undefined && isDeepStrictEqual(tagsOf(one), tagsOf(other));
}

/** Whether it slept right before a call, which may have changed that at once. */
const wasAsleep = (evidence: Evidence, instanceId: string, at: number): boolean => {
  const instance = evidence.instances.find((one) => one.instanceId === instanceId);
  return instance === undefined || ASLEEP.has(standingAt(evidence, instance, at - 1));
};

const ASLEEP = new Set(['stopped', 'hibernated', 'stopping']);

/** What a call did that the roles of template.yaml must not let pass, whatever the code does. */
function beyondRole(evidence: Evidence, call: CallEvidence): string | null {
  const { operation, parameters, instanceIds, at } = call;
  switch (operation) {
    case 'StartInstances':
    case 'StopInstances': {
      const bare = instanceIds.find((instanceId) => !hadLease(evidence, instanceId, at));
      if (bare !== undefined) return `${bare}, which carried no lease`;
      // To start what is awake changes nothing.
      const asleep = instanceIds.filter((id) => wasAsleep(evidence, id, at));
      const blind = operation === 'StartInstances' ? asleep.find((id) => !mayBeStopped(evidence, id, call)) : undefined;
      if (blind !== undefined) return `${blind}, of which it was not known that it may be stopped again`;
      const unasked = operation === 'StartInstances' ? asleep.find((id) => !isSsmOpen(evidence, id, call)) : undefined;
      return unasked === undefined ? null : `${unasked}, and SSM had not said who is at work`;
    }
    case 'CreateTags':
    case 'DeleteTags': {
      const keys = ((parameters['Tag'] ?? []) as { Key?: string }[]).map(({ Key }) => Key);
      const other = keys.find((key) => key !== LEASE_TAG);
      if (keys.length === 0) return 'all tags';
      return other === undefined ? null : `the tag ${other}`;
    }
    case 'SendCommand':
      return parameters['DocumentName'] === DOCUMENT ? null : `the document ${String(parameters['DocumentName'])}`;
    case 'TerminateInstances':
      return 'an instance';
    default:
      return null;
  }
}

export const withinRoles: Checker = {
  promise: 'within-roles',
  says: 'No instance without a lease is started or stopped, none is started before EC2 has said that it may be stopped again and SSM has answered what is asked before that, no other tag is touched, and no other document is sent.',
  check: (evidence) =>
    calls(evidence)
      .filter(({ principal, error }) => isOurs(principal) && error === null)
      .flatMap((call): Found[] => {
        const what = beyondRole(evidence, call);
        if (what === null) return [];
        const text = `${call.principal}, at ${clock(evidence, call.at)}: ${call.operation} of ${what}`;
        return [{ instanceId: call.instanceIds[0] ?? null, at: call.at, text }];
      }),
};

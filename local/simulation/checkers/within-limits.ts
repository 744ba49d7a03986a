import type { Checker, Complaint } from '../evidence/checker.ts';
import { type CallEvidence, calls, clock, type Evidence, isOurs } from '../evidence/evidence.ts';

type Found = Omit<Complaint, 'promise'>;

const HISTORY_EVENTS_MAX = 25_000;

const TAG_VALUE_LENGTH_MAX = 256;

const COMMENT_LENGTH_MAX = 100;

/** Instances that one call takes (docs/aws-behaviour.md 11, 24). */
const IDS_MAX: Record<string, number> = {
  SendCommand: 50,
  StartInstances: 1000,
  StopInstances: 1000,
  CreateTags: 1000,
  DeleteTags: 1000,
};

/** What AWS answers to a call that is not made as it wants it. */
const MALFORMED =
  /^(Validation|InvalidParameter|UnknownParameter|MissingParameter|FilterLimit|InvalidFilter|InvalidAction|UnknownOperation|Serialization|BadRequest|InternalError$|InternalFailure$|EntityTooLarge|DuplicateInstanceId|InvalidNextToken|InvalidCommandId)/;

/** Why a call is beyond its API's limits; null: it isn't. */
function beyond({ operation, parameters, instanceIds }: CallEvidence): string | null {
  const idsMax = IDS_MAX[operation];
  if (idsMax !== undefined && instanceIds.length > idsMax) return `named ${instanceIds.length} instances`;
  if (operation === 'DeleteTags' && ((parameters['Tag'] ?? []) as unknown[]).length === 0) {
    return 'named no tag, which removes all of them';
  }
  const tags = (parameters['Tag'] ?? []) as { Value?: string }[];
  if (tags.some(({ Value = '' }) => Value.length > TAG_VALUE_LENGTH_MAX)) return 'wrote a tag that is too long';
  const comment = parameters['Comment'];
  if (typeof comment === 'string' && comment.length > COMMENT_LENGTH_MAX) return 'wrote a comment that is too long';
  return null;
}

/** Errors that a fault or a window made were no answer to the call itself: they have no parameters. */
const isReal = ({ parameters }: CallEvidence): boolean => Object.keys(parameters).length > 0;

/** Only the answer tells that a group's query asks for other types of resources. */
const asksForInstances = ({ groups }: Evidence, { operation }: CallEvidence): boolean =>
  operation === 'ListGroupResources' &&
  groups.some(({ resourceTypes }) => resourceTypes?.includes('AWS::EC2::Instance') === false);

function ofCalls(evidence: Evidence): Found[] {
  return calls(evidence)
    .filter(({ principal }) => isOurs(principal))
    .flatMap((call): Found[] => {
      const { at, error, operation, principal } = call;
      const who = `${principal}, at ${clock(evidence, at)}, with ${operation}`;
      const why = isReal(call) ? beyond(call) : null;
      if (why !== null) return [{ instanceId: call.instanceIds[0] ?? null, at, text: `${who}: ${why}` }];
      if (error === null || !isReal(call) || !MALFORMED.test(error) || asksForInstances(evidence, call)) return [];
      return [{ instanceId: call.instanceIds[0] ?? null, at, text: `${who}: AWS answered ${error}` }];
    });
}

/** Five minutes of refusals are an answer, and a look that is tried again and again takes most of an hour at the longest. */
const ASKED_SECONDS = 3600;

/** The way back of one instance that a run has asked for, refused, again and again. */
function ofWaysBack(evidence: Evidence): Found[] {
  const refused = calls(evidence, 'StopInstances').filter(
    (call) =>
      call.parameters['DryRun'] === 'true' &&
      call.error !== null &&
      call.error !== 'DryRunOperation' &&
      // A run that is redriven asks anew.
      evidence.executions.some(({ name, lives }) => name === call.runId && lives.length === 1),
  );
  const ids = new Map(refused.flatMap((call) => call.instanceIds.map((id) => [`${call.runId} ${id}`, id] as const)));
  return [...ids].flatMap(([key, instanceId]): Found[] => {
    const asked = refused.filter(
      ({ runId, instanceIds }) => `${runId} ${instanceId}` === key && instanceIds.includes(instanceId),
    );
    const [first, last] = [asked[0]?.at ?? 0, asked.at(-1)?.at ?? 0];
    if (last - first <= ASKED_SECONDS * 1000) return [];
    const text = `was refused its way back at ${clock(evidence, first)}, and its run asked until ${clock(evidence, last)}`;
    return [{ instanceId, at: last, text }];
  });
}

export const withinLimits: Checker = {
  promise: 'within-limits',
  says: "Calls stay inside each API's limits, payloads and histories inside those of Step Functions, and no question is asked for hours.",
  check(evidence) {
    const { executions, longestHistory } = evidence;
    const failures = executions
      .filter(({ error }) => error === 'States.DataLimitExceeded' || error === 'States.Runtime')
      .map(({ name, error, endedAt }) => ({ instanceId: null, at: endedAt, text: `${name} ended with ${error}` }));
    const history =
      longestHistory > HISTORY_EVENTS_MAX
        ? [{ instanceId: null, at: null, text: `a history had ${longestHistory} events` }]
        : [];
    return [...ofCalls(evidence), ...ofWaysBack(evidence), ...failures, ...history];
  },
};

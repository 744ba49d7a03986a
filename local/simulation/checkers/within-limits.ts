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

function ofCalls(evidence: Evidence): Found[] {
  return calls(evidence)
    .filter(({ principal }) => isOurs(principal))
    .flatMap((call): Found[] => {
      const { at, error, operation, principal } = call;
      const who = `${principal}, at ${clock(evidence, at)}, with ${operation}`;
      const why = isReal(call) ? beyond(call) : null;
      if (why !== null) return [{ instanceId: call.instanceIds[0] ?? null, at, text: `${who}: ${why}` }];
      if (error === null || !isReal(call) || !MALFORMED.test(error)) return [];
      return [{ instanceId: call.instanceIds[0] ?? null, at, text: `${who}: AWS answered ${error}` }];
    });
}

export const withinLimits: Checker = {
  promise: 'within-limits',
  says: "Calls stay inside each API's limits, payloads and histories inside those of Step Functions.",
  check(evidence) {
    const { executions, longestHistory } = evidence;
    const failures = executions
      .filter(({ error }) => error === 'States.DataLimitExceeded' || error === 'States.Runtime')
      .map(({ name, error, endedAt }) => ({ instanceId: null, at: endedAt, text: `${name} ended with ${error}` }));
    const history =
      longestHistory > HISTORY_EVENTS_MAX
        ? [{ instanceId: null, at: null, text: `a history had ${longestHistory} events` }]
        : [];
    return [...ofCalls(evidence), ...failures, ...history];
  },
};

import { calls, changes, isOurs } from '../../evidence/evidence.ts';
import type { LineRule, ReportedLine } from './reported-line.ts';

/** What these say is that AWS has refused, so they name the call and its code. */
const QUOTING = new Set([
  'lease-refused',
  'start-refused',
  'no-capacity',
  'limit-reached',
  'way-back-denied',
  'lease-kept',
]);

/** A code of the network is the function's own: the account knows only that its answer did not arrive. */
const NETWORK = /^E[A-Z]+$|^(?:TimeoutError|AbortError|NetworkingError)$/;

/** The error that a reason names was really the answer to that call, and its text has both. */
export const quotedError: LineRule = (seen) => {
  const { reason } = seen.line;
  if (reason === null) return null;
  const { awsError: error, code, text } = reason;
  if (error === undefined) return QUOTING.has(code) ? `is ${code}, and the report names no call and no code` : null;
  if (!text.includes(error.call) || !text.includes(error.code))
    return `is told of with ${error.call}: ${error.code}, and its reason has not both: ${text}`;
  return wasAnswered(seen, error) ? null : `was never answered ${error.code} to ${error.call}, and the report says so`;
};

const wasAnswered = ({ evidence, instance, ended }: ReportedLine, error: { call: string; code: string }): boolean =>
  calls(evidence, error.call).some(
    ({ at, principal, error: answered, instanceIds }) =>
      at <= ended &&
      isOurs(principal) &&
      answered !== null &&
      (answered === error.code || NETWORK.test(error.code)) &&
      // What was struck on its way names no instance, and neither does a question about the whole region.
      (instanceIds.length === 0 || instanceIds.includes(instance.instanceId) || answered === error.code),
  ) ||
  changes(evidence, instance.instanceId).some(
    ({ at, facts }) => at <= ended && facts.about === 'state' && facts.stateReasonCode === error.code,
  );

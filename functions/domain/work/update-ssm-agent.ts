import { isAtLeast } from '../model/agent-version.ts';
import { reason } from '../model/reason.ts';
import type { FailureCode } from '../model/reason-codes.ts';
import type { Invocation, Judgement, Work } from './work.ts';

/** What the agent's updater prints when it fails (docs/aws-behaviour.md 5), most telling first. */
const FAILURES: { pattern: RegExp; code: FailureCode; text: string }[] = [
  { pattern: /updater died before updating/i, code: 'updater-died', text: 'the updater died before it updated' },
  {
    // 124: its script knows no way to install on this system, such as one without systemd.
    pattern: /unsupported on current platform|Failed update precondition check|Exit Status: 124/i,
    code: 'unsupported-platform',
    text: 'the agent cannot be updated on this platform',
  },
  { pattern: /insufficient available disk space/i, code: 'no-disk-space', text: 'there is not enough disk space' },
  {
    // No agent goes back to an older version here: so only a rollback uninstalls, or installs the version of before.
    pattern: /failed to (?:rollback|uninstall)|Initiating rollback \S+ to (\S+).*failed to install \S+ \1/is,
    code: 'rollback-failed',
    text: 'the update failed, and so did its rollback: the agent may be dead',
  },
  // Not "rollback" alone: a harmless "No rollback needed" follows most failures.
  {
    pattern: /rolled ?back \S+ to|Initiating rollback/i,
    code: 'update-rolled-back',
    text: 'the update failed and was rolled back',
  },
];

/** What may pass by itself: a download before the proxy is up, an installer that others hold (docs/aws-behaviour.md 5, 129). */
const PASSING = /failed to (?:download|install)/i;

/** The updater says so at its end; before its first line, the plugin has only prepared it. */
const isUnchanged = (output: string): boolean =>
  /No rollback needed/i.test(output) || !/^Updating \S+ from/im.test(output);

/**
 * The package manager has failed at all of the updater's tries, as while others hold its database, and what was installed before is
 * installed again. A new agent that would not start is rolled back, too: that does not pass (docs/aws-behaviour.md 129).
 */
const PUT_BACK = /failed to install [^\n]*Exit Status: 125\b.*rolled ?back \S+ to/is;

/** Cut off before it says how the rollback has ended. */
const ROLLING_BACK = /Initiating rollback(?!.*(?:rolled ?back \S+ to|failed to))/is;

const ANOTHER_UPDATE = /another update in progress/i;

/** The updater refuses to go back to an older version: an update of someone else was quicker, or the target is an old one. */
const NEWER = /enable allow downgrade/i;

const DONE = /updated successfully to|has already been installed/i;

const SKIPPED = /version \S+ is (deprecated|inactive|deprecated\/inactive), update skipped/i;

const TELLING = /fail|unsupported|insufficient|died|older version|another update|skipped/i;

/** The line that says what happened: the first that tells of trouble, for the ones after it are only its consequences. */
function tellingLine(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.find((line) => TELLING.test(line)) ?? lines.at(-1) ?? '';
}

/** Only what is known whole says that the agent is as it was. */
function judgeFailure({ output, statusDetails, refusal }: Invocation): Judgement {
  const known = FAILURES.find(({ pattern }) => pattern.test(output));
  const said = tellingLine(output);
  const refused = refusal === undefined ? '' : `, and SSM did not give its whole output (${refusal.text})`;
  const ended = `the command ended ${statusDetails}${refused}`;
  const saying = said === '' ? ended : `${ended}: "${said}"`;
  const isWhole = refusal === undefined;
  if (known) {
    const passes = isWhole && known.code === 'update-rolled-back' && PUT_BACK.test(output);
    return { verdict: 'failed', reason: reason(known.code, `${known.text} (${saying})`), passes };
  }
  const passes = isWhole && PASSING.test(output) && isUnchanged(output);
  return { verdict: 'failed', reason: reason('update-failed', `the update failed (${saying})`), passes };
}

/** Success has three meanings, and only the output tells them apart (docs/aws-behaviour.md 4). */
function judgeSuccess({ output }: Invocation): Judgement {
  if (SKIPPED.test(output)) {
    return {
      verdict: 'failed',
      reason: reason('target-not-active', `the update was skipped: "${tellingLine(output)}"`),
    };
  }
  return { verdict: 'done' };
}

/** The command never reached the agent, so nothing of it runs (docs/aws-behaviour.md 12). */
const NEVER_DELIVERED = new Set(['Undeliverable', 'InvalidPlatform', 'AccessDenied']);

/** Each status and status detail of an invocation (docs/aws-behaviour.md 11, 12). One that is unknown is not over. */
function judge(invocation: Invocation): Judgement {
  const { status } = invocation;
  // Both spellings are met: "DeliveryTimedOut" and "Delivery Timed Out".
  const statusDetails = invocation.statusDetails.replaceAll(' ', '');
  if (NEVER_DELIVERED.has(statusDetails)) {
    const text = `the command could not be delivered: ${statusDetails}`;
    return { verdict: 'failed', reason: reason('update-undeliverable', text), wasNeverDelivered: true };
  }
  switch (status) {
    case 'Pending':
    case 'Delayed':
      return { verdict: 'pending' };
    case 'Success':
      return judgeSuccess(invocation);
    case 'Failed':
      if (statusDetails === 'Terminated') break;
      if (NEWER.test(invocation.output)) return { verdict: 'done', isNewer: true };
      if (ANOTHER_UPDATE.test(invocation.output)) {
        return {
          verdict: 'busy',
          reason: reason('another-update', `the agent said: "${tellingLine(invocation.output)}"`),
        };
      }
      return judgeFailure(invocation);
    case 'Cancelled':
    case 'TimedOut':
      break;
    default:
      return { verdict: 'running' };
  }
  // Given up by the service, not ended by the agent: DeliveryTimedOut comes to a running update as well.
  return {
    verdict: 'lost',
    reason: reason('update-lost', `the command ended ${statusDetails} without a word of the agent`),
    // A cancellation can come too late: then the agent has begun (docs/aws-behaviour.md 56).
    wasNeverTaken: status === 'Cancelled' && invocation.startedAt === null,
  };
}

/** AWS-UpdateSSMAgent: brings the agent to an explicit version, never downwards. */
export const updateSsmAgent: Work = {
  documentName: 'AWS-UpdateSSMAgent',
  // The updater's lock lets no two updates be at work on one agent, and a target that is reached already is skipped: a
  // second command does no harm (docs/aws-behaviour.md 4, 6). A third would tell no more than the second.
  commandsMax: 2,
  // Without a version the document takes the manifest's newest, which can differ from the one that is verified (32).
  parameters: (target) => ({ version: [target], allowDowngrade: ['false'] }),
  isAtTarget: isAtLeast,
  isConclusive: ({ output }) =>
    !ROLLING_BACK.test(output) &&
    [DONE, NEWER, SKIPPED, ANOTHER_UPDATE, ...FAILURES.map(({ pattern }) => pattern)].some((pattern) =>
      pattern.test(output),
    ),
  judge,
};

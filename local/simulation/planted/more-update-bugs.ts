import { readFileSync } from 'node:fs';
import type { PlantedBug } from './bug.ts';

const ASL = 'statemachine/update-agents.asl.json';

/** How ListInstances is tried again, as it stands there. */
const listing = (() => {
  const text = readFileSync(new URL(`../../../${ASL}`, import.meta.url), 'utf8');
  const begin = text.indexOf('"ListInstances": {');
  return text.slice(begin, text.indexOf('"Catch"', begin));
})();

const listingWith = (text: string, instead: string) => ({
  file: ASL,
  find: listing,
  replace: listing.replace(text, instead),
});

/** As it stands in two rules, of which the second try is the one that returns at once. */
const MAY_RESEND =
  'const mayResend = instance.commands.length < work.commandsMax && !isRefused && maySendTo(instance, now);';

const BROKEN = '"Lambda.CodeArtifactUserFailedException"';

/** Bugs that break no promise to the instances, but fail healthy ones, or keep them awake, for nothing. */
export const needlessBugs: PlantedBug[] = [
  {
    name: 'exit-not-retried',
    what: 'ListInstances is not tried again after its process has exited',
    patches: [
      {
        file: ASL,
        find: listing,
        replace: listing.replace('"Runtime.ExitError",', '').replace(BROKEN, `${BROKEN}, "Runtime.ExitError"`),
      },
    ],
  },
  {
    name: 'aws-not-waited-for',
    what: 'ListInstances gives AWS five tries to answer, in a minute or so',
    patches: [
      listingWith(
        '"ErrorEquals": ["AwsUnavailable"],',
        '"ErrorEquals": ["AwsUnavailable"], "IntervalSeconds": 5, "BackoffRate": 2, "MaxAttempts": 4 }, { "ErrorEquals": ["NeverThrown"],',
      ),
    ],
  },
  {
    name: 'cold-function-given-up',
    what: 'ListInstances is tried four times while Lambda gets it ready, in half a minute or so',
    patches: [listingWith('"Lambda.CodeArtifactUserPendingException",', '"Lambda.NeverThrownException",')],
  },
  {
    name: 'newer-agent-failed',
    what: 'an agent that is newer than the target by now has failed',
    patches: [
      {
        file: 'functions/domain/work/update-ssm-agent.ts',
        find: "      if (NEWER.test(invocation.output)) return { verdict: 'done', isNewer: true };",
        replace: '',
      },
    ],
  },
  {
    name: 'lost-command-kept-open',
    what: 'a command that never came to the agent is waited for, although a later one got through',
    patches: [
      {
        file: 'functions/domain/work/sent-commands.ts',
        find: 'isBeforeThat(command.sentAt) ? gotThroughAt : null',
        replace: "command.commandId === '' ? gotThroughAt : null",
      },
    ],
  },
  {
    name: 'cancelled-kept-open',
    what: 'a command that was cancelled before the agent took it is waited for',
    patches: [
      {
        file: 'functions/domain/work/update-ssm-agent.ts',
        find: "    wasNeverTaken: status === 'Cancelled' && invocation.startedAt === null,",
        replace: '    wasNeverTaken: false,',
      },
    ],
  },
  {
    name: 'duplicates-counted',
    what: 'a command that the SDK sent twice leaves none to be sent after the update of AWS itself',
    patches: [
      {
        file: 'functions/domain/steps/update.ts',
        find: 'isDue && !hasSentSince && work.commandsMax > 1 &&',
        replace: 'isDue && !hasSentSince && instance.commands.length < work.commandsMax &&',
      },
    ],
  },
  {
    name: 'no-second-try',
    what: 'an update that failed for a cause that passes is not tried again',
    patches: [
      {
        file: 'functions/domain/work/second-try.ts',
        find: 'const isAllowed = passes && ',
        replace: 'const isAllowed = !passes && passes && ',
      },
    ],
  },
  {
    name: 'third-try',
    what: 'an update that fails again and again is tried again and again',
    patches: [
      {
        file: 'functions/domain/work/second-try.ts',
        find: 'passes && instance.commands.length < work.commandsMax && ',
        replace: 'passes && work.commandsMax > 1 && ',
      },
      {
        file: 'functions/domain/steps/update.ts',
        find: `${MAY_RESEND}\n  if (mayResend) return`,
        replace: 'const mayResend = !isRefused && maySendTo(instance, now);\n  if (mayResend) return',
      },
    ],
  },
  {
    name: 'tried-after-a-change',
    what: 'an update that was rolled back is tried again, whatever its cause',
    patches: [
      {
        file: 'functions/domain/work/update-ssm-agent.ts',
        find: "known.code === 'update-rolled-back' && PUT_BACK.test(output)",
        replace: "known.code === 'update-rolled-back'",
      },
    ],
  },
  {
    name: 'session-cut-short',
    what: 'the restore deadline ends the wait for a session',
    patches: [
      {
        file: 'functions/domain/steps/restore.ts',
        find: '  if (isAfter(until, now)) return { ...wait(activity, until), outlastsDeadline: true };',
        replace: '  if (isAfter(until, now)) return wait(activity, until);',
      },
    ],
  },
  {
    name: 'hourly-called-lost',
    what: 'an agent that pings every hour has half an hour to report the version',
    patches: [{ file: 'template.yaml', find: '    Default: 3900', replace: '    Default: 1800' }],
  },
  {
    name: 'found-late-undelivered',
    what: 'a lost command that is found again is called undelivered before SSM was asked how it stands',
    patches: [
      {
        file: 'functions/update-agent/update-agent.ts',
        find: 'lost.flatMap(toFollow).filter(isLost)',
        replace: 'lost.flatMap(toFollow).filter(isLost).slice(0, 0)',
      },
    ],
  },
];

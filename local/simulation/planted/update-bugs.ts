import type { PlantedBug } from './bug.ts';

const ASL = 'statemachine/update-agents.asl.json';

const catchBefore = (next: string) => `            "Catch": [
              {
                "ErrorEquals": ["States.ALL"],
                "ResultPath": "$.error",
                "Next": "RestoreInstances"
              }
            ],
            "Next": "${next}"`;

/** Bugs of readiness, updating, verifying and reporting. */
export const updatingBugs: PlantedBug[] = [
  {
    name: 'sends-after-its-end',
    what: 'an instance is sent its update however late it is',
    patches: [
      {
        file: 'functions/domain/work/send-turn.ts',
        find: '  !isAfter(now, sendUntil);',
        replace: '  !isAfter(now, sendUntil) || now.getTime() > 0;',
      },
    ],
  },
  {
    name: 'catch-removed',
    what: 'UpdateAgent has no Catch any more',
    patches: [{ file: ASL, find: catchBefore('AnyToVerify'), replace: '            "Next": "AnyToVerify"' }],
  },
  {
    name: 'catch-skips-restoring',
    what: "CheckReadiness' Catch ends the batch",
    patches: [
      {
        file: ASL,
        find: catchBefore('AnyToUpdate'),
        replace: catchBefore('AnyToUpdate').replace('"Next": "RestoreInstances"', '"Next": "BatchSettled"'),
      },
    ],
  },
  {
    name: 'stale-ping-accepted',
    what: 'the ping of an earlier boot counts',
    patches: [
      {
        file: 'functions/domain/work/fresh-ping.ts',
        find: '  return isOfThisBoot && isRecent && isNewer ? { ...agent, lastPingAt } : null;',
        replace: '  return isNewer ? { ...agent, lastPingAt } : null;',
      },
    ],
  },
  {
    name: 'end-of-boot-overlooked',
    what: 'an instance that was stopped or terminated while its command is at work is waited for until the deadline',
    patches: [
      {
        file: 'functions/domain/steps/update.ts',
        find: '  if (ended === null) return decision;',
        replace: "  if (ended === null || decision.action === 'wait') return decision;",
      },
    ],
  },
  {
    name: 'silence-not-explained',
    what: 'an agent is called lost though its instance was stopped',
    patches: [
      {
        file: 'functions/domain/steps/boot-end.ts',
        find: "  if (state === 'stopped' || state === 'stopping') {",
        replace: "  if (state === 'stopping' && launchTime === null) {",
      },
    ],
  },
  {
    name: 'versions-compared-as-text',
    what: '3.3.90.0 counts as newer than 3.3.551.0',
    patches: [
      {
        file: 'functions/domain/model/agent-version.ts',
        find: '  return compareVersions(version, target) >= 0;',
        replace: '  return version >= target;',
      },
    ],
  },
  {
    name: 'success-believed',
    what: "the command's own success counts as a proof of the version",
    patches: [
      {
        file: 'functions/domain/steps/verify.ts',
        find: '  if (proof?.version != null && work.isAtTarget(proof.version, target)) {',
        replace:
          "  if (target !== '') return moves(finishAtTarget(given, target, null));\n  if (proof?.version != null && work.isAtTarget(proof.version, target)) {",
      },
    ],
  },
  {
    name: 'verified-too-soon',
    what: 'the first ping after an update decides, although it may carry the version of before',
    patches: [
      {
        file: 'functions/domain/steps/verify.ts',
        find: '  if (isAfter(until, now)) return stays(instance,',
        replace: '  if (isAfter(since, now)) return stays(instance,',
      },
    ],
  },
  {
    name: 'hard-deadline-ignored',
    what: 'an update that may still be at work is not waited for',
    patches: [
      {
        file: 'functions/domain/work/sent-commands.ts',
        find: '  return until !== null && isAfter(until, now) ? until : null;',
        replace: "  return until === 'never' ? until : null;",
      },
    ],
  },
  {
    name: 'readiness-deadline-ignored',
    what: 'an agent that never comes is waited for until the run ends',
    patches: [
      {
        file: 'functions/domain/steps/readiness.ts',
        find: "  if (isAfter(until, now)) return stays(instance, 'booting',",
        replace: "  if (until !== null) return stays(instance, 'booting',",
      },
    ],
  },
  {
    name: 'waits-for-an-hour',
    what: 'the wait between two looks grows to an hour',
    patches: [
      {
        file: 'functions/domain/batch/counts-and-wait.ts',
        find: 'export const WAIT_SECONDS_MAX = 120;',
        replace: 'export const WAIT_SECONDS_MAX = 3600;',
      },
      {
        file: 'functions/domain/batch/counts-and-wait.ts',
        find: '      : Math.round(secondsBetween(lastProgressAt, now) / 4);',
        replace: '      : Math.round(secondsBetween(lastProgressAt, now) * 10);',
      },
    ],
  },
  {
    name: 'always-succeeds',
    what: 'every report says that the run succeeded',
    patches: [
      {
        file: 'functions/domain/report/report.ts',
        find: "  return instances.some(failsItsRun) || (noneTookPart && !allowEmpty) ? 'failed' : 'succeeded';",
        replace: "  return bad && noneTookPart && allowEmpty ? 'failed' : 'succeeded';",
      },
    ],
  },
  {
    name: 'excluded-counted-as-updated',
    what: 'excluded instances are counted as updated',
    patches: [
      {
        file: 'functions/domain/report/report.ts',
        find: "    updated: of('updated'),",
        replace: "    updated: of('updated') + of('excluded'),",
      },
      { file: 'functions/domain/report/report.ts', find: "    excluded: of('excluded'),", replace: '    excluded: 0,' },
    ],
  },
  {
    name: 'no-result-counts-as-updated',
    what: 'an instance without a result counts as updated',
    patches: [
      {
        file: 'functions/domain/report/report.ts',
        find: "    outcome: settled?.outcome ?? 'failed',",
        replace: "    outcome: settled?.outcome ?? 'updated',",
      },
    ],
  },
  {
    name: 'comment-too-long',
    what: 'the comment of a command is longer than SSM takes',
    patches: [
      {
        file: 'functions/aws/ssm-commands.ts',
        find: '      Comment: comment,',
        replace: "      Comment: comment.padEnd(120, '.'),",
      },
    ],
  },
];

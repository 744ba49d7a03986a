import type { PlantedBug } from './bug.ts';

const RESTORE = 'functions/domain/steps/restore.ts';

/** Bugs of what is done after something has gone wrong: by a run that goes on, and by the reconciler after one that is dead. */
export const recoveryBugs: PlantedBug[] = [
  {
    name: 'given-up-untried',
    what: 'an instance whose time to be restored is over is given up, although it was never told to stop',
    patches: [
      {
        file: 'functions/domain/steps/restore-decision.ts',
        find: "  const isFirstStop = decision.action === 'stop' && instance.stopAcceptedAt === null && instance.lastRefusal === null;",
        replace: "  const isFirstStop = decision.action === 'stop' && instance.stopAcceptedAt === '';",
      },
    ],
  },
  {
    name: 'silence-taken-for-idle',
    what: 'an instance of which SSM can not say whether anyone is at work on it is stopped',
    patches: [
      {
        file: 'functions/operations/confirm-stops.ts',
        find: '    const otherActivity = otherActivityUnknown(refusalOf(failure.call ?? SSM, failure));',
        replace:
          "    const otherActivity = failure.code === '' ? otherActivityUnknown(refusalOf(SSM, failure)) : null;",
      },
    ],
  },
  {
    name: 'others-commands-ignored',
    what: "someone else's command keeps no instance awake",
    patches: [
      {
        file: 'functions/domain/steps/other-activity.ts',
        find: '  if (command !== undefined) {',
        replace: "  if (command?.commandId === '') {",
      },
    ],
  },
  {
    name: 'associations-ignored',
    what: 'an association that is at work keeps no instance awake',
    patches: [
      {
        file: 'functions/domain/steps/other-activity.ts',
        find: '  if (association === undefined) return null;',
        replace: '  if (association !== null) return null;',
      },
    ],
  },
  {
    name: 'late-starts-missed',
    what: 'what a copy of a failed StartInstances still does to an instance that was tried before is not looked for',
    patches: [
      {
        file: 'functions/operations/recover-failed-step.ts',
        find: '    const found = mayBeStartedLate(instance) ?',
        replace: "    const found = mayBeStartedLate(instance) && instance.owner.kind === 'none' ?",
      },
    ],
  },
  {
    name: 'strays-not-waited-for',
    what: 'a Lambda that may still start the instance is not waited for before it is stopped',
    patches: [{ file: RESTORE, find: '  waitForOtherWriters,\n', replace: '' }],
  },
  {
    name: 'older-attempts-forgotten',
    what: 'of several attempts of a dead run to start an instance only the one that its lease names is known',
    patches: [
      {
        file: 'functions/domain/ownership/lease-status.ts',
        find: '  const attempts = newestFirst(attemptsOn(instanceId, readable));',
        replace: '  const attempts = newestFirst(attemptsOn(instanceId, [record]));',
      },
    ],
  },
  {
    name: 'reported-before-put-back',
    what: 'a dead run is reported although its instances are not put back yet',
    patches: [
      {
        file: 'functions/reconcile-leases/report-dead-runs.ts',
        find: '  if (await isHeld(bucket, open, leased)) return null;',
        replace: "  if (open.runId === '' && (await isHeld(bucket, open, leased))) return null;",
      },
    ],
  },
  {
    name: 'dead-for-ever',
    what: 'a run that was found dead is not asked for again before its lock is taken',
    patches: [
      {
        file: 'functions/reconcile-leases/restore-under-lock.ts',
        find: "(lock === 'dead' && (await isStillDead(tools)));",
        replace: "lock === 'dead';",
      },
    ],
  },
  {
    name: 'reconciler-lock-for-the-taking',
    what: 'the lock of a reconciler that is at work counts as that of a dead one',
    patches: [
      {
        file: 'functions/domain/ownership/run-lock.ts',
        find: "secondsBetween(lock.expiresAt, now) > 0 ? 'dead' : 'ending'",
        replace: "secondsBetween(lock.takenAt, now) >= 0 ? 'dead' : 'ending'",
      },
    ],
  },
  {
    name: 'held-without-lease',
    what: 'a run removes the lease of what others keep awake, so nothing puts it back',
    patches: [
      {
        file: 'functions/domain/steps/restore.ts',
        find: 'return settle(ec2.state, { reason: retold(activity, text) });',
        replace: 'return settle(ec2.state, { releaseLease: true, reason: retold(activity, text) });',
      },
    ],
  },
  {
    name: 'opt-out-in-run-ignored',
    what: 'an instance whose owner has put the opt-out tag on it in mid-run is stopped',
    patches: [
      {
        file: 'functions/domain/steps/restore.ts',
        find: '  return optOut === null ? null : settleOptedOut(optOut, { releaseLease: true });',
        replace: "  return optOut !== '' ? null : settleOptedOut(optOut, { releaseLease: true });",
      },
    ],
  },
  {
    name: 'adopted-not-recorded',
    what: 'a run that takes over what a dead one has left does not record whose start it was',
    patches: [
      {
        file: 'functions/start-instances/write-record.ts',
        find: '      adopted: candidate.adopted,',
        replace: '      adopted: candidate.adopted.slice(candidate.adopted.length),',
      },
    ],
  },
  {
    name: 'put-back-untold',
    what: 'the report of a dead run does not say what ReconcileLeases has put back, and when',
    patches: [
      {
        file: 'functions/reconcile-leases/report-dead-runs.ts',
        find: 'makeReport(tools, open, RUN_DIED, recall)',
        replace: 'makeReport(tools, open, RUN_DIED)',
      },
    ],
  },
  {
    name: 'dead-updates-forgotten',
    what: 'an instance is sent an update although that of a dead run is still at work on it',
    patches: [
      {
        file: 'functions/update-agent/send-work.ts',
        find: 'return command === null ? [] :',
        replace: 'return command === null || command !== null ? [] :',
      },
    ],
  },
];

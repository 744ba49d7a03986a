import type { PlantedBug } from './bug.ts';
import { WITHOUT_IAM } from './start-bugs.ts';

const RECONCILER = 'functions/reconcile-leases/restore-under-lock.ts';

/** Bugs of putting back, of the lock and of the reconciler. */
export const restoringBugs: PlantedBug[] = [
  {
    name: 'stops-by-list',
    what: 'every instance of the batch is stopped, not only those that are held',
    patches: [
      {
        file: 'functions/domain/steps/restore.ts',
        find: "  if (owner.kind === 'none') return settleNotOurs(instance, ec2, given.now);",
        replace:
          "  if (owner.kind === 'none' && ec2.state === 'running') return { action: 'stop', hibernate: false };\n  if (owner.kind === 'none') return settleNotOurs(instance, ec2, given.now);",
      },
      WITHOUT_IAM,
    ],
  },
  {
    name: 'stops-after-its-end',
    what: 'an instance is stopped however late it is',
    patches: [
      {
        file: 'functions/domain/steps/restore.ts',
        find: '  isAfter(now, instance.stopUntil);',
        replace: "  isAfter(now, '2099-01-01T00:00:00.000Z') && isAfter(now, instance.stopUntil);",
      },
      {
        file: 'functions/operations/stop-and-release.ts',
        find: 'hasTime() && !isAfter(now(), stopUntil);',
        replace: 'hasTime() && !isAfter(stopUntil, "2099-01-01T00:00:00.000Z") && now().getTime() > 0;',
      },
    ],
  },
  {
    name: 'lease-kept-after-its-end',
    what: 'an instance that is left awake keeps its lease',
    patches: [
      {
        file: 'functions/domain/steps/restore.ts',
        find: 'const releaseLease = ec2.tags[LEASE_TAG] !== undefined;',
        replace: "const releaseLease = ec2.tags[LEASE_TAG] === '';",
      },
    ],
  },
  {
    name: 'left-awake-in-silence',
    what: 'ReconcileLeases does not say what it has left awake',
    patches: [
      {
        file: 'functions/domain/report/reconcile-report.ts',
        find: "const action = isLeftAwakeByEnd(decision) ? 'left-awake' : kept;",
        replace: "const action = isLeftAwakeByEnd(decision) ? 'waiting' : kept;",
      },
    ],
  },
  {
    name: 'lease-removed-early',
    what: 'the lease goes while the instance is still stopping',
    patches: [
      {
        file: 'functions/domain/steps/restore.ts',
        find: "  return ec2.state === 'stopping' ? wait(reason('stopping', 'it is stopping'), null) : null;",
        replace:
          "  return ec2.state === 'stopping' ? settle('stopped', { releaseLease: true, wasSeenStopped: true }) : null;",
      },
    ],
  },
  {
    name: 'hibernate-flag-dropped',
    what: 'a hibernated instance is just stopped',
    patches: [
      {
        file: 'functions/aws/ec2-start-stop.ts',
        find: 'StopInstancesCommand(stopOf(InstanceIds, options.hibernate))',
        replace: 'StopInstancesCommand(stopOf(InstanceIds, options.hibernate && InstanceIds.length === 0))',
      },
    ],
  },
  {
    name: 'session-ignored',
    what: "someone else's session keeps no instance awake",
    patches: [
      {
        file: 'functions/domain/steps/other-activity.ts',
        find: '  if (session !== undefined) {',
        replace: "  if (session?.sessionId === '') {",
      },
    ],
  },
  {
    name: 'old-session-counted',
    what: 'a session of before this boot, whose window was closed, keeps its instance awake',
    patches: [
      {
        file: 'functions/domain/steps/other-activity.ts',
        find: '    isOfThisBoot(startedAt, launchTime);\n  const session',
        replace: "    startedAt !== '';\n  const session",
      },
    ],
  },
  {
    name: 'quiet-ends-with-its-run',
    what: 'a run that takes over what another one has left to others puts it back at once',
    patches: [
      {
        file: 'functions/restore-instances/restore-instances.ts',
        find: 'readHolds(tools, takenOver(batch, instances, facts));',
        replace: 'readHolds(tools, takenOver(batch, instances, new Map()));',
      },
    ],
  },
  {
    name: 'memory-forgotten',
    what: 'a session that came back with the memory of a hibernated instance counts as one of before this boot',
    patches: [
      {
        file: 'functions/domain/steps/other-activity.ts',
        find: "(originalState === 'hibernated' && isConnected) ||",
        replace: "(originalState === 'running' && isConnected) ||",
      },
    ],
  },
  {
    name: 'lost-lease-ignored',
    what: 'a lease that someone else has taken away is not missed',
    patches: [
      {
        file: 'functions/domain/steps/restore.ts',
        find: '  if (carried === expectedLease || secondsBetween',
        replace: '  if (carried !== null || secondsBetween',
      },
      WITHOUT_IAM,
    ],
  },
  {
    name: 'stripped-counts-as-ours',
    what: 'an instance whose lease a tool has stripped is settled as if it slept, without a word of who has it',
    patches: [
      {
        file: 'functions/domain/steps/restore.ts',
        find: '  return lost === null ? null : leaveAwake(ours, lost, { releaseLease: false });',
        replace: "  return lost === null ? null : settle('stopped', {});",
      },
    ],
  },
  {
    name: 'no-op-start-takes-over',
    what: "a scheduler's start of what sleeps again is taken for the boot of before: any boot of a held instance is ended",
    patches: [
      {
        file: 'functions/domain/ownership/attempt.ts',
        find: "  return judged.some(({ boot }) => boot?.kind === 'doubtful') ? 'doubtful' : 'others';",
        replace: "  return judged.some(({ boot }) => boot?.kind === 'doubtful') ? 'doubtful' : 'ours';",
      },
    ],
  },
  {
    name: 'all-tags-deleted',
    what: 'DeleteTags names no tag',
    patches: [
      {
        file: 'functions/aws/ec2-tags.ts',
        find: 'new DeleteTagsCommand({ Resources, Tags: [{ Key: key, Value: value }] })',
        replace: 'new DeleteTagsCommand({ Resources })',
      },
    ],
  },
  {
    name: 'lock-always-taken',
    what: 'a lock that another run has just written counts as our own, and is not looked at again',
    patches: [
      {
        file: 'functions/operations/take-run-lock.ts',
        find: '  if (written) return true;',
        replace: '  if (written || seen === null) return true;',
      },
      {
        file: 'functions/operations/take-run-lock.ts',
        find: '  isHeldBy((await readLock(bucket))?.value ?? null, run);',
        replace: '  (await readLock(bucket)) !== undefined && run !== undefined;',
      },
    ],
  },
  {
    name: 'lock-taken-from-the-living',
    what: 'the lock of a running run is taken',
    patches: [
      {
        file: 'functions/domain/ownership/run-lock.ts',
        find: "  if (status === 'free' || status === 'dead') return { action: 'take' };",
        replace: "  if (status === 'free' || status !== 'ending') return { action: 'take' };",
      },
    ],
  },
  {
    name: 'twins-fight',
    what: 'a second delivery of an occurrence is not recognised',
    patches: [
      {
        file: 'functions/domain/ownership/run-lock.ts',
        find: "  if (isSameOccurrence) return { action: 'leave', claim: 'already-running', runId: lock.runId };",
        replace: '',
      },
    ],
  },
  {
    name: 'lock-of-the-dead-kept',
    what: 'the lock of a dead run is never released',
    patches: [
      {
        file: RECONCILER,
        find: '  if (mayAct && seenLock !== null && isWhole(survey)) await releaseLock(tools.bucket, seenLock);',
        replace: '',
      },
    ],
  },
  {
    name: 'reconciler-takes-the-living',
    what: 'the reconciler puts back what a running run holds',
    patches: [
      {
        file: 'functions/domain/ownership/lease-status.ts',
        find: "  if (liveness.includes('alive')) return",
        replace: '  if (liveness.length === 0) return',
      },
      {
        file: RECONCILER,
        find: "  const mayAct = lock === 'free' || (lock === 'dead' && (await isStillDead(tools)));",
        replace: '  const mayAct = true;',
      },
    ],
  },
  {
    name: 'reconciler-forgets-commands',
    what: 'the reconciler looks for no commands of ours that are still at work',
    patches: [
      {
        file: 'functions/reconcile-leases/restore-orphans.ts',
        find: '  const instances = group.map((orphan) => withLostCommands(toBatchInstance(orphan), sent));',
        replace:
          '  const instances = group.map((orphan) => withLostCommands(toBatchInstance(orphan), sent.slice(sent.length)));',
      },
      {
        file: 'functions/domain/steps/other-activity.ts',
        find: '    .filter((one) => one.instanceId === instanceId && isOwnComment(one.comment))',
        replace: "    .filter((one) => one.instanceId === instanceId && one.comment === 'nothing')",
      },
    ],
  },
  {
    name: 'reconciler-forgets-hibernation',
    what: 'the reconciler just stops what was hibernated',
    patches: [
      {
        file: 'functions/domain/steps/orphan.ts',
        find: '  const { originalState, deadSince, ends, attempts } = status;',
        replace: "  const { deadSince, ends, attempts } = status;\n  const originalState = 'stopped';",
      },
    ],
  },
  {
    name: 'reconciler-sleeps',
    what: 'the reconciler never acts',
    patches: [
      {
        file: RECONCILER,
        find: "  const mayAct = lock === 'free' || (lock === 'dead' && (await isStillDead(tools)));",
        replace: '  const mayAct = false;',
      },
    ],
  },
];

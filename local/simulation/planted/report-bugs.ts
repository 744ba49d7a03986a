import type { PlantedBug } from './bug.ts';

/** Bugs of what is told: the account is as it should be, or is not, and the report says otherwise. */
export const reportingBugs: PlantedBug[] = [
  {
    name: 'hibernation-loss-untold',
    what: 'that EC2 has lost a memory is not told',
    patches: [
      {
        file: 'functions/domain/steps/restore.ts',
        find: "originalState === 'hibernated' && finalState !== 'hibernated'",
        replace: "originalState === 'hibernated' && finalState === 'lost'",
      },
    ],
  },
  {
    name: 'left-awake-untold',
    what: 'the subject is silent on the instances that were left awake',
    patches: [
      {
        file: 'functions/domain/report/headline.ts',
        find: 'bad(leftAwake.length > 0,',
        replace: 'bad(leftAwake.length > 500,',
      },
    ],
  },
  {
    name: 'back-by-hearsay',
    what: 'the subject says that all are back, whatever the outcomes say',
    patches: [
      {
        file: 'functions/domain/report/way-back-claim.ts',
        find: 'if (unknown + differ > 0) return',
        replace: 'if (unknown + differ > 500) return',
      },
    ],
  },
  {
    name: 'failed-runs-unmeasured',
    what: 'the metric of failed runs is always 0',
    patches: [
      {
        file: 'functions/operations/make-report.ts',
        find: "status === 'failed' ? 1 : 0",
        replace: "status === 'failed' ? 0 : 0",
      },
    ],
  },
  {
    name: 'version-before-forgotten',
    what: 'the version before is what SSM said at the listing, not what the agent said before its update',
    patches: [
      {
        file: 'functions/domain/report/report.ts',
        find: 'versionBefore: versionBefore ?? member.version',
        replace: 'versionBefore: member.version',
      },
    ],
  },
  {
    name: 'dead-runs-unreported',
    what: 'a run that died before its report never gets one',
    patches: [
      {
        file: 'functions/reconcile-leases/report-dead-runs.ts',
        find: "!== 'dead') return null",
        replace: "!== 'alive') return null",
      },
    ],
  },
  {
    name: 'theirs-after-a-minute',
    what: 'an instance goes to someone else after a session of a minute',
    patches: [
      {
        file: 'functions/domain/model/limits.ts',
        find: 'OTHER_ACTIVITY_WAIT_SECONDS = 20 * 60',
        replace: 'OTHER_ACTIVITY_WAIT_SECONDS = 60',
      },
    ],
  },
  {
    name: 'start-untold',
    what: 'no event tells of a run before it wakes instances',
    patches: [
      {
        file: 'functions/list-instances/list-instances.ts',
        find: '  await tellEventBus(tools, runStarted(run, instances, settings.BUCKET_NAME), timeKeeper(context));',
        replace: '  runStarted(run, instances, settings.BUCKET_NAME);\n  timeKeeper(context);',
      },
    ],
  },
  {
    name: 'muted-too-shortly',
    what: 'the event of a start calls the run over as soon as it begins',
    patches: [
      {
        file: 'functions/domain/model/run-event.ts',
        find: 'addSeconds(run.stopUntil, RUN_FOLLOWS_SECONDS)',
        replace: 'addSeconds(run.startedAt, RUN_FOLLOWS_SECONDS / 60)',
      },
    ],
  },
  {
    name: 'hibernated-unnamed',
    what: 'the event of a start does not name the hibernated ones',
    patches: [
      {
        file: 'functions/domain/model/run-event.ts',
        find: "originalState === 'stopped' || originalState === 'hibernated'",
        replace: "originalState === 'stopped'",
      },
    ],
  },
  {
    name: 'end-of-the-dead-untold',
    what: 'no event tells of the end of a run that died',
    patches: [
      {
        file: 'functions/reconcile-leases/report-dead-runs.ts',
        find: '    await tellEventBus(tools, runFinished(report, tools.bucketName), tools.hasTime);',
        replace: '    runFinished(report, tools.bucketName);',
      },
    ],
  },
  {
    name: 'end-untold',
    what: 'no event tells of the end of a run that made its own report',
    patches: [
      {
        file: 'functions/report-run/report-run.ts',
        find: '  await tellEventBus(tools, runFinished(report, tools.bucketName), tools.hasTime);',
        replace: '  runFinished(report, tools.bucketName);',
      },
    ],
  },
  {
    name: 'reported-while-taken-over',
    what: 'a dead run is reported while another run works on its instances',
    patches: [
      {
        file: 'functions/reconcile-leases/reconcile-leases.ts',
        find: 'new Set([...stillOpen.map(',
        replace: "new Set([...stillOpen.filter(({ status }) => status.kind === 'orphaned').map(",
      },
    ],
  },
];

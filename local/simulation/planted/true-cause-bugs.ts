import type { PlantedBug } from './bug.ts';

/** Bugs of causes: what is odd about one instance is not seen, or called by a wrong name. */
export const trueCauseBugs: PlantedBug[] = [
  {
    name: 'late-lack-of-capacity-final',
    what: 'a start that falls back for lack of capacity is not tried until the deadline',
    patches: [
      {
        file: 'functions/domain/steps/start-refusal.ts',
        find: 'const rule = lacksCapacity(errorCode) ? {',
        replace: "const rule = errorCode === '' ? {",
      },
    ],
  },
  {
    name: 'internal-error-final',
    what: 'a start that falls back by an error of EC2 is not tried once more',
    patches: [
      {
        file: 'functions/domain/steps/start-refusal.ts',
        find: "fault === 'Server' && isFirst",
        replace: "fault === 'Client' && isFirst",
      },
    ],
  },
  {
    name: 'status-checks-ignored',
    what: 'an operating system that does not answer is called an agent that never registered',
    patches: [
      {
        file: 'functions/domain/steps/readiness.ts',
        find: "checks[check] === 'impaired'",
        replace: "checks[check] === 'never'",
      },
    ],
  },
  {
    name: 'root-volume-not-looked-at',
    what: 'an instance without a root volume takes part, and is asked to start',
    patches: [
      {
        file: 'functions/aws/ec2-describe.ts',
        find: "RootDeviceType === 'ebs' &&",
        replace: "RootDeviceType === 'none' &&",
      },
    ],
  },
  {
    name: 'manifest-not-looked-at',
    what: 'an instance is woken for a version of which the region has no file for it',
    patches: [
      {
        file: 'functions/domain/listing/agent-manifest.ts',
        find: 'return files.length > 0 && !hasIt;',
        replace: 'return files.length < 0 && !hasIt;',
      },
    ],
  },
  {
    name: 'windows-given-up-early',
    what: 'a stop of Windows that installs updates is given up at the usual deadline',
    patches: [
      {
        file: 'functions/domain/model/limits.ts',
        find: '{ Windows: 60 * 60 }',
        replace: '{}',
      },
    ],
  },
  {
    name: 'newer-agent-untold',
    what: 'that an agent is newer than the target is not said',
    patches: [{ file: 'functions/domain/steps/verify.ts', find: 'why ?? newer', replace: 'why' }],
  },
  {
    name: 'clock-of-instance-believed',
    what: "the end of a command is taken from the instance's clock, however wrong that is",
    patches: [
      {
        file: 'functions/domain/work/sent-commands.ts',
        find: 'endedAt === null || isAfter(sentAt, endedAt) || isAfter(endedAt, now) ? toTimestamp(now) : endedAt',
        replace: 'endedAt ?? toTimestamp(now)',
      },
    ],
  },
  {
    name: 'skipped-step-quoted',
    what: 'of a document with several steps, the first one is quoted, although it was skipped',
    patches: [
      {
        file: 'functions/aws/ssm-commands.ts',
        find: 'return failed.length > 0 ? failed : plugins.filter(',
        replace: 'return failed.length >= 0 ? plugins : plugins.filter(',
      },
    ],
  },
  {
    name: 'late-credentials-not-awaited',
    what: 'agents that get their credentials late are given up after twenty minutes',
    patches: [{ file: 'template.yaml', find: '    Default: 2100\n', replace: '    Default: 1200\n' }],
  },
];

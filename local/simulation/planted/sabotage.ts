import type { PlantedBug } from './bug.ts';

/**
 * Our own functions, built so that they ignore a lease, a lock or a rule before they stop, start, untag or send: then only
 * the roles of template.yaml stand between them and other people's instances.
 */
export const sabotages: readonly PlantedBug[] = [
  {
    name: 'stops-all-it-knows',
    what: 'RestoreInstances stops every instance that it looks at, whatever the rules say',
    patches: [
      {
        file: 'functions/operations/stop-and-release.ts',
        find: "    if (decision.action !== 'stop') continue;\n    const { stopUntil } = instance;\n    const { hibernate } = decision;",
        replace: '    const { stopUntil } = instance;\n    const hibernate = false;',
      },
    ],
  },
  {
    name: 'stops-a-stranger',
    what: 'each stop names another instance of the account as well',
    patches: [
      {
        file: 'functions/operations/stop-and-release.ts',
        find: 'const { refused, undecided, untried } = await stopInstances(ec2, ids, { hibernate, turn, hasTime: maySend });',
        replace:
          "const more = ids.length > 0 ? [...new Set([...ids, 'i-00000000000000001'])] : ids;\n    const { refused, undecided, untried } = await stopInstances(ec2, more, { hibernate, turn, hasTime: maySend });",
      },
    ],
  },
  {
    name: 'stops-without-lease',
    what: 'a lease that someone took away is no reason not to stop',
    patches: [{ file: 'functions/domain/steps/restore.ts', find: '  leaveWithoutLease,\n', replace: '' }],
  },
  {
    name: 'starts-before-lease',
    what: 'StartInstances is called before the lease is written',
    patches: [
      {
        file: 'functions/aws/ec2-tags.ts',
        find: '    await ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: key, Value: value }] }));',
        replace:
          '    if (Resources.length > 1000) await ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: key, Value: value }] }));',
      },
    ],
  },
  {
    name: 'untags-names',
    what: 'the name tag goes with the lease',
    patches: [
      {
        file: 'functions/aws/ec2-tags.ts',
        find: 'new DeleteTagsCommand({ Resources, Tags: [{ Key: key, Value: value }] })',
        replace: "new DeleteTagsCommand({ Resources, Tags: [{ Key: key, Value: value }, { Key: 'Name' }] })",
      },
    ],
  },
  {
    name: 'untags-everything',
    what: 'DeleteTags names no tag, which removes all of them',
    patches: [
      {
        file: 'functions/aws/ec2-tags.ts',
        find: 'new DeleteTagsCommand({ Resources, Tags: [{ Key: key, Value: value }] })',
        replace: 'new DeleteTagsCommand({ Resources })',
      },
    ],
  },
  {
    name: 'tags-an-opt-out',
    what: 'another tag is written with the lease',
    patches: [
      {
        file: 'functions/aws/ec2-tags.ts',
        find: 'new CreateTagsCommand({ Resources, Tags: [{ Key: key, Value: value }] })',
        replace:
          "new CreateTagsCommand({ Resources, Tags: [{ Key: key, Value: value }, { Key: 'reveille:opt-out', Value: 'true' }] })",
      },
    ],
  },
  {
    name: 'sends-a-script',
    what: 'another document is sent',
    patches: [
      {
        file: 'functions/domain/work/update-ssm-agent.ts',
        find: "documentName: 'AWS-UpdateSSMAgent'",
        replace: "documentName: 'AWS-RunShellScript'",
      },
    ],
  },
  {
    name: 'lock-ignored',
    what: 'a run that has lost its lock goes on starting and sending',
    patches: [
      {
        file: 'functions/operations/take-run-lock.ts',
        find: 'isHeldBy((await readLock(bucket))?.value ?? null, run)',
        replace: '((await readLock(bucket)) ?? null) === null || run !== null',
      },
    ],
  },
  {
    name: 'restarts-and-sessions-ignored',
    what: 'what someone else restarted or works on is stopped all the same',
    patches: [
      { file: 'functions/domain/steps/restore.ts', find: '  leaveUnlessOurs,\n', replace: '' },
      { file: 'functions/domain/steps/restore.ts', find: '  waitForOtherActivity,\n', replace: '' },
    ],
  },
];

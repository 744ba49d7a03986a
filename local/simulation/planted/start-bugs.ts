import type { PlantedBug } from './bug.ts';

/** IAM itself refuses to start or stop what carries no lease: another lock on the same door. */
export const WITHOUT_IAM = {
  file: 'template.yaml',
  find: '                  aws:ResourceTag/reveille:lease: "false"',
  replace: '                  aws:ResourceTag/no-such-tag: "true"',
};

/** Bugs of listing, holding and starting. */
export const startingBugs: PlantedBug[] = [
  {
    name: 'lease-after-start',
    what: 'the lease is written after the start',
    patches: [
      {
        file: 'functions/start-instances/lease-and-start.ts',
        find: '  return tagInstances(ec2, idsOf(unleased), tag, { turn: batch.invocations, hasTime });',
        replace:
          '  const { invocations: turn } = batch;\n  return startInstances(ec2, idsOf(unleased), { turn, hasTime }).then(() => tagInstances(ec2, idsOf(unleased), tag, { turn, hasTime }));',
      },
      WITHOUT_IAM,
    ],
  },
  {
    name: 'no-record',
    what: 'no record is written before the start',
    patches: [
      {
        file: 'functions/start-instances/write-record.ts',
        find: 'etag: await tools.bucket.putOnce(recordKey(value, value.attempt), value)',
        replace: 'etag: null',
      },
    ],
  },
  {
    name: 'launch-time-not-compared',
    what: 'any boot of a held instance counts as our own',
    patches: [
      {
        file: 'functions/domain/ownership/attempt.ts',
        find: "boot?.kind === 'known' && boot.launchTime === launchTime)",
        replace: "boot?.kind === 'known' && launchTime !== null)",
      },
    ],
  },
  {
    name: 'lost-attempts-forgotten',
    what: 'a try whose reply was lost is not looked for',
    patches: [
      {
        file: 'functions/operations/find-lost-attempts.ts',
        find: 'known.has(attempt) ? null',
        replace: '!known.has(attempt) ? null',
      },
    ],
  },
  {
    name: 'opt-out-ignored',
    what: 'the opt-out tag is not looked at',
    patches: [
      {
        file: 'functions/domain/ownership/opt-out.ts',
        find: "  if (value === undefined || value.toLowerCase() === 'false') return null;",
        replace: '  if (value !== null) return null;',
      },
    ],
  },
  {
    name: 'auto-scaling-ignored',
    what: 'members of Auto Scaling groups take part',
    patches: [
      {
        file: 'functions/domain/listing/controller.ts',
        find: '  return mark === undefined ? null',
        replace: "  return mark?.code !== 'managed-by-others' ? null",
      },
    ],
  },
  {
    name: 'managed-ignored',
    what: 'what EC2 says of a managing service is not looked at',
    patches: [
      {
        file: 'functions/domain/listing/controller.ts',
        find: '  if (managedBy !== null) return',
        replace: "  if (managedBy === 'no such service') return",
      },
    ],
  },
  {
    name: 'hidden-not-asked-for',
    what: 'describes leave out what the account hides',
    patches: [
      {
        file: 'functions/aws/ec2-describe.ts',
        find: '{ IncludeManagedResources: true }',
        replace: '{ IncludeManagedResources: false }',
      },
    ],
  },
  {
    name: 'nodes-dropped',
    what: 'managed nodes outside of EC2 are left out in silence',
    patches: [
      {
        file: 'functions/aws/resource-groups.ts',
        find: 'idsOf(all.resources, MANAGED_NODE)',
        replace: "idsOf(all.resources, 'no such type')",
      },
    ],
  },
  {
    name: 'no-place-for-instances-unread',
    what: 'a group that can hold no instances is taken for an empty one',
    patches: [
      {
        file: 'functions/aws/resource-groups.ts',
        find: '  if (all.isWhole && ofInstances.length > 0) return found;',
        replace: '  if (all.isWhole) return found;',
      },
    ],
  },
  {
    name: 'controllers-without-tags',
    what: 'the tags of EMR and Karpenter are not looked at',
    patches: [
      {
        file: 'functions/domain/listing/controller.ts',
        find: 'Object.hasOwn(tags, tag)',
        replace: "Object.hasOwn(tags, tag) && tag.startsWith('aws:autoscaling')",
      },
    ],
  },
  {
    name: 'stop-protection-ignored',
    what: 'stop protection is not asked for',
    patches: [
      {
        file: 'functions/aws/ec2-describe.ts',
        find: 'return reply.DisableApiStop?.Value ?? false;',
        replace: 'return reply.DisableApiStop === null;',
      },
    ],
  },
  {
    name: 'page-token-dropped',
    what: 'only the first page of a group is read (pages have two instances here)',
    patches: [
      {
        file: 'functions/aws/resource-groups.ts',
        find: '    nextToken = reply.NextToken;',
        replace: '    nextToken = undefined;',
      },
      { file: 'functions/aws/resource-groups.ts', find: 'const PAGE_SIZE = 50;', replace: 'const PAGE_SIZE = 2;' },
    ],
  },
  {
    name: 'bisect-drops-half',
    what: 'of those that are refused together only the first half is tried again',
    patches: [
      {
        file: 'functions/aws/sdk/take-apart.ts',
        find: 'join([first, await halve(ids.slice(middle), call, options)])',
        replace: 'join([first])',
      },
    ],
  },
  {
    name: 'ends-ignored-at-start',
    what: 'instances are woken however late it is',
    patches: [
      {
        file: 'functions/domain/steps/start.ts',
        find: '  const late = tooLateToStart(instance, now);',
        replace: "  const late = tooLateToStart({ ...instance, sendUntil: '2099-01-01T00:00:00.000Z' }, now);",
      },
    ],
  },
  {
    name: 'start-window-unbounded',
    what: 'a boot counts as our own for a day after our start',
    patches: [
      {
        file: 'functions/domain/ownership/attempt.ts',
        find: '  startBy: addSeconds(now, START_SENDING_SECONDS + requestSeconds + CLOCK_MARGIN_SECONDS),',
        replace: '  startBy: addSeconds(now, 86_400),',
      },
    ],
  },
  {
    name: 'late-boot-is-theirs',
    what: 'a boot of which LaunchTime comes later than five seconds after the reply never counts as our own',
    patches: [
      {
        file: 'functions/domain/ownership/boot.ts',
        find: 'secondsAfterReply <= CLOCK_MARGIN_SECONDS || (secondsAfterReply <= LATE_BOOT_SECONDS && isAlone)',
        replace: 'secondsAfterReply <= CLOCK_MARGIN_SECONDS && isAlone === isAlone',
      },
    ],
  },
  {
    name: 'doubt-is-ours',
    what: 'a boot counts as our own however late its LaunchTime comes, and whatever was seen before',
    patches: [
      {
        file: 'functions/domain/ownership/boot.ts',
        find: 'secondsAfterReply <= CLOCK_MARGIN_SECONDS || (secondsAfterReply <= LATE_BOOT_SECONDS && isAlone)',
        replace: 'secondsAfterReply <= 86_400 || isAlone',
      },
    ],
  },
  {
    name: 'boot-overwritten',
    what: 'which boot is ours is written again at each look',
    patches: [
      {
        file: 'functions/operations/prove-boots.ts',
        find: '(await bucket.putOnce(key, boot)) !== null',
        replace: '(await bucket.put(key, boot)) !== null',
      },
    ],
  },
  {
    name: 'doubt-untold',
    what: 'what is left awake in doubt is told as stopped',
    patches: [
      {
        file: 'functions/domain/steps/restore.ts',
        find: '      return leaveAwake(ours, bootInDoubt(launchTime), { releaseLease: true });',
        replace: "      return settle('stopped', { releaseLease: true });",
      },
    ],
  },
  {
    name: 'taken-over-as-stopped',
    what: 'an instance that was found awake is taken for our own',
    patches: [
      {
        file: 'functions/domain/steps/start.ts',
        find: "  const isInDoubt = owner === 'doubtful' || orphanOwner === 'doubtful';",
        replace:
          "  const { launchTime } = ec2;\n  if (owner !== 'doubtful') return { action: 'take-over', ends: given.instance, adopted: [{ attempt: 'none', recordedAt: launchTime, startBy: new Date(Date.parse(launchTime) + 1000).toISOString() }] };\n  const isInDoubt = orphanOwner === 'doubtful';",
      },
    ],
  },
];

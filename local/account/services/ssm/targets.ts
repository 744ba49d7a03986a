import * as z from 'zod';
import { ServiceError } from '../../wire/service-error.ts';
import type { CommandTarget, Resolved, World } from '../../world/model.ts';
import type { Call } from '../operation.ts';
import { groupNameIn } from '../resource-groups.ts';
import { takesCommands } from './agents.ts';

const GROUP = 'resource-groups:Name';

const TYPES = 'resource-groups:ResourceTypeFilters';

const TAG = /^tag:./;

/** The only type of resource that the groups here are made of. */
const EC2_INSTANCE = 'AWS::EC2::Instance';

const SENDABLE_TYPES = [EC2_INSTANCE, 'AWS::SSM::ManagedInstance'];

const VALUES_MAX = 5;

export const targetsSchema = z
  .array(
    z.strictObject({
      Key: z
        .string()
        .min(1)
        .max(163)
        .regex(/^[\p{L}\p{Z}\p{N}_.:/=\-@]*$/u),
      Values: z.array(z.string()).min(1).max(50),
    }),
  )
  .max(5);

/**
 * @throws as SSM does for targets that it does not take (docs/aws-behaviour.md 57), and for keys that are not known here
 */
export function parseTargets(given: z.infer<typeof targetsSchema>): CommandTarget[] {
  const targets = given.map(({ Key, Values }) => ({ key: Key, values: Values }));
  const fault = FAULTS.find(({ isIn }) => isIn(targets));
  if (fault !== undefined) throw new ServiceError('ValidationException', fault.message);
  return targets;
}

const hasTwice = (values: string[]): boolean => new Set(values).size < values.length;

const valuesOf = (targets: CommandTarget[], key: string): string[] | undefined =>
  targets.find((target) => target.key === key)?.values;

const hasGroup = (targets: CommandTarget[]): boolean => targets.some(({ key }) => key === GROUP || key === TYPES);

const someTag = (targets: CommandTarget[], isSuch: (tag: CommandTarget) => boolean = () => true): boolean =>
  targets.some((target) => TAG.test(target.key) && isSuch(target));

/** What SSM refuses, and its words where they were recorded; the first that fits counts. */
const FAULTS: { isIn(targets: CommandTarget[]): boolean; message: string }[] = [
  {
    isIn: (targets) => targets.some(({ key }) => key !== GROUP && key !== TYPES && !TAG.test(key)),
    message: `Targets: a key is one of tag:KEY, ${GROUP} and ${TYPES} here.`,
  },
  {
    isIn: (targets) => hasTwice(targets.map(({ key }) => key)),
    message: 'Duplicate keys are not supported for targets. Remove the duplicate key, and try again.',
  },
  {
    isIn: (targets) => targets.some(({ values }) => hasTwice(values)),
    message:
      'Duplicate values are not supported for Instance IDs, tag or resource group targets.Remove the duplicate value from key, and try again.',
  },
  {
    isIn: (targets) => hasGroup(targets) && someTag(targets),
    message:
      'A tag-key name or tag key-value pair can’t be specified together in the same command as a resource group target. Remove one target type, and try again.',
  },
  {
    isIn: (targets) => (valuesOf(targets, GROUP)?.length ?? 0) > 1,
    message:
      'Multiple resource key values are not supported for resource group targets. Remove all but one value, and try again.',
  },
  {
    isIn: (targets) => valuesOf(targets, TYPES)?.some((type) => SENDABLE_TYPES.includes(type)) === false,
    message:
      'Resource type filters must specify at least one of the valid send-command resource types: AWS::EC2::Instance or AWS::SSM::ManagedInstance.Add one or all of these valid types, and try again.',
  },
  {
    isIn: (targets) => valuesOf(targets, TYPES) !== undefined && valuesOf(targets, GROUP) === undefined,
    message: `Targets: ${TYPES} needs ${GROUP} here.`,
  },
  {
    isIn: (targets) =>
      (valuesOf(targets, TYPES)?.length ?? 0) > VALUES_MAX ||
      someTag(targets, ({ values }) => values.length > VALUES_MAX),
    message: `Targets: at most ${VALUES_MAX} values are allowed for a tag, and ${VALUES_MAX} resource types.`,
  },
];

/**
 * The instances that targets come to at a moment: what SSM manages and can send a command to. Others, such as the stopped
 * members of a group, are left out without a word (docs/aws-behaviour.md 58, 59).
 * @returns null if the caller may not list the group
 */
export function resolveTargets({ world, reach }: Call, targets: CommandTarget[], at: number): Resolved | null {
  const [group] = valuesOf(targets, GROUP) ?? [];
  if (group !== undefined && !reach.group(group, at)) return null;
  const meant = group === undefined ? taggedIds(world, targets, at) : membersOf(world, group, targets);
  const instanceIds = meant.filter((id) => takesCommands(world.machines.get(id)));
  return { instanceIds, deniedIds: instanceIds.filter((id) => !reach.instance(id, at)) };
}

/** What carries all these tags, as describes show them. */
const taggedIds = (world: World, tags: CommandTarget[], at: number): string[] =>
  [...world.machines.values()]
    .filter((machine) => {
      const shown = world.view(machine, at).tags;
      return tags.every(({ key, values }) => {
        const value = shown.get(key.slice('tag:'.length));
        return value !== undefined && values.includes(value);
      });
    })
    .map(({ id }) => id);

/** A group that does not exist has no members, and that is no error (docs/aws-behaviour.md 58). */
function membersOf(world: World, group: string, targets: CommandTarget[]): string[] {
  const types = valuesOf(targets, TYPES) ?? [EC2_INSTANCE];
  return types.includes(EC2_INSTANCE) ? (world.groups.get(groupNameIn(group)) ?? []) : [];
}

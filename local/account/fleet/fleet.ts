import * as z from 'zod';
import { agentVersionSchema } from '../../../functions/domain/model/agent-version.ts';
import { parsePlainly, sentencesOf } from '../../../functions/domain/model/plain-words.ts';
import { BadInput } from '../../base/bad-input.ts';
import { printable } from '../../base/printable.ts';
import { readJsonFile } from '../../base/read-json-file.ts';
import { behaviourNames } from './behaviours.ts';
import { oddAnswerSchema } from './odd-answers.ts';
import { platformNames } from './platforms.ts';

const INSTANCES_MAX = 1000;

const GROUPS_MAX = 20;

/** So many of the things that are wrong are told. */
const TOLD_MAX = 20;

const oneOf = (names: readonly string[]) => `give one of ${names.join(', ')}`;

const instanceSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^i-[0-9a-z]{1,40}$/, 'give "i-" and lower-case letters or digits, such as "i-0123456789abcdef0"')
      .describe('Instance ID'),
    name: z.string().min(1).max(255).optional().describe('Value of the tag Name'),
    state: z.enum(['stopped', 'running']).describe('EC2 state before the run'),
    platform: z.enum(platformNames, { error: oneOf(platformNames) }),
    agentVersion: agentVersionSchema.describe('Version of the agent that is installed'),
    behaviours: z
      .array(z.enum(behaviourNames, { error: oneOf(behaviourNames) }))
      .default([])
      .describe('What is special about it; docs/embedded-account.md says what each one does'),
    answers: z
      .array(oddAnswerSchema, 'give a list of answers')
      .max(20)
      .optional()
      .describe('Calls that AWS refuses as soon as they name this instance'),
  })
  .refine(
    ({ state, behaviours }) =>
      state === 'stopped' || !(behaviours.includes('hibernated') || behaviours.includes('hibernation-falls-back')),
    { path: ['state'], error: 'give "stopped": the instance is hibernated' },
  );
export type FleetInstance = z.infer<typeof instanceSchema>;

const resourceType = z.string().regex(/^AWS::[a-zA-Z0-9]+::\w+$/, 'give a type, such as "AWS::S3::Bucket"');

const groupSchema = z.strictObject({
  name: z.string().min(1).max(300).describe('Name of the resource group'),
  queryError: z
    .enum([
      'CLOUDFORMATION_STACK_INACTIVE',
      'CLOUDFORMATION_STACK_NOT_EXISTING',
      'CLOUDFORMATION_STACK_UNASSUMABLE_ROLE',
    ])
    .optional()
    .describe('The group is broken: it answers with this query error and an empty list'),
  resourceTypes: z.array(resourceType).min(1).optional().describe('Resource types of its query; left out: all of them'),
  otherResources: z
    .array(
      z.strictObject({
        type: resourceType,
        arn: z
          .string()
          .regex(/^arn:[^/]*[^/]+(\/\S+)?$/, 'give an ARN')
          .describe('ARN; its last part is its ID'),
      }),
    )
    .optional()
    .describe('What it names beside EC2 instances, such as managed nodes outside of EC2 (mi-)'),
  instances: z.array(instanceSchema, 'give a list of instances'),
});

function duplicates(values: string[]): string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.has(value) || !seen.add(value));
}

/** A fleet: what the embedded account consists of. Published as schemas/fleet.schema.json. */
export const fleetSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors; not looked at'),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'give a region, such as "eu-central-1"')
      .describe('AWS region of the account'),
    agentVersion: agentVersionSchema.describe("The region's latest agent version"),
    groups: z.array(groupSchema, `give a list of 1 to ${GROUPS_MAX} groups`).min(1).max(GROUPS_MAX),
  })
  .superRefine(({ groups }, context) => {
    for (const name of duplicates(groups.map((group) => group.name))) {
      context.addIssue({
        code: 'custom',
        path: ['groups'],
        message: `give each group once: there are two of the name "${name}"`,
      });
    }
    const seen = new Map<string, string>();
    for (const [groupIndex, group] of groups.entries()) {
      const twice = new Set(duplicates(group.instances.map(({ id }) => id)));
      for (const [index, instance] of group.instances.entries()) {
        const text = JSON.stringify(instance);
        if ((seen.get(instance.id) ?? text) !== text || twice.has(instance.id)) {
          const message = `${instance.id} stands there twice: give it once in a group, and the same in two groups`;
          context.addIssue({ code: 'custom', path: ['groups', groupIndex, 'instances', index, 'id'], message });
        }
        seen.set(instance.id, text);
      }
    }
    if (seen.size > INSTANCES_MAX) {
      context.addIssue({
        code: 'custom',
        path: ['groups'],
        message: `give at most ${INSTANCES_MAX} instances: there are ${seen.size}`,
      });
    }
  })
  .describe('A fleet of EC2 instances for the embedded account of Reveille');
export type Fleet = z.infer<typeof fleetSchema>;

/** @throws BadInput naming each field that is wrong and what is allowed there */
export function parseFleet(content: unknown, source: string): Fleet {
  const parsed = parsePlainly(fleetSchema, content);
  if (parsed.success) return parsed.data;
  const wrong = sentencesOf(parsed.error).map(printable);
  const more = wrong.length > TOLD_MAX ? [`and ${wrong.length - TOLD_MAX} more`] : [];
  const lines = [...wrong.slice(0, TOLD_MAX), ...more].map((line) => `\n  ${line}`);
  throw new BadInput(`${printable(source)} is not a fleet:${lines.join('')}`);
}

/** @throws BadInput if the file can't be read, is not JSON, or is not a fleet */
export const readFleet = (path: string): Fleet => parseFleet(readJsonFile(path), path);

import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { agentVersionSchema } from '../../../functions/domain/model/agent-version.ts';
import { BadInput } from '../../base/bad-input.ts';
import { behaviourNames } from './behaviours.ts';
import { platformNames } from './platforms.ts';

const INSTANCES_MAX = 1000;

const oneOf = (what: string, names: readonly string[]) => `${what}: expected one of ${names.join(', ')}`;

const instanceSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^i-[0-9a-z]{1,40}$/, 'expected "i-" and lower-case letters or digits, such as "i-0123456789abcdef0"')
      .describe('Instance ID'),
    name: z.string().min(1).max(255).optional().describe('Value of the tag Name'),
    state: z.enum(['stopped', 'running']).describe('EC2 state before the run'),
    platform: z.enum(platformNames, { error: oneOf('platform', platformNames) }),
    agentVersion: agentVersionSchema.describe('Version of the agent that is installed'),
    behaviours: z
      .array(z.enum(behaviourNames, { error: oneOf('behaviour', behaviourNames) }))
      .default([])
      .describe('What is special about it; docs/embedded-account.md says what each one does'),
  })
  .refine(
    ({ state, behaviours }) =>
      state === 'stopped' || !(behaviours.includes('hibernated') || behaviours.includes('hibernation-falls-back')),
    { path: ['state'], error: 'a hibernated instance is "stopped"' },
  );
export type FleetInstance = z.infer<typeof instanceSchema>;

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
  instances: z.array(instanceSchema),
});

const duplicates = (values: string[]): string[] => values.filter((value, index) => values.indexOf(value) !== index);

/** A fleet: what the embedded account consists of. Published as schemas/fleet.schema.json. */
export const fleetSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors; not looked at'),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region, such as "eu-central-1"')
      .describe('AWS region of the account'),
    agentVersion: agentVersionSchema.describe("The region's latest agent version"),
    groups: z.array(groupSchema).min(1).max(20),
  })
  .superRefine(({ groups }, context) => {
    for (const name of duplicates(groups.map((group) => group.name))) {
      context.addIssue({ code: 'custom', path: ['groups'], message: `the group "${name}" stands there twice` });
    }
    const seen = new Map<string, string>();
    for (const [groupIndex, group] of groups.entries()) {
      const twice = new Set(duplicates(group.instances.map(({ id }) => id)));
      for (const [index, instance] of group.instances.entries()) {
        const text = JSON.stringify(instance);
        if ((seen.get(instance.id) ?? text) !== text || twice.has(instance.id)) {
          const message = `${instance.id} stands there twice: in two groups it must say the same, in one it must stand once`;
          context.addIssue({ code: 'custom', path: ['groups', groupIndex, 'instances', index, 'id'], message });
        }
        seen.set(instance.id, text);
      }
    }
    if (seen.size > INSTANCES_MAX) {
      context.addIssue({
        code: 'custom',
        path: ['groups'],
        message: `${seen.size} instances; at most ${INSTANCES_MAX} are allowed`,
      });
    }
  })
  .describe('A fleet of EC2 instances for the embedded account of Reveille');
export type Fleet = z.infer<typeof fleetSchema>;

/** @throws BadInput naming each field that is wrong and what is allowed there */
export function parseFleet(content: unknown, source: string): Fleet {
  const parsed = fleetSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new BadInput(`${source} is not a fleet:\n${z.prettifyError(parsed.error)}`);
}

/** @throws BadInput if the file can't be read, is not JSON, or is not a fleet */
export function readFleet(path: string): Fleet {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new BadInput(`${path} cannot be read: ${(error as Error).message}`);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new BadInput(`${path} is not JSON: ${(error as Error).message}`);
  }
  return parseFleet(content, path);
}

import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { behaviourNames, dealtNames } from '../../../../local/account/fleet/behaviours.ts';
import { parseFleet, readFleet } from '../../../../local/account/fleet/fleet.ts';
import { mixedFleet } from '../../../../local/account/fleet/mixed-fleet.ts';
import { BadInput } from '../../../../local/base/bad-input.ts';

const fleetsFolder = new URL('../../../../fleets/', import.meta.url);
const files = readdirSync(fleetsFolder).filter((name) => name.endsWith('.json'));
const pathOf = (name: string) => new URL(name, fleetsFolder).pathname;

type Json = Record<string, unknown>;
const instance = (changes: Json = {}): Json => ({
  id: 'i-0123456789abcdef0',
  state: 'stopped',
  platform: 'ubuntu',
  agentVersion: '3.2.1630.0',
  behaviours: [],
  ...changes,
});
const group = (changes: Json = {}): Json => ({ name: 'dev', instances: [instance()], ...changes });
const fleet = (changes: Json = {}): Json => ({
  region: 'eu-central-1',
  agentVersion: '3.3.551.0',
  groups: [group()],
  ...changes,
});
const withInstances = (...instances: Json[]) => fleet({ groups: [group({ instances })] });
const without = (object: Json, name: string): Json =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));

/** @returns the message for the author of the file */
const complaint = (content: unknown): string => {
  try {
    parseFleet(content, 'my-fleet.json');
  } catch (error) {
    if (error instanceof BadInput) return error.message;
    throw error;
  }
  throw new Error('it was taken for a fleet');
};

describe('a good fleet file', () => {
  it('is taken as it is; behaviours and names may be left out', () => {
    expect(parseFleet(withInstances(without(instance(), 'behaviours')), 'f')).toEqual(fleet());
  });

  it.each<[string, Json]>([
    ['a group without instances', fleet({ groups: [group({ instances: [] })] })],
    ['an instance in two groups that say the same', fleet({ groups: [group(), group({ name: 'prod' })] })],
    ['a broken group', fleet({ groups: [group({ queryError: 'CLOUDFORMATION_STACK_INACTIVE', instances: [] })] })],
    ['several behaviours of one instance', withInstances(instance({ behaviours: ['slow-boot', 'slow-stop'] }))],
    ['an editor schema', fleet({ $schema: '../schemas/fleet.schema.json' })],
    ['every behaviour there is', withInstances(instance({ behaviours: [...behaviourNames] }))],
    ['another region', fleet({ region: 'us-gov-west-1' })],
  ])('may have %s', (_, content) => {
    expect(() => parseFleet(content, 'f')).not.toThrow();
  });
});

describe('a bad fleet file gets an error that names the field and what is allowed', () => {
  it.each<[string, unknown, string, string]>([
    ['no region', without(fleet(), 'region'), 'region', 'give a region, such as "eu-central-1"'],
    ['a region that is none', fleet({ region: 'Frankfurt' }), 'region', 'such as "eu-central-1"'],
    ['a version that is none', fleet({ agentVersion: 'latest' }), 'agentVersion', 'such as "3.3.551.0"'],
    ['no groups', fleet({ groups: [] }), 'groups', 'give a list of 1 to 20 groups'],
    ['no list of groups', without(fleet(), 'groups'), 'groups', 'give a list of 1 to 20 groups'],
    ['a group without a list', fleet({ groups: [{ name: 'dev' }] }), 'groups[0].instances', 'give a list of instances'],
    [
      'a group without a name',
      fleet({ groups: [group({ name: '' })] }),
      'groups[0].name',
      'give a text of 1 to 300 characters',
    ],
    [
      'a group twice',
      fleet({ groups: [group(), group()] }),
      'groups',
      'give each group once: there are two of the name "dev"',
    ],
    [
      'an unknown query error',
      fleet({ groups: [group({ queryError: 'BROKEN' })] }),
      'groups[0].queryError',
      'CLOUDFORMATION_STACK_INACTIVE',
    ],
    [
      'an unknown field of a group',
      fleet({ groups: [group({ tags: {} })] }),
      'groups[0]',
      'only name, queryError, resourceTypes, otherResources and instances can be given here, not "tags"',
    ],
    [
      'an unknown field',
      fleet({ agents: [] }),
      '',
      'only $schema, region, agentVersion and groups can be given here, not "agents"',
    ],
    ['an ID that is none', withInstances(instance({ id: 'web-1' })), 'groups[0].instances[0].id', 'such as "i-0123'],
    [
      'a state between two',
      withInstances(instance({ state: 'pending' })),
      'groups[0].instances[0].state',
      'give "stopped" or "running"',
    ],
    [
      'an unknown platform',
      withInstances(instance({ platform: 'debian' })),
      'groups[0].instances[0].platform',
      'give one of amazon-linux-2023, ubuntu, windows',
    ],
    [
      'an unknown behaviour',
      withInstances(instance({ behaviours: ['slow-boot', 'moody'] })),
      'groups[0].instances[0].behaviours[1]',
      `give one of ${behaviourNames.join(', ')}`,
    ],
    [
      'a version of three parts',
      withInstances(instance(), instance({ id: 'i-2', agentVersion: '3.2.1' })),
      'groups[0].instances[1].agentVersion',
      'such as "3.3.551.0"',
    ],
    [
      'a hibernated instance that runs',
      withInstances(instance({ state: 'running', behaviours: ['hibernated'] })),
      'groups[0].instances[0].state',
      'give "stopped": the instance is hibernated',
    ],
    [
      'an instance twice in a group',
      withInstances(instance(), instance()),
      'groups[0].instances[1].id',
      'give it once in a group',
    ],
    [
      'an instance that two groups tell differently',
      fleet({ groups: [group(), group({ name: 'prod', instances: [instance({ state: 'running' })] })] }),
      'groups[1].instances[0].id',
      'the same in two groups',
    ],
    [
      'more than a thousand instances',
      fleet({
        groups: Array.from({ length: 11 }, (_, of) =>
          group({
            name: `group-${of}`,
            instances: Array.from({ length: 91 }, (_, index) => instance({ id: `i-${of}x${index}` })),
          }),
        ),
      }),
      'groups',
      'give at most 1000 instances: there are 1001',
    ],
    ['a list', [], '', 'give an object with $schema, region, agentVersion and groups'],
    ['nothing', null, '', 'give an object with'],
  ])('%s', (_, content, field, allowed) => {
    const message = complaint(content);
    expect(message).toMatch(/^my-fleet\.json is not a fleet:\n/);
    const lines = message.split('\n').filter((line) => line.startsWith(field === '' ? '  ' : `  ${field}: `));
    expect(lines).toContainEqual(expect.stringContaining(allowed));
  });

  it('names all that is wrong at once', () => {
    const message = complaint(
      fleet({ region: 'x', groups: [group({ instances: [instance({ id: 'y', state: 'z' })] })] }),
    );
    for (const field of ['region', 'groups[0].instances[0].id', 'groups[0].instances[0].state']) {
      expect(message).toContain(`\n  ${field}: give `);
    }
  });

  it('names twenty at the most, and how many more there are', () => {
    const many = Array.from({ length: 25 }, (_, index) => instance({ id: `i-${index}`, state: 'asleep' }));
    const lines = complaint(withInstances(...many)).split('\n');
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe('  and 5 more');
  });

  it('never sends an order of the file to the terminal', () => {
    const order = '\u001b[2J';
    for (const content of [
      fleet({ [order]: 1 }),
      fleet({ groups: [group({ name: order }), group({ name: order })] }),
    ]) {
      expect(complaint(content)).toContain(String.raw`\x1b[2J`);
      expect(complaint(content)).not.toContain(order);
    }
  });

  it('of a hundred thousand instances comes soon', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => instance({ id: `i-${index}` }));
    expect(complaint(withInstances(...many))).toContain('there are 100000');
  });
});

describe('a file that is no fleet is answered by its name and what is wrong', () => {
  it.each([
    [new URL('../../../../biome.json', import.meta.url).pathname, 'biome.json is not a fleet'],
    [new URL('../../../../template.yaml', import.meta.url).pathname, 'template.yaml is not JSON'],
  ])('%s', (path, text) => {
    expect(() => readFleet(path)).toThrow(BadInput);
    expect(() => readFleet(path)).toThrow(text);
  });
});

describe('the fleets that are shipped', () => {
  it('are four at least', () => {
    expect(files).toEqual(
      expect.arrayContaining(['dev-and-prod.json', 'healthy.json', 'mixed-500.json', 'ordinary-night.json']),
    );
  });

  it.each(files)('%s is a fleet, by the code and by the published schema alike', (name) => {
    const schemaUrl = new URL('../../../../schemas/fleet.schema.json', import.meta.url);
    const { $id: _, ...schema } = JSON.parse(readFileSync(schemaUrl, 'utf8'));
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(() => readFleet(pathOf(name))).not.toThrow();
    expect(validate(JSON.parse(readFileSync(pathOf(name), 'utf8')))).toBe(true);
  });
});

describe('a mixed fleet', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(mixedFleet(40, 1)).toEqual(mixedFleet(40, 1));
    expect(mixedFleet(40, 2)).not.toEqual(mixedFleet(40, 1));
  });

  it.each([2, 3, 24, 300])('of %i has just so many instances, and is a good file', (count) => {
    const made = mixedFleet(count, 1);
    expect(made.groups.flatMap(({ instances }) => instances)).toHaveLength(count);
    expect(parseFleet(made, 'mixed')).toEqual(made);
  });

  it('of 500 is the shipped one', () => {
    const { $schema: _, ...shipped } = readFleet(pathOf('mixed-500.json'));
    expect(shipped).toEqual(mixedFleet(500, 1));
  });

  it('of 500 has every behaviour in it that is dealt and can be put back, and healthy instances too', () => {
    const all = mixedFleet(500, 1).groups.flatMap(({ instances }) => instances);
    expect(new Set(all.flatMap(({ behaviours }) => behaviours))).toEqual(
      new Set(dealtNames.filter((name) => name !== 'hangs-in-pending')),
    );
    expect(all.filter(({ behaviours }) => behaviours.length === 0).length).toBeGreaterThan(250);
  });
});

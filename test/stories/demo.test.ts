import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { reportSchema } from '../../functions/domain/report/report.ts';
import { exitCodeOf } from '../../local/base/command-line.ts';
import { demo } from '../../local/demo/run-demo.ts';
import { aFleet } from '../support/stories.ts';

const folder = mkdtempSync(join(tmpdir(), 'reveille-demo-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

async function type(...args: string[]) {
  const out: string[] = [];
  const errors: string[] = [];
  const error = (text: string) => errors.push(text);
  const output = { out: (text: string) => out.push(text), error, columns: 180, directory: folder, elapsed: () => 0 };
  const code = await exitCodeOf(() => demo(args, output), error);
  return { code, out: stripVTControlCharacters(out.join('\n')), errors: errors.join('\n') };
}

const small = file('small.json', aFleet({ dev: { web: {}, broken: { behaviours: ['update-fails'] } } }));

describe('npm run demo', () => {
  it('takes the shipped fleet through the whole workflow, and both promises hold', async () => {
    const { code, out } = await type();

    expect(code).toBe(0);
    expect(out).toContain('25 intended =');
    expect(out.match(/✓/g)).toHaveLength(7);
    expect(out).not.toContain('✗');
    expect(out).toMatch(/i-\w+ +web-1 +dev +stopped +stopped +3\.2\.1630\.0 +3\.3\.551\.0 +updated/);
  });

  it('shows what happens while it happens', async () => {
    const { out } = await type('--fleet', small);

    expect(out).toContain('StartInstances calls StartInstances (2)');
    expect(out).toMatch(/dev\/web +running/);
    expect(out).toContain('Success: amazon-ssm-agent updated successfully to 3.3.551.0');
    expect(out).not.toContain('reveille:lease');
  });

  it('prints just the report with --json, the same bytes each time', async () => {
    const first = await type('--fleet', small, '--json', '--seed', '5');
    const second = await type('--fleet', small, '--json', '--seed', '5');

    expect(first.code).toBe(0);
    expect(reportSchema.parse(JSON.parse(first.out)).counts).toMatchObject({ intended: 2, updated: 1, failed: 1 });
    expect(second.out).toBe(first.out);
  });

  it('says what a dry run would do', async () => {
    const { code, out } = await type('--fleet', small, '--dry-run');

    expect(code).toBe(0);
    expect(out).toContain('start-update-stop');
    expect(out).toContain('Of 2 instances, 2 would be woken');
  });

  it('can be limited to a group, and the coverage is that group’s', async () => {
    const { code, out } = await type('--group', 'prod', '--json');

    expect(code).toBe(0);
    expect(
      new Set((JSON.parse(out) as { instances: { group: string }[] }).instances.map(({ group }) => group)),
    ).toEqual(new Set(['prod']));
  });

  it.each([
    ['a fleet that does not exist', ['--fleet', 'nowhere.json'], 'cannot be read'],
    ['a fleet that is no JSON', ['--fleet', file('text.json', 'hello')], 'is not JSON'],
    [
      'a fleet without groups',
      ['--fleet', file('a.json', { region: 'eu-central-1', agentVersion: '3.3.551.0' })],
      'groups',
    ],
    [
      'a platform that is unknown',
      ['--fleet', file('b.json', bad({ platform: 'plan9' }))],
      'expected one of amazon-linux-2023, ubuntu, windows',
    ],
    [
      'a behaviour that is unknown',
      ['--fleet', file('c.json', bad({ behaviours: ['sleepy'] }))],
      'groups[0].instances[0].behaviours[0]',
    ],
    ['a version that is none', ['--fleet', file('d.json', bad({ agentVersion: 'new' }))], 'four numbers with dots'],
    [
      'a running instance that is hibernated',
      ['--fleet', file('e.json', bad({ state: 'running', behaviours: ['hibernated'] }))],
      'a hibernated instance is "stopped"',
    ],
    ['a seed that is no number', ['--seed', 'x'], 'seed'],
    ['a flag that does not exist', ['--colour'], '--colour'],
    ['a target version that is none', ['--fleet', small, '--target-version', '3'], 'targetVersion'],
  ])('answers %s with a clear error and code 2', async (_, args, text) => {
    const { code, errors, out } = await type(...args);

    expect(code).toBe(2);
    expect(errors).toContain(text);
    expect(out).toBe('');
  });

  it.each([
    ['an empty group', { dev: {} }, [], 'EmptyGroup: resource group "dev" has no EC2 instances'],
    [
      'a group that does not exist',
      { dev: { web: {} } },
      ['--group', 'nowhere'],
      'BrokenGroup: there is no resource group "nowhere"',
    ],
  ])('answers %s with code 3', async (_, groups, args, text) => {
    const { code, errors } = await type('--fleet', file('group.json', aFleet(groups)), ...args);

    expect(code).toBe(3);
    expect(errors).toContain(text);
  });
});

/** A fleet of one instance, with something wrong about it. */
function bad(changes: object) {
  const instance = {
    id: 'i-1',
    state: 'stopped',
    platform: 'ubuntu',
    agentVersion: '3.2.1.0',
    behaviours: [],
    ...changes,
  };
  return { region: 'eu-central-1', agentVersion: '3.3.551.0', groups: [{ name: 'dev', instances: [instance] }] };
}

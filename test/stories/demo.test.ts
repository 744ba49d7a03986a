import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportSchema } from '../../functions/domain/report/report.ts';
import { demo } from '../../local/commands/demo.ts';
import { aFleet } from '../support/stories.ts';
import { typeIn } from '../support/terminal.ts';
import { UNPRINTABLE } from '../support/untrusted.ts';

const folder = mkdtempSync(join(tmpdir(), 'reveille-demo-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

/** What our own colours are made of. */
const COLOUR = /\p{Cc}\[\d+m/gu;

const type = (...args: string[]) => typeIn(folder, [demo], ['demo', ...args]);

const small = file('small.json', aFleet({ dev: { web: {}, broken: { behaviours: ['update-fails'] } } }));

describe('reveille demo', () => {
  it('plays the same night twice: a window reaches no instance of dev, and Reveille brings every agent up to date', async () => {
    const { code, out } = await type();

    expect(code).toBe(0);
    expect(out.split('\n')[0]).toBe(
      'First night: a maintenance window sends AWS-UpdateSSMAgent to each resource group.',
    );
    expect(out).toMatch(/What it said +SUCCESS +SUCCEEDED/);
    expect(out).toMatch(/Old agents really updated +✗ 3 of 11 +✓ 11 of 11/);
    expect(out).toMatch(/dev +all 8 asleep +✗ 0 of 8, SUCCESS +✓ 8 of 8/);
    expect(out).toMatch(/Instances asleep +8 left asleep +8 woken, 8 asleep again/);
    expect(out).toContain('12 intended = 11 updated + 1 already current + 0 failed + 0 left out');
    expect(out).toContain('✓ No false success   11 new versions, each reported by the agent itself');
    expect(out).toContain('✓ Back as it was     8 woken, 8 asleep again; 4 were running, none of them was stopped');
  });

  it('leaves the report as a page, and says where', async () => {
    const { out } = await type('--fleet', small, '--quiet');

    expect(out).toMatch(/The report as a page +reveille-report\.html/);
    expect(readFileSync(join(folder, 'reveille-report.html'), 'utf8')).toMatch(/1\sof\s2\supdated, <em>1\sfailed/);
  });

  it('writes that page where it is told, also beside JSON, which has no other page', async () => {
    rmSync(join(folder, 'reveille-report.html'), { force: true });
    await type('--fleet', small, '--json', '--html', 'mine.html');
    await type('--fleet', small, '--json');

    expect(readFileSync(join(folder, 'mine.html'), 'utf8')).toMatch(/1\sof\s2\supdated, <em>1\sfailed/);
    expect(existsSync(join(folder, 'reveille-report.html'))).toBe(false);
  });

  it('says why there is no page, and ends as it would', async () => {
    const { code, out } = await type('--fleet', small, '--quiet', '--html', 'nowhere/page.html');

    expect(code).toBe(0);
    expect(out).toMatch(/The report as a page +none: ENOENT/);
  });

  it('refuses to write a page of a dry run, which has no report', async () => {
    const { code, errors } = await type('--dry-run', '--html', 'page.html');

    expect(code).toBe(2);
    expect(errors).toContain('a dry run has no report');
  });

  it('fails rightly in a bad night, and keeps both promises all the same', async () => {
    const { code, out } = await type('--bad-night');

    expect(code).toBe(0);
    expect(out).toMatch(/What it said +SUCCESS +FAILED/);
    expect(out).toContain('7 of 20 failed. 13 agents are proved to be on 3.3.551.0. Every instance is back as it was.');
    expect(out).toMatch(/✗ {3}1 {2}EC2 had no capacity +gpu-2/);
    expect(out).toContain('and 2 more causes, 2 instances: --all');
    expect(out).toContain('25 intended = 11 updated + 2 already current + 7 failed + 5 left out');
    expect(out.match(/✓ (No false success|Back as it was)/g)).toHaveLength(2);
  });

  it('tells each change of an instance in one line, and no refusal that belongs to an ordinary night', async () => {
    const { out } = await type('--fleet', small);

    expect(out.match(/^02:\d\d:\d\d woken {4}i-0+1 dev\/web$/gm)).toHaveLength(1);
    expect(out.match(/^02:\d\d:\d\d updating i-0+1 dev\/web version=3.2.1630.0>3.3.551.0$/gm)).toHaveLength(1);
    expect(out).toMatch(/^02:\d\d:\d\d updated {2}i-0+1 dev\/web version=3.3.551.0 awake=\d+s state=stopped done=1$/m);
    expect(out).toMatch(
      /failed {3}i-0+2 dev\/broken awake=\d+s state=stopped done=2 reason=update-failed text="it was tried twice: the update/,
    );
    expect(out).not.toMatch(/UnauthorizedOperation|StartInstances/);
  });

  it('prints only the last screen with --quiet', async () => {
    const { out } = await type('--fleet', small, '--quiet');

    expect(out).toMatch(/^reveille {2}demo-1/);
    expect(out).not.toMatch(/^02:/m);
  });

  it('tells every call and every change with --verbose, and the look at the way back as what it is', async () => {
    const { out } = await type('--fleet', small, '--verbose');

    expect(out).toContain('RestoreInstances tries StopInstances (1) yes: it may be stopped again');
    expect(out).toContain('StartInstances calls StartInstances (2)\n');
    expect(out).not.toMatch(/UnauthorizedOperation|DryRunOperation/);
    expect(out).toMatch(/dev\/web +running/);
    expect(out).toContain('Success: amazon-ssm-agent updated successfully to 3.3.551.0');
    expect(out).not.toContain('reveille:lease');
  });

  it('prints every instance with --all', async () => {
    const { out } = await type('--fleet', small, '--quiet', '--all');

    expect(out).toMatch(/i-\w+ +web +dev +stopped +stopped +3\.2\.1630\.0 +3\.3\.551\.0 +updated/);
  });

  it('lets no name in a fleet file give orders to the terminal', async () => {
    const name = 'web\u001b[2J\u009b1m\u202e';
    const group = 'dev\u001b]0;title\u0007';
    const path = file(
      'names.json',
      aFleet({ [group]: { [name]: {}, ok: { state: 'running' } }, prod: { データベース: {} } }),
    );
    for (const flags of [[], ['--verbose'], ['--all'], ['--dry-run']]) {
      const { raw } = await type('--fleet', path, ...flags);
      expect(raw).toContain('web\\x1b[2J');
      expect(raw.replaceAll(COLOUR, '').replaceAll('\n', '')).not.toMatch(UNPRINTABLE);
    }
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
    ['a fleet that does not exist', ['--fleet', 'nowhere.json'], 'nowhere.json does not exist'],
    ['a fleet that is no JSON', ['--fleet', file('text.json', 'hello')], 'is not JSON'],
    [
      'a fleet without groups',
      ['--fleet', file('a.json', { region: 'eu-central-1', agentVersion: '3.3.551.0' })],
      'groups',
    ],
    [
      'a platform that is unknown',
      ['--fleet', file('b.json', bad({ platform: 'plan9' }))],
      'give one of amazon-linux-2023, ubuntu, windows',
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
      'give "stopped": the instance is hibernated',
    ],
    ['a seed that is no number', ['--seed', 'x'], '--seed: give a whole number'],
    ['a group twice', ['--group', 'dev', '--group', 'dev'], '--group: give each group once'],
    ['a flag that does not exist', ['--colour'], '--colour'],
    ['two fleets', ['--bad-night', '--fleet', small], '--bad-night: give it without --fleet'],
    ['few lines and many', ['--quiet', '--verbose'], '--quiet: give it without --verbose'],
    ['a target version that is none', ['--target-version', '3'], '--target-version: give "latest" or four numbers'],
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

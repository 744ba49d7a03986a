import { stripVTControlCharacters } from 'node:util';
import { widthOf } from '../../../local/base/text-columns.ts';
import { type EndFacts, type EndLook, endScreen } from '../../../local/demo/end-screen.ts';
import { aWindow, endFacts, failed, kept, told } from './a-night.ts';

const show = (facts: EndFacts, look: Partial<EndLook> = {}): string =>
  stripVTControlCharacters(endScreen(facts, { columns: 100, showsAll: false, ...look }));

describe('the last screen of the demo', () => {
  it('puts the night of a window and that of Reveille side by side', () => {
    expect(show(endFacts())).toBe(`\
reveille  demo-1  dev, prod                                        eu-central-1  SSM Agent 3.3.551.0

The same night, twice                 A maintenance window            Reveille
  What it said                        SUCCESS                         SUCCEEDED
  Old agents really updated           ✗ 1 of 3                        ✓ 3 of 3
    dev   all 2 asleep                ✗ 0 of 2, SUCCESS               ✓ 2 of 2
    prod  none of 1 asleep            ✓ 1 of 1, SUCCESS               ✓ 1 of 1
  Instances asleep                    2 left asleep                   2 woken, 2 asleep again
  Stopped members skipped in silence: the experience of one real account.

All 3 agents are proved to be on 3.3.551.0. Every instance is back as it was.

  3 intended = 3 updated + 0 already current + 0 failed + 0 left out

  ✓ No false success   3 new versions, each reported by the agent itself
  ✓ Back as it was     2 woken, 2 asleep again; 1 was running, and Reveille did not stop it

  8 min in 1.0 s: 207 AWS calls, 84 Lambda invocations, 238 transitions, 10 instance min awake
  Every instance        --all`);
  });

  it('names what failed by cause, and folds its sentences at 80 columns', () => {
    const instances = [
      told('i-1'),
      failed('i-2', 'no-capacity', { wokenAt: null }),
      failed('i-3', 'never-registered'),
      failed('i-4', 'never-registered'),
      told('i-5', { outcome: 'excluded', reason: { code: 'opted-out', text: 'it is' } }),
    ];
    expect(show(endFacts(instances, { window: null }), { columns: 80 })).toBe(`\
reveille  demo-1  dev, prod                    eu-central-1  SSM Agent 3.3.551.0

3 of 4 failed. 1 agent is proved to be on 3.3.551.0.
Every instance is back as it was.

  5 intended = 1 updated + 0 already current + 3 failed + 1 left out

  ✗   2  The agent never registered  web-3, web-4
  ✗   1  EC2 had no capacity         web-2

  ✓ No false success   1 new version, reported by the agent itself
  ✓ Back as it was     2 woken, 2 asleep again;
                       1 was running, and Reveille did not stop it

  8 min in 1.0 s: 207 AWS calls, 84 Lambda invocations, 238 transitions
  10 instance min awake
  Every instance        --all`);
  });

  it.each(['no-false-success', 'back-as-it-was'] as const)('never prints %s as kept when it is broken', (promise) => {
    const name = promise === 'no-false-success' ? 'No false success' : 'Back as it was';
    const other = promise === 'no-false-success' ? 'back-as-it-was' : 'no-false-success';
    const checks = [kept('no-false-success'), kept('back-as-it-was'), kept(promise, 'i-1 was stopped', 'i-2 as well')];

    const screen = show(endFacts(undefined, { checks }));
    expect(screen).toContain(`✗ ${name}`);
    expect(screen).not.toContain(`✓ ${name}`);
    expect(screen).toMatch(/broken\n +i-1 was stopped\n +i-2 as well\n/);
    expect(screen).toMatch(/A promise was broken, or could not be checked.\nThe report claims 3 of 3 agents/);
    expect(screen).not.toMatch(/All 3 agents are proved|Every instance is back/);
    expect(screen.match(/✓ (No false|Back as)/g)).toHaveLength(1);

    const unchecked = show(endFacts(undefined, { checks: [kept(other)] }));
    expect(unchecked).toContain(`✗ ${name.padEnd(19)}not checked`);
    expect(unchecked).toContain('A promise was broken');
  });

  it('shows five of the causes, and all that speaks against a promise only when it is asked to', () => {
    const codes = ['no-capacity', 'launch-error', 'agent-lost', 'update-hung', 'update-failed', 'update-lost', 'busy'];
    const instances = codes.map((code, index) => failed(`i-${index}`, code));
    const broken = Array.from({ length: 8 }, (_, index) => `i-${index} is awake`);
    const facts = endFacts(instances, { checks: [kept('no-false-success'), kept('back-as-it-was', ...broken)] });

    const short = show(facts);
    expect(short.match(/^ {2}✗ {3}1 /gm)).toHaveLength(5);
    expect(short).toContain('and 2 more causes, 2 instances: --all');
    expect(short).toContain('and 3 more: --all');
    const all = show(facts, { showsAll: true });
    expect(all.match(/^ {2}✗ {3}1 /gm)).toHaveLength(7);
    expect(all.match(/is awake$/gm)).toHaveLength(8);
    expect(all).not.toContain('more');
  });

  it('fits 100 x 30 and is never wider than its terminal, also with long and wide names', () => {
    const codes = ['no-capacity', 'launch-error', 'agent-lost', 'update-hung', 'update-failed', 'update-lost'];
    const instances = codes.flatMap((code) => Array.from({ length: 40 }, (_, index) => failed(`i-${index}`, code)));
    const names = { nameOf: (id: string) => `データベース-${id}`, labelOf: (id: string) => `開発/${id}` };
    const groups = ['とても長い名前のリソースグループ', 'x'.repeat(300)];
    const window = aWindow({ groups: groups.map((group) => ({ ...at(0), group })) });
    const night = {
      ...endFacts().night,
      groups: groups.map((group) => ({ group, members: 2, asleep: 2, old: 2, updated: 0 })),
    };
    for (const columns of [80, 100]) {
      const lines = show(endFacts(instances, { names, groups, window, night }), { columns }).split('\n');
      expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
      expect(lines.length).toBeLessThan(30);
    }
  });

  it('says what is worth knowing although the promise was kept: a lost hibernation', () => {
    const lost = told('i-2', {
      originalState: 'hibernated',
      reason: { code: 'hibernation-lost', text: 'it was hibernated' },
    });
    const screen = show(endFacts([told('i-1'), lost]));
    expect(screen).toContain('but for 1 lost hibernation.');
    expect(screen).toMatch(/✗ {3}1 {2}Stopped instead of hibernated {2}web-2/);
    expect(screen).toContain('! Back as it was     2 woken, 2 asleep again (1 of them stopped, not hibernated)');
  });
});

function at(index: number) {
  const [first] = aWindow().groups.slice(index);
  if (first === undefined) throw new Error('the window has no such group');
  return first;
}

import { exitCodeOf } from '../../../local/base/command-line.ts';
import { simulateCommand } from '../../../local/simulation/command/simulate.ts';
import { parseArguments } from '../../../local/simulation/command/simulate-flags.ts';

/** Runs the command. */
async function run(...args: string[]) {
  const out: string[] = [];
  const errors: string[] = [];
  const error = (text: string) => errors.push(text);
  const output = { out: (text: string) => out.push(text), progress: () => undefined, error, elapsed: () => 0 };
  const code = await exitCodeOf(() => simulateCommand(args, output), error);
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

describe('npm run simulate', () => {
  it.each([
    [['--seeds', 'many'], /--seeds|seeds/],
    [['--seeds', '0'], /seeds/],
    [['--workers', '1.5'], /workers/],
    [['--replay', '-1'], /replay/],
    [['--unknown'], /--unknown/],
    [['extra'], /unexpected argument "extra"/],
    [['--replay', '1', '--exhaustive'], /don't go together/],
    [['--quiet-nights', '--planted'], /don't go together/],
    [['--markdown'], /--markdown goes with --planted/],
    [['--planted', 'no-such-bug'], /no planted bug "no-such-bug"/],
  ])('%j is bad input, and says why', async (args, text) => {
    const { code, out, errors } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(errors).toMatch(text);
  });

  it('takes a thousand seeds by default', () => {
    expect(parseArguments([])).toMatchObject({ seeds: 1000, from: 1, exhaustive: false, bug: null });
  });

  it('explains itself', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    expect(out).toContain('--exhaustive');
  });

  it('replays a seed, call by call', async () => {
    const { code, out } = await run('--replay', '10');
    expect(code).toBe(0);
    expect(out).toMatch(/^seed 10: [a-z: ,]+\n/);
    expect(out).toContain('execution starts: run-1');
    expect(out).toMatch(/00:00:\d\d\.\d{3} {2}ListInstancesFunction s3:GetObject /);
    expect(out).toMatch(/Every promise held\.$/);
  });

  it('simulates some seeds, and says what happened in them', async () => {
    const { code, out } = await run('--seeds', '2', '--from', '10', '--workers', '1', '--json');
    expect(code).toBe(0);
    const summary = JSON.parse(out);
    expect(summary).toMatchObject({ from: 10, simulations: 2, broken: [], unquietNights: [] });
    expect(summary.needless).toMatchObject({ instances: expect.any(Number), minutes: [] });
    expect(summary.happened['execution starts']).toBeGreaterThanOrEqual(2);
    expect(summary.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('prints how much was needless', async () => {
    const { out } = await run('--seeds', '2', '--from', '10', '--workers', '1');
    expect(out).toMatch(/^held {4}quiet nights: /);
    expect(out).toMatch(
      /^needless failures: \d+ in \d+ instances, needless minutes: \d+\.\d on \d+ instances \(per 1,000 /m,
    );
  });
});

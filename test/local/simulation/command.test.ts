import { simulate } from '../../../local/commands/simulate.ts';
import { simulateFlags, toArguments } from '../../../local/simulation/command/simulate-flags.ts';
import { typeIn } from '../../support/terminal.ts';

const run = (...args: string[]) => typeIn('/', [simulate], ['simulate', ...args]);

describe('reveille simulate', () => {
  it.each([
    [['--seeds', 'many'], /^--seeds: give a whole number from 1 to 10000000;/],
    [['--seeds', '0'], /^--seeds: give/],
    [['--workers', '1.5'], /^--workers: give/],
    [['--replay', '-1'], /^--replay: give/],
    [['--unknown'], /^unknown flag '--unknown'/],
    [['extra'], /^this command takes flags only, not: extra/],
    [['--every', '5'], /^--every: give it together with --exhaustive/],
    [['--replay', '1', '--exhaustive'], /^--replay: give it without --exhaustive: each is another kind of work/],
    [['--quiet-nights', '--planted', '--sabotage'], /^--quiet-nights: give it without --planted and --sabotage/],
    [['--markdown'], /^--markdown: give it together with --planted or /],
    [['--file', ''], /^--file: give the beginning of a path/],
    [['--planted', 'no-such-bug'], /no planted bug "no-such-bug"/],
  ])('%j is bad input, and says why', async (args, text) => {
    const { code, out, errors } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(errors).toMatch(text);
  });

  it('takes a thousand seeds by default', () => {
    const defaults = { seeds: 1000, from: 1, exhaustive: false, planted: false, bug: null };
    expect(toArguments(simulateFlags.parse({}))).toMatchObject(defaults);
  });

  it('plants all bugs, or one', () => {
    expect(toArguments(simulateFlags.parse({ planted: true }))).toMatchObject({ planted: true, bug: null });
    expect(toArguments(simulateFlags.parse({ planted: 'no-record' }))).toMatchObject({
      planted: true,
      bug: 'no-record',
    });
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
    expect(out).toMatch(/00:0\d:\d\d\.\d{3} {2}ListInstancesFunction s3:GetObject /);
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

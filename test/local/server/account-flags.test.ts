import { account } from '../../../local/commands/account.ts';
import { accountFlags } from '../../../local/server/account-flags.ts';
import { typeIn } from '../../support/terminal.ts';

describe('reveille account', () => {
  it('serves dev and prod on 4566 by default, as fast as the real clock', () => {
    expect(accountFlags.parse({})).toMatchObject({ port: 4566, speed: 1, seed: 1, quiet: false });
    expect(accountFlags.parse({}).fleet).toMatch(/\/fleets\/dev-and-prod\.json$/);
  });

  it('begins at a time, or before the schedule', () => {
    expect(accountFlags.parse({ at: '2027-01-03T02:55:00+01:00' }).at).toEqual(new Date('2027-01-03T01:55:00Z'));
    expect(accountFlags.parse({ at: 'schedule', speed: '0.5' })).toMatchObject({ at: 'schedule', speed: 0.5 });
  });

  const time = '--at: give a time with its zone, such as 2027-01-03T01:55:00Z, or "schedule"';
  const speed = '--speed: give a number from 0.1 to 1000';
  it.each([
    [['--port', '65536'], '--port: give a whole number from 0 to 65535'],
    [['--speed', '0'], speed],
    [['--speed', '1001'], speed],
    [['--speed', ''], speed],
    [['--speed', 'Infinity'], speed],
    [['--at', '2027-01-03T01:55:00'], time],
    [['--at', 'noon'], time],
    [['--fleet', ''], '--fleet: give the path of a file'],
  ])('%j is bad input, and says why', async (flags, text) => {
    const { code, out, errors } = await typeIn('/', [account], ['account', ...flags]);
    expect([code, out, errors]).toEqual([2, '', `${text}; see npx reveille account --help`]);
  });

  it('names a fleet file that is not there where it was looked for', async () => {
    const { code, errors } = await typeIn('/tmp', [account], ['account', '--fleet', 'no/where.json']);
    expect([code, errors]).toEqual([2, '/tmp/no/where.json does not exist']);
  });
});

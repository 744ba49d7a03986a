import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { textOf } from '../../../functions/domain/report/headline.ts';
import { headOf } from '../../../functions/domain/report/page/facts/head.ts';
import { toNight } from '../../../functions/domain/report/page/facts/night.ts';
import { pageReportSchema } from '../../../functions/domain/report/page/facts/page-report.ts';
import { readFleet } from '../../../local/account/fleet/fleet.ts';
import { simulate } from '../../../local/run/simulated-run.ts';

const root = fileURLToPath(new URL('../../../', `file://${__filename}`));

it('the pictures in docs/pictures show what the commands print; if not, npm run pictures makes them anew', () => {
  // A process of its own, as a person starts it: whether there are colours is a matter of a process's environment.
  const { stdout, stderr } = spawnSync(process.execPath, ['local/commands/reveille.mjs', 'pictures', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\d+ pictures are up to date\n$/);
});

it('the pictures of a page are told with the headline that it has: if it is another one, npm run pictures, and mend the READMEs', async () => {
  const fleet = readFleet(`${root}fleets/dev-and-prod.json`);
  const night = toNight(pageReportSchema.parse((await simulate({ fleet, seed: 1 })).report));
  for (const [readme, language] of [
    ['README.md', 'en'],
    ['README.ja.md', 'ja'],
  ] as const) {
    expect(readFileSync(`${root}${readme}`, 'utf8')).toContain(textOf(headOf(night, language), language));
  }
});

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', `file://${__filename}`));

it('the pictures in docs/pictures show what the commands print; if not, npm run pictures makes them anew', () => {
  // A process of its own, as a person starts it: whether there are colours is a matter of a process's environment.
  const { stdout, stderr } = spawnSync(process.execPath, ['local/commands/reveille.mjs', 'pictures', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\d+ pictures are up to date\n$/);
}, 60_000);

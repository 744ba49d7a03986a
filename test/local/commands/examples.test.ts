import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { commands } from '../../../local/commands/all-commands.ts';
import { launcher, node, rootPath, start } from './children.ts';

/** A folder as a person may be in, in which `npx reveille` is the program: npx itself takes seconds. */
const folder = mkdtempSync(join(tmpdir(), 'reveille-examples-'));
beforeAll(() => {
  symlinkSync(join(rootPath, 'fleets'), join(folder, 'fleets'));
  symlinkSync(join(rootPath, 'fleets/healthy.json'), join(folder, 'my-fleet.json'));
  writeFileSync(join(folder, 'npx'), `#!/bin/sh\nshift\nexec "${node}" "${launcher}" "$@"\n`, { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

const type = (line: string) =>
  start('bash', ['-o', 'pipefail', '-c', line], {
    cwd: folder,
    env: { PATH: `${folder}${delimiter}${process.env['PATH']}` },
  });

const examples = commands.flatMap(({ name, examples: lines }) => lines.map(([line]) => ({ name, line })));
const writesElsewhere = ({ line }: { line: string }) => line.includes('> my-fleet.json');

describe('each example in the help can be typed', () => {
  it.each(examples.filter(({ name }) => name !== 'account'))('$line', async (example) => {
    // The fleet of another example is a link to a shipped one.
    const line = writesElsewhere(example) ? example.line.replace('my-fleet', 'new-fleet') : example.line;
    expect(await type(line).ended).toMatchObject({ code: 0, errors: '' });
  });

  it.each(examples.filter(({ name }) => name === 'account'))('$line, until it is ended', async ({ line }) => {
    const account = type(`exec ${line} --port 0`);
    const out = await account.says('Ctrl-C ends it.');
    expect(out).toMatch(/is at http:\/\/127\.0\.0\.1:\d+,/);
    account.process.kill('SIGINT');
    expect(await account.ended).toMatchObject({
      code: 0,
      errors: '',
      out: expect.stringMatching(/The account ends\./),
    });
  });
});

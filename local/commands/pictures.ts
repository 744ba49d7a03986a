import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { parseFlags, runCommand } from '../base/command-line.ts';

// Before the rest is imported: a text may get its colours when its module is loaded.
process.env['FORCE_COLOR'] = '1';

delete process.env['NO_COLOR'];

const { FOLDER, pictures } = await import('../pictures/pictures.ts');

const USAGE = `Makes the pictures in ${FOLDER} anew, from what the commands print.

  npm run pictures
  npm run pictures -- --check     only says which are stale

Exit codes: 0 all are as they should be, 1 some are stale, 2 bad input.`;

const schema = z.strictObject({ check: z.boolean().default(false), help: z.boolean().default(false) });

const root = new URL('../../', import.meta.url);

const print = (text: string) => process.stdout.write(`${text}\n`);

const pathsThere = (): string[] => {
  const folder = new URL(FOLDER, root);
  return existsSync(folder) ? readdirSync(folder).map((name) => `${FOLDER}/${name}`) : [];
};

function write(path: string, text: string): void {
  mkdirSync(new URL(FOLDER, root), { recursive: true });
  writeFileSync(new URL(path, root), text);
}

const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

await runCommand(async () => {
  const { check, help } = parseFlags(schema, process.argv.slice(2), USAGE);
  if (help) {
    print(USAGE);
    return 0;
  }
  const made = await pictures();
  const there = pathsThere();
  const stale = [...made].filter(([path, text]) => !there.includes(path) || read(path) !== text);
  const orphans = there.filter((path) => !made.has(path));
  for (const [path, text] of stale) {
    if (!check) write(path, text);
    print(`${path} ${check ? 'is stale: npm run pictures makes it anew' : 'written'}`);
  }
  for (const path of orphans) print(`${path} is made by no command: remove it`);
  if (stale.length + orphans.length === 0) print(`${made.size} pictures are up to date`);
  return orphans.length > 0 || (check && stale.length > 0) ? 1 : 0;
});

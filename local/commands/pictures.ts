import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { defineCommand, flag } from '../base/command.ts';
import { EXIT } from '../base/exit-codes.ts';

const root = new URL('../../', import.meta.url);

export const pictures = defineCommand({
  name: 'pictures',
  says: 'makes the pictures of the docs anew, from what the commands print',
  flags: z.strictObject({ check: flag(z.boolean().default(false), 'only says which are stale') }),
  examples: [['npx reveille pictures --check', 'whether they are as they should be']],
  async run({ check }, { out }) {
    // Before the rest is imported: a text may get its colours when its module is loaded.
    process.env['FORCE_COLOR'] = '1';
    delete process.env['NO_COLOR'];
    const { FOLDER, pictures: make } = await import('../pictures/pictures.ts');
    const made = await make();
    const there = pathsIn(FOLDER);
    const stale = [...made].filter(([path, text]) => !there.includes(path) || read(path) !== text);
    const orphans = there.filter((path) => !made.has(path));
    for (const [path, text] of stale) {
      if (!check) write(path, text);
      out(`${path} ${check ? 'is stale: npm run pictures makes it anew' : 'written'}`);
    }
    for (const path of orphans) out(`${path} is made by no command: remove it`);
    if (stale.length + orphans.length === 0) out(`${made.size} pictures are up to date`);
    return orphans.length > 0 || (check && stale.length > 0) ? EXIT.stale : EXIT.ok;
  },
});

const pathsIn = (path: string): string[] => {
  const folder = new URL(path, root);
  return existsSync(folder) ? readdirSync(folder).map((name) => `${path}/${name}`) : [];
};

function write(path: string, text: string): void {
  mkdirSync(new URL('.', new URL(path, root)), { recursive: true });
  writeFileSync(new URL(path, root), text);
}

const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { defineCommand, flag } from '../base/command.ts';
import { EXIT } from '../base/exit-codes.ts';

const root = new URL('../../', import.meta.url);

export const pictures = defineCommand({
  name: 'pictures',
  says: 'makes the pictures of the docs anew, from what the commands print and from the page of a report',
  flags: z.strictObject({ check: flag(z.boolean().default(false), 'only says which are stale') }),
  examples: [['npx reveille pictures --check', 'whether they are as they should be']],
  async run({ check }, { out }) {
    // Before the rest is imported: a text may get its colours when its module is loaded.
    process.env['FORCE_COLOR'] = '1';
    delete process.env['NO_COLOR'];
    const { FOLDER, pictures: make } = await import('../pictures/pictures.ts');
    const { findChromium } = await import('../pictures/chromium.ts');
    const { PICTURE_BYTES_MAX, pagePicturePaths, photographPage } = await import('../pictures/page-pictures.ts');
    const made = await make();
    const there = pathsIn(FOLDER);
    const stale = [...made].filter(([path, text]) => !there.includes(path) || read(path) !== text);
    const pages = pagePicturePaths();
    const orphans = there.filter((path) => !made.has(path) && !pages.includes(path));
    const isFine = (path: string) => there.includes(path) && statSync(new URL(path, root)).size <= PICTURE_BYTES_MAX;
    const wrong = pages.filter((path) => !isFine(path));
    for (const [path, text] of stale) {
      if (!check) write(path, text);
      out(`${path} ${check ? 'is stale: npm run pictures makes it anew' : 'written'}`);
    }
    for (const path of orphans) out(`${path} is made by no command: remove it`);
    if (check) {
      for (const path of wrong) out(`${path} is missing, or too large: npm run pictures makes it anew`);
      if (stale.length + orphans.length + wrong.length === 0)
        out(`${made.size + pages.length} pictures are up to date`);
      return orphans.length + stale.length + wrong.length > 0 ? EXIT.stale : EXIT.ok;
    }
    const chromium = findChromium();
    if (chromium === undefined) out(`no Chromium is here, so ${pages.length} pictures of the page stay as they are`);
    else for (const [path, picture] of await photographPage(chromium)) write(path, picture);
    return orphans.length > 0 ? EXIT.stale : EXIT.ok;
  },
});

const pathsIn = (path: string): string[] => {
  const folder = new URL(path, root);
  return existsSync(folder) ? readdirSync(folder).map((name) => `${path}/${name}`) : [];
};

function write(path: string, content: string | Buffer): void {
  mkdirSync(new URL('.', new URL(path, root)), { recursive: true });
  writeFileSync(new URL(path, root), content);
}

const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

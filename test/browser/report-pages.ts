// Opens the page of a report in Chromium: in both languages, light and dark, from a phone to a wide screen; uses it as a reader does;
// and photographs it. Where no Chromium is, this is skipped, and says so.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { useKeyboardAndMouse } from './as-a-reader.ts';
import { findBarriers } from './barriers.ts';
import { createChecks } from './checks.ts';
import { tryHostileTexts } from './hostile-page.ts';
import { measure } from './measure.ts';
import { ENGLISH, JAPANESE, LOOKS, type Look, open } from './open.ts';
import { photograph } from './photograph.ts';
import { samplePages } from './sample-pages.ts';

/** Git ignores it. */
const FOLDER = fileURLToPath(new URL('../../.report-pages/', import.meta.url));

const CHROMIUMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const executablePath = process.env['CHROMIUM_PATH'] ?? CHROMIUMS.find((path) => existsSync(path));
/** Pictures take the most time: two looks show both languages, light and dark. */
const isPhotographed = (name: string, look: Look): boolean =>
  look === ENGLISH || (look === JAPANESE && ['25', '500'].includes(name));

async function checkPages(path: string): Promise<number> {
  const checks = createChecks((line) => process.stdout.write(`${line}\n`));
  mkdirSync(FOLDER, { recursive: true });
  const browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    for (const { name, page } of await samplePages()) {
      const file = `${FOLDER}${name}.html`;
      writeFileSync(file, page);
      const address = pathToFileURL(file).href;
      for (const look of name === '5000' ? [ENGLISH] : LOOKS) {
        const opened = await open(browser, address, look);
        const label = `${name}, ${look.name}`;
        checks.expectNone(`${label}: no barrier`, await findBarriers(opened.tab));
        if (isPhotographed(name, look)) await photograph(opened.tab, `${FOLDER}${name}-${look.name}`, checks);
        checks.expectNone(`${label}: nothing on the console`, opened.said);
        await opened.close();
      }
      await useKeyboardAndMouse(browser, { name, address }, checks);
      await measure(browser, { name, address, page }, checks);
    }
    await tryHostileTexts(browser, FOLDER, checks);
  } finally {
    await browser.close();
  }
  return checks.end();
}

if (executablePath === undefined) {
  process.stdout.write('skipped: the report page in a browser (no Chromium here; CHROMIUM_PATH may name one)\n');
} else {
  process.exitCode = await checkPages(executablePath);
}

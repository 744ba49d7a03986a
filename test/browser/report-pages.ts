// Opens the page of a report in Chromium: in both languages, light and dark, from a phone to a wide screen; uses it as a reader does;
// and photographs it. Where no Chromium is, this is skipped, and says so.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { CHROMIUM_ARGUMENTS, findChromium } from '../../local/pictures/chromium.ts';
import { useKeyboardAndMouse } from './as-a-reader.ts';
import { findBarriers } from './barriers.ts';
import { type Checks, createChecks } from './checks.ts';
import { tryHostileTexts } from './hostile-page.ts';
import { measure } from './measure.ts';
import { ENGLISH, JAPANESE, LOOKS, type Look, open } from './open.ts';
import { photograph } from './photograph.ts';
import { type SamplePage, samplePages } from './sample-pages.ts';

/** Git ignores it. */
const FOLDER = fileURLToPath(new URL('../../.report-pages/', import.meta.url));

const executablePath = findChromium();
/** Pictures take the most time: two looks show both languages, light and dark. */
const isPhotographed = (name: string, look: Look): boolean =>
  look === ENGLISH || (look === JAPANESE && ['25', '500'].includes(name));

/** All of them for the page that most runs have; what is drawn of the others is the same in each. */
const looksOf = (name: string): Look[] => {
  if (name === '25') return LOOKS;
  return name === '5000' ? [ENGLISH] : [ENGLISH, JAPANESE];
};

/** As many keep two processors busy: one page waits for its picture while another is looked through. */
const AT_ONCE = 3;

async function checkPages(path: string): Promise<number> {
  const checks = createChecks((line) => process.stdout.write(`${line}\n`));
  mkdirSync(FOLDER, { recursive: true });
  const samples = await samplePages();
  const pages = samples.pages.map(write);
  const hostile = write(samples.hostile);
  const launch = () => chromium.launch({ executablePath: path, args: CHROMIUM_ARGUMENTS });
  await compareTimes(pages, checks, launch);
  // The largest first, so that the others fill the gaps.
  const tasks: Task[] = pages.toReversed().flatMap((one): Task[] => [
    ...looksOf(one.name).map(
      (look): Task =>
        (browser) =>
          lookThrough(browser, one, look, checks),
    ),
    (browser) => useKeyboardAndMouse(browser, one, checks),
  ]);
  await inTurns(AT_ONCE, [...tasks, (browser) => tryHostileTexts(browser, hostile, checks)], launch);
  return checks.end();
}

type WrittenPage = SamplePage & { address: string };

function write({ name, page }: SamplePage): WrittenPage {
  const file = `${FOLDER}${name}.html`;
  writeFileSync(file, page);
  return { name, page, address: pathToFileURL(file).href };
}

/** One after the other: what else is at work would be taken for a page's own time. Told as a ratio, so that machines can be compared. */
async function compareTimes(pages: WrittenPage[], checks: Checks, launch: () => Promise<Browser>): Promise<void> {
  const times = new Map<string, number>();
  const tasks = pages.map(
    (one): Task =>
      async (browser) => {
        times.set(one.name, await measure(browser, one, checks));
      },
  );
  await inTurns(1, tasks, launch);
  const [first, last] = [pages[0]?.name ?? '', pages.at(-1)?.name ?? ''];
  const ratio = (times.get(last) ?? Number.NaN) / (times.get(first) ?? Number.NaN);
  checks.tell(`${last} instances open in ${ratio.toFixed(1)} times the time of ${first}`);
}

type Task = (browser: Browser) => Promise<void>;

/** Does all of them, as many at once, each of these in a browser of its own. */
async function inTurns(atOnce: number, tasks: Task[], launch: () => Promise<Browser>): Promise<void> {
  const left = tasks.values();
  const work = async () => {
    const browser = await launch();
    for (const task of left) await task(browser);
    await browser.close();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function lookThrough(
  browser: Browser,
  { name, address }: { name: string; address: string },
  look: Look,
  checks: Checks,
): Promise<void> {
  const { tab, said, close } = await open(browser, address, look);
  const label = `${name}, ${look.name}`;
  checks.expectNone(`${label}: no barrier`, await findBarriers(tab));
  if (isPhotographed(name, look)) await photograph(tab, `${FOLDER}${name}-${look.name}`, checks);
  checks.expectNone(`${label}: nothing on the console`, said);
  await close();
}

if (executablePath === undefined) {
  process.stdout.write('skipped: the report page in a browser (no Chromium here; CHROMIUM_PATH may name one)\n');
} else {
  process.exitCode = await checkPages(executablePath);
}

import type { Browser, Page } from 'playwright-core';
import type { Checks } from './checks.ts';
import { ENGLISH, open } from './open.ts';

/** Search, sort, filter, the other language, the keyboard, no script: as a reader uses them. */
export async function useKeyboardAndMouse(
  browser: Browser,
  { name, address }: { name: string; address: string },
  checks: Checks,
): Promise<void> {
  const { tab, close } = await open(browser, address, ENGLISH);
  const expect = (what: string, holds: boolean, found?: unknown) => checks.expect(`${name}: ${what}`, holds, found);
  const rows = () => tab.locator('#rows tr').count();
  const all = await countIn(tab);

  expect('draws 60 rows at first', (await rows()) === Math.min(60, all), await rows());

  await tab.keyboard.press('Tab');
  expect('Tab comes to the link that skips', (await tab.locator(':focus').textContent())?.startsWith('Skip') === true);
  await tab.keyboard.press('/');
  const first = await tab.locator('#rows tr:first-child .id').textContent();
  await tab.keyboard.type(first ?? '');
  expect('/ searches', (await rows()) === 1, await rows());
  await tab.keyboard.press('Escape');
  expect('Escape empties the search', (await rows()) === Math.min(60, all));

  await tab.keyboard.type('windows');
  const platforms = await tab.locator('#rows .platform').allTextContents();
  expect('finds a platform', platforms.length > 0 && platforms.every((one) => one === 'Windows'), platforms);
  await tab.keyboard.press('Escape');

  await tab.click('th[data-key=awake] button');
  const sorted = await tab.locator('th[data-key=awake]').getAttribute('aria-sort');
  expect('sorts by time awake, the longest first', sorted === 'descending', sorted);
  await tab.click('th[data-key=name] button');
  const names = await tab.locator('#rows tr .who a').allTextContents();
  expect('sorts by name', names.join() === [...names].sort(byNumbers).join(), names.slice(0, 5));

  await tab.click('.chips [data-outcome=updated]');
  const outcomes = new Set(
    await tab
      .locator('#rows tr')
      .evaluateAll((rows: object[]) => rows.map((row) => 'className' in row && row.className)),
  );
  expect('filters by outcome', outcomes.size === 1 && outcomes.has('updated'), [...outcomes]);

  await tab.click('.switch');
  expect('is Japanese when asked', (await tab.locator('html').getAttribute('lang')) === 'ja');
  expect('has its title in Japanese, too', (await tab.title()).includes('台'), await tab.title());
  const still = await tab.locator('.chips [data-outcome=updated]').getAttribute('aria-pressed');
  expect('keeps the filter in the other language', still === 'true', still);
  expect('stays Japanese, once chosen', await staysJapanese(tab));
  await tab.click('.switch');
  expect('is English again', (await tab.locator('html').getAttribute('lang')) === 'en');
  await usePointer(tab, expect);
  await close();

  const plain = await open(browser, address, ENGLISH, false);
  expect('has its headline without script', (await plain.tab.locator('h1').count()) === 1);
  expect('says what needs script', await plain.tab.locator('noscript').isVisible());
  await plain.close();
}

/** A browser keeps what was chosen a moment later, and a busy one later still. */
async function staysJapanese(tab: Page): Promise<boolean> {
  for (let tries = 0; tries < 5; tries++) {
    await tab.reload();
    if ((await tab.locator('html').getAttribute('lang')) === 'ja') return true;
  }
  return false;
}

const byNumbers = (one: string, other: string): number => {
  const [left, right] = [one, other].map((text) => text.replace(/\d+/g, (digits) => digits.padStart(8, '0')));
  return (left ?? '') < (right ?? '') ? -1 : 1;
};

const countIn = async (tab: Page): Promise<number> =>
  Number(/of ([\d,]+)/.exec((await tab.locator('#shown').textContent()) ?? '')?.[1]?.replace(',', ''));

/** Where there are silhouettes, the pointer names the instance under it, and a click finds it. */
async function usePointer(tab: Page, expect: (what: string, holds: boolean, found?: unknown) => void): Promise<void> {
  const strip = tab.locator('.lines').first();
  if ((await strip.count()) === 0) return;
  await strip.hover();
  const told = (await tab.locator('.tip').textContent()) ?? '';
  expect('names the instance under the pointer', told.includes(' · '), told);
  await strip.click();
  expect('finds the instance that is clicked', (await tab.locator('#rows tr').count()) === 1);
}

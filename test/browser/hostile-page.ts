import type { Browser } from 'playwright-core';
import type { Checks } from './checks.ts';
import { ENGLISH, JAPANESE, open } from './open.ts';

/** Texts of strangers stay texts; and if one did not, the policy of the page would stop it. */
export async function tryHostileTexts(
  browser: Browser,
  { address }: { address: string },
  checks: Checks,
): Promise<void> {
  for (const look of [ENGLISH, JAPANESE]) {
    const { tab, said, close } = await open(browser, address, look);
    await tab.locator('#rows tr').first().hover();
    const strange = await tab.locator('img, iframe, object, svg[onload], [onmouseover], [onerror], script').count();
    checks.expect(`hostile, ${look.name}: has its two scripts and no other`, strange === 2, strange);
    const links = await tab
      .locator('a')
      .evaluateAll((all: object[]) => all.map((link) => ('href' in link ? String(link.href) : '')));
    const bad = links.filter((href) => !/^(https:\/\/console\.aws\.amazon\.com\/|file:.*#)/.test(href));
    checks.expectNone(`hostile, ${look.name}: links lead to the console`, bad);
    checks.expectNone(`hostile, ${look.name}: runs nothing`, said);
    await tab.evaluate(
      "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }))",
    );
    checks.expect(
      `hostile, ${look.name}: its policy stops a foreign script`,
      (await tab.evaluate('window.ran')) === undefined,
    );
    await close();
  }
}

import type { Page } from 'playwright-core';
import type { Checks } from './checks.ts';

/** A phone, a tablet, a wide screen. */
const WIDTHS = [390, 900, 1440];

/** Photographs the whole page at each width, and printed; nothing may stick out. */
export async function photograph(tab: Page, path: string, checks: Checks): Promise<void> {
  for (const width of WIDTHS) {
    await tab.setViewportSize({ width, height: 1000 });
    const beyond = await tab.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    checks.expect(`${path} at ${width}: nothing sticks out`, beyond === 0, beyond);
    await tab.screenshot({ path: `${path}-${width}.png`, fullPage: true });
  }
  if (path.endsWith('light') && !path.includes('5000')) {
    await tab.pdf({ path: `${path}.pdf`, preferCSSPageSize: true, printBackground: true });
  }
}

import type { Browser } from 'playwright-core';
import type { Checks } from './checks.ts';
import { ENGLISH, open } from './open.ts';

const BYTES_MAX = 2 * 1024 * 1024;

const OPEN_MILLISECONDS_MAX = 1000;

const TRIES = 5;

/** How large the page is, and how long it takes from its address to its second frame. Of some tries the quickest: what else the machine does is not the fault of the page. */
export async function measure(
  browser: Browser,
  { name, address, page }: { name: string; address: string; page: string },
  checks: Checks,
): Promise<void> {
  const times: number[] = [];
  for (let index = 0; index < TRIES; index++) {
    const { tab, close } = await open(browser, address, ENGLISH);
    const frames =
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))';
    times.push(Number(await tab.evaluate(frames)));
    await close();
  }
  const quickest = Math.round(Math.min(...times));
  const bytes = Buffer.byteLength(page);
  checks.tell(`${name} instances: ${Math.round(bytes / 1024)} KiB, open in ${quickest} ms`);
  checks.expect(`${name}: is small`, bytes <= BYTES_MAX, bytes);
  checks.expect(`${name}: opens within a second`, quickest <= OPEN_MILLISECONDS_MAX, quickest);
}

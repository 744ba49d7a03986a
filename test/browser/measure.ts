import type { Browser } from 'playwright-core';
import type { Checks } from './checks.ts';
import { ENGLISH, open } from './open.ts';

const BYTES_MAX = 2 * 1024 * 1024;

/** Of the document as it is opened: what a browser has to lay out grows with them. */
const ELEMENTS_MAX = 10_000;

const TRIES = 5;

/**
 * How large the page is, and how long it takes from its address to its second frame. Of some tries the quickest: what else the machine
 * does is not the fault of the page. The time is told and fails nothing, since a busy machine would; what it comes from, bytes and
 * elements, has a limit.
 *
 * @returns milliseconds
 */
export async function measure(
  browser: Browser,
  { name, address, page }: { name: string; address: string; page: string },
  checks: Checks,
): Promise<number> {
  const times: number[] = [];
  let elements = 0;
  for (let index = 0; index < TRIES; index++) {
    const { tab, close } = await open(browser, address, ENGLISH);
    const frames =
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))';
    times.push(Number(await tab.evaluate(frames)));
    elements = await tab.locator('*').count();
    await close();
  }
  const bytes = Buffer.byteLength(page);
  checks.expect(`${name}: is small`, bytes <= BYTES_MAX, bytes);
  checks.expect(`${name}: has few elements when it is opened`, elements > 0 && elements <= ELEMENTS_MAX, elements);
  const quickest = Math.min(...times);
  checks.tell(
    `${name} instances: ${Math.round(bytes / 1024)} KiB, ${elements} elements, open in ${Math.round(quickest)} ms`,
  );
  return quickest;
}

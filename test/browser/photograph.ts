import { writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { samplePages } from './sample-pages.ts';

const out = process.argv[2]!;
const t0 = Date.now();
const pages = await samplePages();
console.log('pages', Date.now() - t0);
for (const { name, page } of pages) {
  writeFileSync(`${out}/${name}.html`, page);
  console.log(name, Buffer.byteLength(page));
}
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const only = (process.argv[3] ?? '').split(',').filter(Boolean);
for (const { name } of pages)
  for (const [locale, scheme, width] of [
    ['en-GB', 'light', 1440],
    ['en-GB', 'light', 900],
    ['en-GB', 'light', 390],
    ['ja-JP', 'dark', 1440],
    ['ja-JP', 'light', 1440],
    ['ja-JP', 'dark', 390],
    ['ja-JP', 'dark', 900],
  ] as const) {
    const key = `${name}-${locale.slice(0, 2)}-${scheme}-${width}`;
    if (only.length && !only.some((o) => key.startsWith(o))) continue;
    const context = await browser.newContext({ locale, colorScheme: scheme, viewport: { width, height: 1000 } });
    const tab = await context.newPage();
    tab.on('console', (m) => console.log(key, 'console', m.text()));
    tab.on('pageerror', (e) => console.log(key, 'error', e.message));
    await tab.goto(`file://${out}/${name}.html`);
    const over = await tab.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    if (over) console.log(key, 'overflow', over);
    await tab.screenshot({ path: `${out}/${key}.png`, fullPage: true });
    await context.close();
  }
await browser.close();

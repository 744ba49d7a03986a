import type { Browser, Page } from 'playwright-core';

/** How a reader's browser shows it. */
export interface Look {
  name: string;
  locale: string;
  colorScheme: 'light' | 'dark';
}

export const LOOKS: Look[] = [
  { name: 'en-light', locale: 'en-GB', colorScheme: 'light' },
  { name: 'en-dark', locale: 'en-GB', colorScheme: 'dark' },
  { name: 'ja-light', locale: 'ja-JP', colorScheme: 'light' },
  { name: 'ja-dark', locale: 'ja-JP', colorScheme: 'dark' },
];

export const [ENGLISH, , , JAPANESE] = LOOKS as [Look, Look, Look, Look];

/** A machine can have other things to do. */
const PATIENCE_MILLISECONDS = 45_000;

export interface Opened {
  tab: Page;
  /** What it has said on its console, and what it has asked the network for. */
  said: string[];
  close(): Promise<void>;
}

export async function open(browser: Browser, address: string, look: Look, hasScript = true): Promise<Opened> {
  const { locale, colorScheme } = look;
  const context = await browser.newContext({
    locale,
    colorScheme,
    javaScriptEnabled: hasScript,
    viewport: { width: 1440, height: 1000 },
  });
  context.setDefaultTimeout(PATIENCE_MILLISECONDS);
  const tab = await context.newPage();
  const said: string[] = [];
  tab.on('console', (message) => said.push(`console: ${message.text()}`));
  tab.on('pageerror', (error) => said.push(`error: ${error.message}`));
  tab.on('dialog', (dialog) => {
    said.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  tab.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) said.push(`request: ${request.url()}`);
  });
  await tab.goto(address);
  return { tab, said, close: () => context.close() };
}

import { existsSync } from 'node:fs';

/** The shell draws as the others do, without the services of a desktop. */
const CHROMIUMS = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The Chromium of this machine; undefined if it has none, and CHROMIUM_PATH names none. */
export const findChromium = (): string | undefined =>
  process.env['CHROMIUM_PATH'] ?? CHROMIUMS.find((path) => existsSync(path));

/** A container has no sandbox for it, and a machine that is no desktop has no graphics. */
export const CHROMIUM_ARGUMENTS = ['--no-sandbox', '--disable-gpu'];

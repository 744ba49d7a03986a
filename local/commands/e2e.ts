import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import type { Check } from '../e2e/compare.ts';
import { compareEngines } from '../e2e/engines.ts';
import { killAll, StepFailed, within } from '../e2e/processes.ts';

/** Every wait has an end of its own; this one is for whatever they leave. */
const ALL_SECONDS_MAX = 235;

const INTERRUPTED = 130;

const print = (text: string) => process.stdout.write(`${text}\n`);

function printCheck({ what, wrong }: Check): void {
  print(`${wrong.length === 0 ? styleText('green', '✓') : styleText('red', '✗')} ${what}`);
  for (const text of wrong) print(`    ${text}`);
}

const directory = mkdtempSync(join(tmpdir(), 'reveille-e2e-'));

// Whatever ends this process, even an unexpected error.
process.on('exit', () => {
  killAll();
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(INTERRUPTED));

const began = performance.now();

const narrate = (text: string) => print(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);

const checks: Check[] = [];

try {
  checks.push(...(await within(ALL_SECONDS_MAX, 'the whole', compareEngines(directory, narrate))));
} catch (error) {
  const text = error instanceof StepFailed ? error.message : (error as Error).stack;
  checks.push({ what: 'the run came to its end', wrong: [String(text)] });
}

print('');

checks.forEach(printCheck);

const failed = checks.filter(({ wrong }) => wrong.length > 0).length;

print(`\n${checks.length - failed} passed, ${failed} failed`);

process.exit(failed === 0 ? 0 : 1);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import type { Check } from '../e2e/compare.ts';
import { RUN_SIMULATED_SECONDS_MAX, SPEEDS } from '../e2e/e2e-fleet.ts';
import { compareEngines } from '../e2e/engines.ts';
import { killAll, StepFailed, within } from '../e2e/processes.ts';

/** Every wait has an end of its own; this one, beside that of the run, is for whatever they leave. */
const SET_UP_SECONDS_MAX = 120;

const INTERRUPTED = 130;

const print = (text: string) => process.stdout.write(`${text}\n`);

function printCheck({ what, wrong }: Check): void {
  print(`${wrong.length === 0 ? styleText('green', '✓') : styleText('red', '✗')} ${what}`);
  for (const text of wrong) print(`    ${text}`);
}

const directories: string[] = [];

// Whatever ends this process, even an unexpected error.
process.on('exit', () => {
  killAll();
  for (const directory of directories) rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(INTERRUPTED));

const began = performance.now();

const narrate = (text: string) => print(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);

async function compareAt(speed: number): Promise<Check[]> {
  const directory = mkdtempSync(join(tmpdir(), 'reveille-e2e-'));
  directories.push(directory);
  const secondsMax = SET_UP_SECONDS_MAX + RUN_SIMULATED_SECONDS_MAX / speed;
  try {
    return await within(secondsMax, 'the whole', compareEngines({ directory, speed }, narrate));
  } catch (error) {
    const text = error instanceof StepFailed ? error.message : (error as Error).stack;
    return [{ what: 'the run came to its end', wrong: [String(text)] }];
  } finally {
    killAll();
  }
}

const isWrong = ({ wrong }: Check) => wrong.length > 0;

let checks: Check[] = [];

for (const [index, speed] of SPEEDS.entries()) {
  if (index > 0) {
    print('');
    checks.filter(isWrong).forEach(printCheck);
    print(
      `\nA machine that is too busy can make such differences. Once more, at ${speed} simulated seconds a second:\n`,
    );
  }
  checks = await compareAt(speed);
  if (!checks.some(isWrong)) break;
}

print('');

checks.forEach(printCheck);

const failed = checks.filter(isWrong).length;

print(`\n${checks.length - failed} passed, ${failed} failed`);

process.exit(failed === 0 ? 0 : 1);

#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * Any node since 20 can start this: the program itself is TypeScript, and needs the node 24 that npm installs. Under npm and
 * npx that one is at work already.
 */
const path = (from) => fileURLToPath(new URL(from, import.meta.url));

const node = path('../../node_modules/.bin/node');

const BAD_INPUT = 2;

/** How often it is asked whether npm still lives. */
const REST_MILLISECONDS = 200;

// npm passes SIGTERM on to the shell that stands between it and this process, and that shell keeps it for itself.
if (process.env.npm_lifecycle_event !== undefined) {
  const shell = process.ppid;
  setInterval(() => process.ppid === shell || process.kill(process.pid, 'SIGTERM'), REST_MILLISECONDS).unref();
}

if (![node, path('../../node_modules/commander')].every(existsSync)) {
  process.stderr.write('Nothing is installed here, or not all: run npm ci first\n');
  process.exitCode = BAD_INPUT;
} else if (realpathSync(node) === realpathSync(process.execPath)) {
  await import('./reveille.ts');
} else {
  const child = spawn(node, [path('reveille.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself, too; to be told twice does it no harm.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

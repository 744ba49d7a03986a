import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ACCOUNT_ID } from '../account/account.ts';
import { e2eFleet } from './e2e-fleet.ts';
import { type Environment, run, StepFailed, serve } from './processes.ts';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

const preload = new URL('account-clock.ts', import.meta.url).href;

/** Its Python process takes 200 MB; whatever goes wrong in it must not take the machine along. */
const MEMORY_KILOBYTES_MAX = 4 * 1024 * 1024;

const INSTALL_SECONDS_MAX = 120;

const START_SECONDS_MAX = 30;

const LOOK_MILLISECONDS = 100;

/** Keys that belong to no account: an account number as key ID is how the engine tells accounts apart. */
export const credentials = { accessKeyId: ACCOUNT_ID, secretAccessKey: 'none' };

/** This process's environment without anything that could lead to a real account. */
export function cleanEnvironment(): Environment {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('AWS_'),
  );
  return {
    ...Object.fromEntries(entries),
    // `sam build` looks for esbuild there, and the functions' processes are to be of the project's own node.
    PATH: `${fileURLToPath(new URL('../../node_modules/.bin', import.meta.url))}:${process.env['PATH'] ?? ''}`,
    SAM_CLI_TELEMETRY: '0',
    AWS_REGION: e2eFleet.region,
    AWS_DEFAULT_REGION: e2eFleet.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Installs the engine outside of the tree, once for each version of the requirements. @returns its command */
export async function installMiniStack(): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const venv = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'reveille-e2e', hash);
  const complete = join(venv, 'complete');
  if (!existsSync(complete)) {
    rmSync(venv, { recursive: true, force: true });
    const env = cleanEnvironment();
    await run('python3', ['-m', 'venv', venv], env, INSTALL_SECONDS_MAX);
    const install = ['install', '--quiet', '--disable-pip-version-check', '--requirement', requirements];
    await run(join(venv, 'bin', 'pip'), install, env, INSTALL_SECONDS_MAX);
    writeFileSync(complete, '');
  }
  return join(venv, 'bin', 'ministack');
}

/**
 * The node that the functions run in: ours, with the account's clock. A wrapper, because the template gives the functions
 * a NODE_OPTIONS of their own, which wins over one in the engine's environment. The engine's memory limit isn't theirs.
 */
function writeNodeWrapper(directory: string): void {
  const text = `#!/bin/sh\nulimit -S -v unlimited 2>/dev/null\nexec '${process.execPath}' --import '${preload}' "$@"\n`;
  writeFileSync(join(directory, 'node'), text, { mode: 0o755 });
}

/**
 * Within its memory limit (macOS has none), and never without this process: if that is killed so hard that it can't clean up,
 * the watcher ends the whole process group.
 */
const guarded = (command: string): string =>
  [
    `ulimit -S -v ${MEMORY_KILOBYTES_MAX} 2>/dev/null`,
    `(while kill -0 ${process.pid} 2>/dev/null; do sleep 2; done; kill -9 0) &`,
    `exec '${command}'`,
  ].join('\n');

export interface MiniStack {
  endpoint: string;
  output(): string;
}

/**
 * Starts the engine, on 127.0.0.1 only. What is in its environment reaches the functions: EC2, SSM and Resource Groups are
 * the embedded account's, everything else is the engine's own.
 */
export async function startMiniStack(
  command: string,
  options: { port: number; accountUrl: string; directory: string; clockFile: string; speed: number },
): Promise<MiniStack> {
  const { port, accountUrl, directory, clockFile, speed } = options;
  const endpoint = `http://127.0.0.1:${port}`;
  writeNodeWrapper(directory);
  const clean = cleanEnvironment();
  const engine = serve('/bin/sh', ['-c', guarded(command)], {
    cwd: directory,
    env: {
      ...clean,
      PATH: `${directory}:${clean['PATH']}`,
      TMPDIR: directory,
      STATE_DIR: join(directory, 'state'),
      S3_DATA_DIR: join(directory, 's3'),
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_ACCOUNT_ID: ACCOUNT_ID,
      MINISTACK_REGION: e2eFleet.region,
      SFN_WAIT_SCALE: String(1 / speed),
      AWS_ENDPOINT_URL_EC2: accountUrl,
      AWS_ENDPOINT_URL_SSM: accountUrl,
      AWS_ENDPOINT_URL_RESOURCE_GROUPS: accountUrl,
      REVEILLE_CLOCK_FILE: clockFile,
    },
  });
  const deadline = performance.now() + START_SECONDS_MAX * 1000;
  while (performance.now() < deadline && engine.isAlive()) {
    const response = await fetch(`${endpoint}/_ministack/health`).catch(() => null);
    if (response?.ok) return { endpoint, output: engine.output };
    await sleep(LOOK_MILLISECONDS);
  }
  throw new StepFailed(`MiniStack does not answer:\n${engine.output()}`);
}

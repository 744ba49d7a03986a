import { type ChildProcess, spawn } from 'node:child_process';
import type { Block } from './blocks.ts';
import type { Marker } from './markers.ts';
import type { RunsElsewhere } from './run-elsewhere.ts';
import { shellLinesOf } from './shell-lines.ts';

/** Ten times what the longest takes on a quiet machine. */
const BLOCK_SECONDS_MAX = 300;

const SERVER_SECONDS_MAX = 30;

const MILLISECONDS = 1000;

/** Would change the packages of the project, which the copy shares. */
const INSTALLS = /\bnpm (ci|cit|i|install|update)\b/;

/** Of what a failed block has printed. */
const OUTPUT_SHOWN_MAX = 1500;

export interface Ran {
  outcome: 'passed' | 'failed' | 'not run';
  /** Why, or what it printed. */
  text: string;
}

/** What of a block is to be run here: its lines but those that are run elsewhere, with what is run instead of what is shown. */
export function scriptOf({ text, marker }: Block, isRunElsewhere: RunsElsewhere): string {
  const here = text.replace(wordsOf(marker), (shown) => runInstead(marker, shown));
  return shellLinesOf(here)
    .filter(({ commands }) => !isRunElsewhere(commands))
    .map((line) => line.text)
    .join('\n');
}

/** What is shown and not run here, as whole words: `--seeds 100` does not stand in `--seeds 1000`. */
const wordsOf = ({ instead }: Marker): RegExp =>
  new RegExp(instead.map(([shown]) => `${shown.replace(/[^\w -]/g, '\\$&')}(?![\\w-])`).join('|') || '(?!)', 'g');

const runInstead = ({ instead }: Marker, shown: string): string =>
  instead.find(([found]) => found === shown)?.[1] ?? shown;

/** Runs the blocks of one page, one after the other; a server among them until the next server, or the page's end. */
export async function* runPage(
  blocks: Block[],
  directory: string,
  isRunElsewhere: RunsElsewhere,
): AsyncGenerator<[Block, Ran]> {
  let server: ChildProcess | null = null;
  try {
    for (const block of blocks) {
      const script = scriptOf(block, isRunElsewhere);
      const { notRun, serverSays, needsServer, exitCode } = block.marker;
      if (notRun !== null) yield [block, { outcome: 'not run', text: notRun }];
      else if (INSTALLS.test(script)) yield [block, failed('packages are installed by .ci/run only', '')];
      else if (needsServer && server === null) yield [block, failed('no block before it has begun a server', '')];
      else if (script === '') yield [block, { outcome: 'not run', text: 'run by another step of .ci/run' }];
      else if (serverSays !== null) {
        end(server);
        server = startScript(script, directory);
        yield [block, await untilSaid(server, serverSays)];
      } else yield [block, await untilEnded(startScript(script, directory), exitCode)];
    }
  } finally {
    end(server);
  }
}

/** In a process group of its own: npm and bash have children. */
function startScript(script: string, directory: string): ChildProcess {
  return spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: directory,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: withoutAws(process.env),
  });
}

/** No command of a page may ever reach real AWS by mistake: without an endpoint of its own it finds a closed port. */
function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !/^AWS_|^INIT_CWD$/.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
  };
}

function outputOf(child: ChildProcess): () => string {
  let output = '';
  const add = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return () => output;
}

const failed = (why: string, output: string): Ran => ({
  outcome: 'failed',
  text: `${why}\n${output.slice(-OUTPUT_SHOWN_MAX)}`,
});

async function untilEnded(child: ChildProcess, exitCode: number): Promise<Ran> {
  const output = outputOf(child);
  const timer = setTimeout(() => end(child), BLOCK_SECONDS_MAX * MILLISECONDS);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  if (code === exitCode) return { outcome: 'passed', text: '' };
  return failed(code === null ? `not over after ${BLOCK_SECONDS_MAX} s` : `exit code ${code}`, output());
}

async function untilSaid(child: ChildProcess, text: string): Promise<Ran> {
  const output = outputOf(child);
  const deadline = performance.now() + SERVER_SECONDS_MAX * MILLISECONDS;
  while (!output().includes(text)) {
    if (child.exitCode !== null) return failed(`it ended before it said "${text}"`, output());
    if (performance.now() > deadline) return failed(`it has not said "${text}" in ${SERVER_SECONDS_MAX} s`, output());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { outcome: 'passed', text: '' };
}

function end(child: ChildProcess | null): void {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
}

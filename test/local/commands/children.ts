import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', `file://${__filename}`);

export const rootPath = fileURLToPath(root);

/** The launcher, as it is called in a clone. */
export const launcher = fileURLToPath(new URL('local/commands/reveille.mjs', root));

/** The project's own node; tests run on it. */
export const node = process.execPath;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  errors: string;
}

export interface Child {
  process: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves with what has been printed on standard output, once a text stands in it. */
  says(text: string | RegExp): Promise<string>;
}

/** Without what npm told this process: it would be told on. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/.test(name)));

const groups = new Set<number>();

// What a test that has failed leaves behind would keep this process alive.
afterEach(() => {
  for (const group of groups) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
  }
  groups.clear();
});

/** Starts a program in a folder, in a process group of its own. It does not outlive its test. */
export function start(
  command: string,
  args: string[],
  { cwd = rootPath, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Child {
  const child = spawn(command, args, {
    cwd,
    env: { ...environment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid !== undefined) groups.add(child.pid);
  let out = '';
  let errors = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
    for (const look of waiting) look();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      groups.delete(child.pid ?? 0);
      resolve({ code, signal, out, errors });
    });
  });
  const says = (text: string | RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => (typeof text === 'string' ? out.includes(text) : text.test(out)) && resolve(out);
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`it has ended without "${text}":\n${out}${errors}`)));
    });
  return { process: child, ended, says };
}

import { type ChildProcess, fork, type SpawnOptions, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';

/** A step that did not go as it had to; its message is all that a person needs. */
export class StepFailed extends Error {
  override name = 'StepFailed';
}

const OUTPUT_CHARACTERS_MAX = 20_000;

const started = new Set<ChildProcess>();

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It is gone, with its group.
  }
}

/** Ends everything that was started here, with what those have started in turn. Safe to call at any time, and twice. */
export function killAll(): void {
  for (const child of started) killGroup(child);
  started.clear();
}

/** Each in a process group of its own, so that its children can be ended with it. */
function track(child: ChildProcess): ChildProcess {
  started.add(child);
  child.once('exit', () => {
    killGroup(child);
    started.delete(child);
  });
  return child;
}

/** Collects the end of what a process says, for when it fails. */
function listen(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-OUTPUT_CHARACTERS_MAX);
    });
  }
  return () => text;
}

export type Environment = Record<string, string>;

/** Rejects after so many seconds, if what is waited for isn't there by then. */
export async function within<T>(seconds: number, what: string, awaited: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StepFailed(`${what}: not done after ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a command to its end. @throws StepFailed with its output if it fails or takes longer */
export async function run(command: string, args: string[], env: Environment, seconds: number): Promise<void> {
  const child = track(spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }));
  const output = listen(child);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(new StepFailed(`${command} can not be started: ${error.message}`)));
    child.once('close', resolve);
  });
  const code = await within(seconds, `${command} ${args[0]}`, ended).catch((error: Error) => {
    killGroup(child);
    throw new StepFailed(`${error.message}\n${output()}`);
  });
  if (code !== 0) throw new StepFailed(`${command} ${args[0]} ended with ${code}:\n${output()}`);
}

export interface Service {
  /** The last that it has said. */
  output(): string;
  isAlive(): boolean;
}

/** Starts what goes on until it is killed. */
export function serve(command: string, args: string[], options: SpawnOptions): Service {
  const child = track(spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }));
  const output = listen(child);
  let isAlive = true;
  child.once('error', () => {
    isAlive = false;
  });
  child.once('exit', () => {
    isAlive = false;
  });
  return { output, isAlive: () => isAlive };
}

/** A module of ours in a process of its own, that answers one message with one message. */
export function converse<Question extends object, Answer>(module: URL, env: Environment) {
  const child = track(fork(module, { env, detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
  return (question: Question, seconds: number): Promise<Answer> => {
    const answered = new Promise<Answer>((resolve, reject) => {
      child.once('message', (answer) => resolve(answer as Answer));
      child.once('exit', (code) => reject(new StepFailed(`the account's process ended with ${code}`)));
      child.send(question);
    });
    return within(seconds, `the account's answer`, answered);
  };
}

/** Ports that are free now, all different: each is held until all are known. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

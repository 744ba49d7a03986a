import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BuiltFunction } from './built-functions.ts';

const HOST = fileURLToPath(new URL('function-host.ts', import.meta.url));

/** By the machine's clock: a process that hangs must not hang the whole. */
const LIFE_MILLISECONDS_MAX = 30_000;

export interface Invocation {
  event: unknown;
  requestId: string;
  timeoutSeconds: number;
}

export type Answer =
  | { kind: 'ready' }
  | { kind: 'reply'; reply: unknown }
  | { kind: 'error'; name: string; message: string };

export interface FunctionProcess {
  /** Calls the function once. @throws what the function threw, by its name */
  invoke(event: unknown, requestId: string): Promise<unknown>;
  end(): Promise<void>;
}

/** An error as the function threw it. */
class FunctionError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/**
 * Starts a built function in a process of its own, with just this environment, and waits until it is loaded: so an
 * invocation begins at the moment when it is made, and not a process's start later.
 */
export async function startFunction(
  { file, handlerName, timeoutSeconds }: BuiltFunction,
  environment: Record<string, string>,
): Promise<FunctionProcess> {
  const child = fork(HOST, [file, handlerName], {
    env: environment,
    execArgv: [],
    serialization: 'json',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    timeout: LIFE_MILLISECONDS_MAX,
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => output.push(String(text)));
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));

  const next = () =>
    new Promise<Answer>((resolve, reject) => {
      const onExit = (code: number | null, signal: string | null) =>
        reject(new Error(`the process ended (${signal ?? code}):\n${output.join('')}`));
      child.once('exit', onExit);
      child.once('message', (answer: Answer) => {
        child.off('exit', onExit);
        resolve(answer);
      });
    });

  const end = async () => {
    child.kill();
    await exited;
  };
  await next();
  return {
    async invoke(event, requestId) {
      const answered = next();
      child.send({ event, requestId, timeoutSeconds } satisfies Invocation);
      const answer = await answered;
      if (answer.kind === 'error') throw new FunctionError(answer.name, answer.message);
      return answer.kind === 'reply' ? answer.reply : undefined;
    },
    end,
  };
}

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { BadInput } from '../base/bad-input.ts';
import type { BuiltFunction } from './built-functions.ts';

const HOST = '127.0.0.1';

const INVOKE_PATH = '/2015-03-31/functions/function/invocations';

/** Until the emulator listens; it is one binary, and takes some milliseconds. */
const OPENING_TRIES_MAX = 100;

const OPENING_REST_MILLISECONDS = 50;

/** The emulator's binary, as it ships inside SAM CLI, by node's name of the machine's architecture. */
const BINARIES: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'aws-lambda-rie-x86_64',
  arm64: 'aws-lambda-rie-arm64',
};

/** What Lambda's runtime consists of on this machine. */
export interface LambdaRuntime {
  /** The emulator of the runtime API. */
  emulator: string;
  /** aws-lambda-ric's index.mjs: what stands between that API and a handler. */
  client: string;
}

/** @throws BadInput if a part of it is not there, or does not exist for this architecture */
export function findRuntime(emulators: string, client: string, architecture = process.arch): LambdaRuntime {
  const binary = BINARIES[architecture];
  if (binary === undefined) throw new BadInput(`Lambda's runtime emulator does not exist for ${architecture}`);
  const runtime = { emulator: join(emulators, binary), client };
  for (const path of Object.values(runtime)) if (!existsSync(path)) throw new BadInput(`${path} is missing`);
  return runtime;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A function that ran out of time, or was never loaded, is told of in plain text. */
function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function post(port: number, event: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: HOST, port, path: INVOKE_PATH, method: 'POST', agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(parseAnswer(Buffer.concat(chunks).toString())));
    });
    asked.on('error', reject);
    asked.end(JSON.stringify(event));
  });
}

const isRefused = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';

export interface EmulatedFunction {
  /** Calls the function once. @returns its reply, or Lambda's form of its error */
  invoke(event: unknown): Promise<unknown>;
  /** What runtime and function have printed. */
  output(): string;
  end(): Promise<void>;
}

/** Runs a built function under the real runtime interface: emulator and client of Lambda, on the loopback interface only. */
export async function startEmulated(
  { folder, handler }: BuiltFunction,
  environment: Record<string, string>,
  { emulator, client }: LambdaRuntime,
): Promise<EmulatedFunction> {
  const port = await freePort();
  const apiPort = await freePort();
  const addresses = [
    // By default it listens to the whole network.
    ...['--runtime-interface-emulator-address', `${HOST}:${port}`],
    ...['--runtime-api-address', `${HOST}:${apiPort}`],
  ];
  const child = spawn(emulator, [...addresses, process.execPath, client, handler], {
    cwd: folder,
    env: { ...environment, LAMBDA_TASK_ROOT: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => output.push(String(text)));
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      output.push(String(error));
      resolve();
    });
  });
  return {
    async invoke(event) {
      for (let tries = 1; ; tries++) {
        try {
          return await post(port, event);
        } catch (error) {
          if (!isRefused(error) || tries >= OPENING_TRIES_MAX || child.exitCode !== null) throw error;
          await new Promise((resolve) => setTimeout(resolve, OPENING_REST_MILLISECONDS));
        }
      }
    },
    output: () => output.join(''),
    async end() {
      child.kill();
      await exited;
    },
  };
}

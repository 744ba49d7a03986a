import { type IncomingMessage, request } from 'node:http';
import { SFNClient } from '@aws-sdk/client-sfn';
import { createAccount } from '../../../local/account/account.ts';
import type { Fleet } from '../../../local/account/fleet/fleet.ts';
import { startPacedClock } from '../../../local/clock/paced-clock.ts';
import { simulate } from '../../../local/run/simulated-run.ts';
import { type Application, installApplication } from '../../../local/server/application.ts';
import { openHttpDoor } from '../../../local/server/http-server.ts';

/** A minute of a function's life is 300 real milliseconds then: enough also on a busy machine. */
const SPEED = 200;
const realSetTimeout = setTimeout;

/** Real time, which passes also while the simulated clocks stand in for the process's own ones. */
export const rest = (milliseconds: number) => new Promise<void>((resolve) => realSetTimeout(resolve, milliseconds));

export interface Served {
  url: string;
  port: number;
  application: Application;
  account: ReturnType<typeof createAccount>;
  sfn: SFNClient;
  machineArn: string;
}

/** Looks again and again, in real time. @throws after some seconds */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let count = 0; count < 2000; count++) {
    const found = await look();
    if (found !== undefined) return found;
    await rest(10);
  }
  throw new Error('it has not come');
}

/** Serves an account with the application on it, at many simulated seconds a second, for as long as the work takes. */
export async function serving(
  fleet: Fleet,
  start: Date,
  work: (served: Served) => Promise<void>,
  speed = SPEED,
): Promise<void> {
  // What the functions load on their first calls is loaded then.
  await simulate({ fleet, seed: 1 });
  const clock = startPacedClock(start, speed, 1);
  const account = createAccount({ fleet, seed: 1, now: () => Date.now() });
  const application = installApplication(account, fleet, 1);
  const door = await openHttpDoor(account, 0);
  const sfn = new SFNClient({
    region: fleet.region,
    endpoint: door.url,
    credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  try {
    await work({ url: door.url, port: door.port, application, account, sfn, machineArn: application.machine.arn });
  } finally {
    sfn.destroy();
    application.stop();
    clock.stop();
    await Promise.all([door.close(), clock.done]);
  }
}

export interface Answer {
  statusCode: number;
  headers: IncomingMessage['headers'];
  text: string;
}

const authorization = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=AKIDTEST/20261206/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=0123abcd`;

/** One plain HTTP request, signed for a service as far as the account looks at it. A header that is null is not sent. */
export function ask(
  { port }: Served,
  service: string,
  {
    method = 'POST',
    path = '/',
    headers = {},
    body = '',
  }: {
    method?: string;
    path?: string;
    headers?: Record<string, string | null>;
    body?: string | Buffer;
  },
): Promise<Answer> {
  const all = { authorization: authorization(service), 'content-length': String(Buffer.byteLength(body)), ...headers };
  const sent = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers: sent, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ statusCode: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

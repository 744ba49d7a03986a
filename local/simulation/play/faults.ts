import { AsyncLocalStorage } from 'node:async_hooks';
import { REQUEST_TIMEOUT_SECONDS } from '../../../functions/aws/sdk/clients.ts';
import type { Account } from '../../account/account.ts';
import type { Intercept } from '../../account/in-process.ts';
import type { WireRequest, WireResponse } from '../../account/wire/http.ts';
import type { ServiceError } from '../../account/wire/service-error.ts';
import type { JournalEntry } from '../../account/world/journal.ts';
import { isKilled, killInvocation, type LambdaFunction, StatesError } from '../../engine/lambda.ts';
import type { RunOfEntry } from '../evidence/timeline.ts';
import type { CallFaultKind, Fault, Trouble } from '../scenario/scenario.ts';
import type { Notes } from './notes.ts';
import { errorOf, type Windows } from './outages.ts';
import { type Asked, askedOf } from './requested-operation.ts';

export type CallFault = Extract<Fault, { on: 'call' }>;

export type InvocationFault = Extract<Fault, { on: 'invocation' }>;

type Refuse = (trouble: Trouble) => WireResponse;

const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

const never = () => new Promise<never>(() => undefined);

const ignore = () => undefined;

/** docs/aws-behaviour.md 43 */
const crash = (name: 'Lambda.Unknown' | 'Runtime.ExitError') =>
  new StatesError(name, JSON.stringify({ errorType: name, errorMessage: 'the process died', trace: [] }));

const lambdaError = (name: string, errorMessage: string) =>
  new StatesError(name, JSON.stringify({ errorType: name, errorMessage, trace: [] }));

/** As the SDK's own http handler reports a connection that breaks, or one that stays silent. */
const connectionError = (code: 'ECONNRESET' | 'ETIMEDOUT') =>
  Object.assign(new Error(code === 'ECONNRESET' ? 'socket hang up' : 'no answer came'), { name: 'TimeoutError', code });

/** Counts what could be struck, and says when it is a fault's turn. */
function turnsOf<F extends Fault>(faults: F[]) {
  const counts = new Map<F, number>();
  return (fits: (fault: F) => boolean): F | null => {
    let due: F | null = null;
    for (const fault of faults) {
      if (!fits(fault)) continue;
      const count = (counts.get(fault) ?? 0) + 1;
      counts.set(fault, count);
      if (count >= fault.nth && count < fault.nth + fault.times) due ??= fault;
    }
    return due;
  };
}

export interface FaultsOptions {
  account: Account;
  notes: Notes;
  faults: Fault[];
  windows: Windows;
  /** So long Lambda takes to get a function ready that was not called for weeks; null: none is such. */
  coldSeconds: number | null;
}

/** The run that an event belongs to, whichever function gets it. */
function runOf(event: unknown): string {
  const { run, executionArn } = (event ?? {}) as { run?: { runId?: string }; executionArn?: string };
  return run?.runId ?? executionArn?.split(':').at(-1) ?? '';
}

/** Lets faults strike: at the door of the account, and between Lambda and its caller. */
export function createFaults({ account, notes, faults, windows, coldSeconds }: FaultsOptions) {
  const callTurn = turnsOf(faults.filter((fault): fault is CallFault => fault.on === 'call'));
  const invocationTurn = turnsOf(faults.filter((fault): fault is InvocationFault => fault.on === 'invocation'));
  const worker = new AsyncLocalStorage<string>();
  const runs: RunOfEntry = new WeakMap();

  const refuse = (request: WireRequest, principal: string, asked: Asked, trouble: Trouble) => {
    const error: ServiceError = errorOf(trouble, asked.service);
    const entry: JournalEntry = {
      kind: 'call',
      at: Date.now(),
      principal,
      ...asked,
      parameters: {},
      error: error.code,
    };
    account.journal.write(entry);
    runs.set(entry, worker.getStore() ?? '');
    return account.refuse(request.headers, error);
  };

  const strikeCall: Record<
    CallFaultKind,
    (fault: CallFault, send: () => Promise<WireResponse>, refused: Refuse) => Promise<WireResponse>
  > = {
    'crash-before': (fault) => {
      killInvocation(crash(fault.seconds % 2 === 0 ? 'Lambda.Unknown' : 'Runtime.ExitError'));
      return never();
    },
    'crash-after': async (fault, send) => {
      await send();
      killInvocation(crash(fault.seconds % 2 === 0 ? 'Lambda.Unknown' : 'Runtime.ExitError'));
      return never();
    },
    'lost-reply': async (_, send) => {
      await send();
      throw connectionError('ECONNRESET');
    },
    stalled: async (_, send) => {
      await send();
      await pause(REQUEST_TIMEOUT_SECONDS);
      throw connectionError('ETIMEDOUT');
    },
    'server-error': async (_, __, refused) => refused('server-errors'),
    throttled: async (_, __, refused) => refused('throttling'),
    denied: async (_, __, refused) => refused('denied'),
    slow: async ({ seconds }, send) => {
      await pause(Math.min(seconds, REQUEST_TIMEOUT_SECONDS - 1));
      return isKilled() ? never() : send();
    },
  };

  const intercept: Intercept = async (request, principal, send) => {
    const asked = askedOf(account, request);
    const refused: Refuse = (trouble) => refuse(request, principal, asked, trouble);
    const sendNoted = () => {
      const first = account.journal.entries.length;
      const answer = send();
      // What a call does, it does at once: its entry stands there by now.
      for (const entry of account.journal.entries.slice(first)) {
        if (entry.kind === 'call') runs.set(entry, worker.getStore() ?? '');
      }
      return answer;
    };
    const trouble = windows.over(principal, asked);
    if (trouble !== null) return refused(trouble);
    const fault = callTurn(
      (one) =>
        (one.function === null || one.function === principal) &&
        (one.operation === null || one.operation === asked.operation),
    );
    if (fault === null) return sendNoted();
    notes.write(`fault ${fault.kind}`, `${principal}: ${asked.service}:${asked.operation}`);
    return strikeCall[fault.kind](fault, sendNoted, refused);
  };

  async function strikeInvocation(fault: InvocationFault, run: () => Promise<unknown>): Promise<unknown> {
    switch (fault.kind) {
      case 'lost-result':
        await run();
        throw lambdaError('Lambda.ServiceException', 'its result was lost');
      case 'abandoned':
        run().catch(ignore);
        await pause(fault.seconds);
        throw lambdaError('Lambda.ClientExecutionTimeoutException', 'its client gave up');
      case 'twin':
        run().catch(ignore);
        return run();
      case 'refused':
        throw lambdaError('Lambda.TooManyRequestsException', 'Rate Exceeded.');
    }
  }

  /** When each function was first called: by then no one had for weeks. ReconcileLeases is called every five minutes. */
  const firstCalls = new Map<string, number>([['ReconcileLeasesFunction', Number.NEGATIVE_INFINITY]]);

  async function wakeUp(name: string): Promise<void> {
    const firstAt = firstCalls.get(name) ?? Date.now();
    firstCalls.set(name, firstAt);
    if (coldSeconds === null || Date.now() >= firstAt + coldSeconds * 1000) return;
    notes.write('fault cold', name);
    await pause(1);
    throw lambdaError('Lambda.CodeArtifactUserPendingException', 'Lambda is updating the function, try again');
  }

  const betweenOf =
    (name: string): NonNullable<LambdaFunction['between']> =>
    (event, run) =>
      worker.run(runOf(event), async () => {
        await wakeUp(name);
        const fault = invocationTurn((one) => one.function === null || one.function === name);
        if (fault === null) return run();
        notes.write(`fault ${fault.kind}`, name);
        return strikeInvocation(fault, run);
      });

  return { intercept, betweenOf, runs };
}

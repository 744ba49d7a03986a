import type { Report } from '../../functions/domain/report/report.ts';
import { createAccount } from '../account/account.ts';
import { startPacedClock } from '../clock/paced-clock.ts';
import { checkPromises, type PromiseCheck } from '../promises/promise-checks.ts';
import { stateOf, warmUp } from '../run/simulated-run.ts';
import { openHttpDoor } from '../server/http-server.ts';
import { e2eFleet, SEED } from './e2e-fleet.ts';

/**
 * The embedded account in a process of its own, since its clock replaces the process's. Its parent tells it where to listen,
 * and asks it in the end what has really become of the fleet.
 */
export type Question = { port: number; speed: number } | { judge: Report };

export interface Listening {
  realStart: number;
  accountStart: number;
}

export interface Judgement {
  checks: PromiseCheck[];
  states: Record<string, string>;
  calls: number;
  refusedCalls: number;
}

const answer = (message: Listening | Judgement) => process.send?.(message);

async function live(port: number, speed: number): Promise<void> {
  await warmUp(e2eFleet);
  // The machine's own time: the second engine stamps the execution with it, and the rules compare that with the account's.
  const realStart = Date.now();
  const clock = startPacedClock(new Date(realStart), speed, SEED);
  const account = createAccount({ fleet: e2eFleet, seed: SEED, now: () => Date.now() });
  const before = new Map([...account.world.machines.keys()].map((id) => [id, stateOf(account, id)]));
  const intended = new Set(e2eFleet.groups.flatMap(({ instances }) => instances.map(({ id }) => id)));
  await openHttpDoor(account, port);
  process.on('message', (question: Question) => {
    if (!('judge' in question)) return;
    account.settle();
    const calls = account.journal.entries.filter((entry) => entry.kind === 'call');
    answer({
      checks: checkPromises({ account, report: question.judge, before, intended }),
      states: Object.fromEntries([...intended].map((id) => [id, stateOf(account, id)])),
      calls: calls.length,
      refusedCalls: calls.filter(({ error }) => error !== null).length,
    });
  });
  answer({ realStart, accountStart: realStart });
  await clock.done;
}

process.once('message', (question: Question) => {
  if ('port' in question) void live(question.port, question.speed);
});

// The process that started it is gone, and no other will stop it.
process.once('disconnect', () => process.exit(0));

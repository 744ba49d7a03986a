import { fileURLToPath } from 'node:url';
import { type Account, createAccount } from '../account/account.ts';
import { readFleet } from '../account/fleet/fleet.ts';
import { startPacedClock } from '../clock/paced-clock.ts';
import { clockToEnvironment, machineNow } from '../clock/shared-clock.ts';
import { referencesOf } from '../deployment/deploy.ts';
import { parametersFor } from '../deployment/fleet-parameters.ts';
import { warmUp } from '../run/simulated-run.ts';
import { openHttpDoor } from '../server/http-server.ts';
import { type BuiltFunction, builtFunctions, lambdaEnvironment, readBuiltTemplate } from './built-functions.ts';

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const BUILD = pathOf('../../.aws-sam/build');

const FLEET = pathOf('fleet.json');

const PRELOAD = new URL('clock-preload.ts', import.meta.url).href;

const SEED = 1;

export interface OpenedAccount {
  account: Account;
  /** What `sam build` has made, deployed on this account. */
  built: BuiltFunction[];
  /** All that a function's process gets: Lambda's own variables, the template's, and a clock that follows the account's. */
  environmentOf(built: BuiltFunction): Record<string, string>;
  close(): Promise<void>;
}

/**
 * Opens an account with the instances of the samples, for functions in processes of their own. Its clock replaces this
 * process's until it is closed.
 */
export async function openAccount(start: Date, speed: number): Promise<OpenedAccount> {
  const template = readBuiltTemplate(BUILD);
  const fleet = readFleet(FLEET);
  await warmUp(fleet);
  const clock = startPacedClock(start, speed, SEED);
  const shared = clockToEnvironment({ accountAt: start.getTime(), machineAt: machineNow(), speed });
  const account = createAccount({ fleet, seed: SEED, now: () => Date.now() });
  const door = await openHttpDoor(account, 0);
  const references = referencesOf(account, template, parametersFor(fleet));
  return {
    account,
    built: builtFunctions(template, BUILD, references),
    environmentOf(built) {
      const environment = lambdaEnvironment(built, account.region, door.url);
      const options = `${environment['NODE_OPTIONS'] ?? ''} --import ${PRELOAD}`.trim();
      return { ...environment, NODE_OPTIONS: options, ...shared };
    },
    async close() {
      clock.stop();
      await clock.done;
      await door.close();
    },
  };
}

/** What a function has called since the journal had so many entries: `service:Operation`, and the error if there was one. */
export const callsSince = ({ journal }: Account, first: number, logicalId: string): string[] =>
  journal.entries.slice(first).flatMap((entry) => {
    if (entry.kind !== 'call' || entry.principal !== logicalId) return [];
    return `${entry.service}:${entry.operation}${entry.error === null ? '' : ` (${entry.error})`}`;
  });

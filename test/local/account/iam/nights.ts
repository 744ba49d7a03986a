import { type Account, createAccount } from '../../../../local/account/account.ts';
import type { Fleet } from '../../../../local/account/fleet/fleet.ts';
import { createRandom } from '../../../../local/base/random.ts';
import { runInVirtualTime } from '../../../../local/clock/virtual-time.ts';
import { deploy } from '../../../../local/deployment/deploy.ts';
import { parametersFor } from '../../../../local/deployment/fleet-parameters.ts';
import { runHandler } from '../../../../local/engine/lambda.ts';
import type { Execution } from '../../../../local/engine/model.ts';
import { SIMULATION_START, warmUp } from '../../../../local/run/simulated-run.ts';
import type { CallEntry } from '../../../support/permissions.ts';

/** A night with more in it than one run: runs that are aborted, reconciled, delivered twice. */
export interface Night {
  account: Account;
  start(name: string, input?: unknown): Execution;
  /** The reconciler's schedule fires. */
  reconcile(): Promise<unknown>;
  pass(seconds: number): Promise<void>;
  /** Waits until a call of this operation has succeeded. */
  called(principal: string, operation: string): Promise<void>;
}

/** Lives through a night. @returns the account as it is in the morning */
export async function night(fleet: Fleet, script: (night: Night) => Promise<void>, seed = 1): Promise<Account> {
  await warmUp(fleet);
  return runInVirtualTime(SIMULATION_START, seed, async () => {
    const account = createAccount({ fleet, seed, now: () => Date.now() });
    const machine = deploy({ account, seed, parameters: parametersFor(fleet) });
    const requestIds = createRandom(seed, 'reconciler');
    await script({
      account,
      start: (name, input = {}) => machine.start(name, input),
      async reconcile() {
        const reconciler = machine.functions['ReconcileLeasesFunction'];
        return reconciler && runHandler(reconciler, { trigger: 'schedule' }, requestIds);
      },
      pass: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
      called: (principal, operation) =>
        new Promise((resolve) => {
          const isIt = (entry: CallEntry) =>
            entry.principal === principal && entry.operation === operation && entry.error === null;
          account.journal.onEntry((entry) => {
            if (entry.kind === 'call' && isIt(entry)) resolve();
          });
        }),
    });
    account.settle();
    return account;
  });
}

import { type Account, createAccount } from '../account/account.ts';
import type { Fleet } from '../account/fleet/fleet.ts';
import type { JournalEntry } from '../account/world/journal.ts';
import { createRandom } from '../base/random.ts';
import { runInVirtualTime } from '../clock/virtual-time.ts';
import { deploy } from '../deployment/deploy.ts';
import { parametersFor } from '../deployment/fleet-parameters.ts';
import { runHandler } from '../engine/lambda.ts';
import type { Execution } from '../engine/model.ts';
import { SIMULATION_START, warmUp } from './simulated-run.ts';

/** A night with more in it than one run: runs that are aborted, reconciled, delivered twice. */
export interface Night {
  account: Account;
  start(name: string, input?: unknown): Execution;
  /** The reconciler's schedule fires. */
  reconcile(): Promise<unknown>;
  pass(seconds: number): Promise<void>;
  /** The metrics that the functions have published so far, by name. */
  metrics: ReadonlySet<string>;
  /** Waits until a call of this operation has succeeded. */
  called(principal: string, operation: string): Promise<void>;
}

/** Lives through a night. @returns the account as it is in the morning */
export async function night(fleet: Fleet, script: (night: Night) => Promise<void>, seed = 1): Promise<Account> {
  await warmUp(fleet);
  return runInVirtualTime(SIMULATION_START, seed, async () => {
    const account = createAccount({ fleet, seed, now: () => Date.now() });
    const metrics = new Set<string>();
    const sink = { addMetric: (name: string) => metrics.add(name), publishStoredMetrics: () => undefined };
    const machine = deploy({ account, seed, parameters: parametersFor(fleet), metricsOf: () => sink });
    const requestIds = createRandom(seed, 'reconciler');
    await script({
      account,
      metrics,
      start: (name, input = {}) => machine.start(name, input),
      async reconcile() {
        const reconciler = machine.functions['ReconcileLeasesFunction'];
        return reconciler && runHandler(reconciler, { trigger: 'schedule' }, requestIds);
      },
      pass: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
      called: (principal, operation) =>
        new Promise((resolve) => {
          const isIt = (entry: JournalEntry & { kind: 'call' }) =>
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

import type { Account } from '../account/account.ts';
import { type Fleet, readFleet } from '../account/fleet/fleet.ts';
import { night } from '../run/night.ts';
import { simulate } from '../run/simulated-run.ts';

const DEMO_FLEET = new URL('../../fleets/dev-and-prod.json', import.meta.url);

const HEALTHY_FLEET = new URL('../../fleets/healthy.json', import.meta.url);

/** From the abort until all that the run held is back, and its report is sent. */
const RECONCILED_MINUTES = 60;

const MINUTES_BETWEEN_PASSES = 15;

/** The two nights that the docs tell of: that of the demo, and one whose run is aborted while agents are being updated. */
export interface TwoNights {
  demo: Account;
  deadRun: Account;
}

let played: Promise<TwoNights> | undefined;

/** Plays them, once in a process. The same bytes every time. */
export function twoNights(): Promise<TwoNights> {
  played ??= play();
  return played;
}

async function play(): Promise<TwoNights> {
  // One after the other: each has the process's clock to itself.
  const { account: demo } = await simulate({ fleet: readFleet(DEMO_FLEET.pathname), seed: 1 });
  return { demo, deadRun: await aNightWithADeadRun(readFleet(HEALTHY_FLEET.pathname)) };
}

const aNightWithADeadRun = (fleet: Fleet): Promise<Account> =>
  night(fleet, async ({ start, called, pass, reconcile }) => {
    const run = start('first');
    await called('StartInstancesFunction', 'StartInstances');
    await called('UpdateAgentFunction', 'SendCommand');
    run.abort();
    for (let minute = 0; minute < RECONCILED_MINUTES; minute += MINUTES_BETWEEN_PASSES) {
      await pass(MINUTES_BETWEEN_PASSES * 60);
      await reconcile();
    }
  });

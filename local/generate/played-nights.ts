import type { Account } from '../account/account.ts';
import { type Fleet, readFleet } from '../account/fleet/fleet.ts';
import { night } from '../run/night.ts';
import { simulate } from '../run/simulated-run.ts';

const TROUBLES = new URL('../../fleets/dev-and-prod.json', import.meta.url);

const ORDINARY = new URL('../../fleets/ordinary-night.json', import.meta.url);

/** From the abort until all that the run held is back, and its report is sent. */
const RECONCILED_MINUTES = 60;

const MINUTES_BETWEEN_PASSES = 15;

/** The two nights that the docs tell of: the demo's night of troubles, and one whose run is aborted during its updates. */
export interface PlayedNights {
  badNight: Account;
  deadRun: Account;
}

let played: Promise<PlayedNights> | undefined;

/** Plays them, once in a process. The same bytes every time. */
export function playedNights(): Promise<PlayedNights> {
  played ??= play();
  return played;
}

async function play(): Promise<PlayedNights> {
  // One after the other: each has the process's clock to itself.
  const { account: badNight } = await simulate({ fleet: readFleet(TROUBLES.pathname), seed: 1 });
  return { badNight, deadRun: await aNightWithADeadRun(readFleet(ORDINARY.pathname)) };
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

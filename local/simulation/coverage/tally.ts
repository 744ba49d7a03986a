import { exclusions, failures, handovers, remarks } from '../../../functions/domain/model/reason-codes.ts';
import type { Verdict } from '../trial/verdict.ts';
import { findWays, type Way } from './branches.ts';
import { readDeployed } from './deployed.ts';
import type { Measurement } from './measure.ts';

/** How often something came about. */
export interface Tally {
  /** All times, in all simulations. */
  times: number;
  /** The number of simulations in which it came about at all. */
  simulations: number;
}

export interface WayTally extends Tally {
  way: Way;
}

/** The reasons that can stand on an instance's line in a report; the others are only waited for. */
const REPORTED = [...failures, ...[exclusions, handovers, remarks].flatMap((codes) => Object.keys(codes))];

/** Adds simulations up: the ways that decisions of the code went, and the reasons with which instances ended. */
export function createTally(folder: string) {
  const ways = readDeployed()
    .filter(({ file }) => file.startsWith(folder))
    .flatMap(({ file, text }) => findWays(file, text))
    .map((way): WayTally => ({ way, times: 0, simulations: 0 }));
  const reasons = new Map(REPORTED.map((code): [string, Tally] => [code, { times: 0, simulations: 0 }]));
  return {
    add({ verdict, coverage }: Measurement): void {
      for (const tally of ways) {
        const count = tally.way.count(coverage.get(tally.way.file) ?? []);
        tally.times += count;
        if (count > 0) tally.simulations += 1;
      }
      addReasons(reasons, verdict);
    },
    ways,
    reasons,
  };
}

function addReasons(reasons: Map<string, Tally>, { happened }: Verdict): void {
  for (const [what, count] of Object.entries(happened)) {
    if (!what.startsWith('reason ')) continue;
    const code = what.slice('reason '.length);
    const { times, simulations } = reasons.get(code) ?? { times: 0, simulations: 0 };
    reasons.set(code, { times: times + count, simulations: simulations + 1 });
  }
}

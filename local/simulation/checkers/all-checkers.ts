import type { Checker, Complaint } from '../evidence/checker.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { asItWas } from './as-it-was.ts';
import { endedRight } from './ended-right.ts';
import { excludedUntouched } from './excluded-untouched.ts';
import { neverStopped } from './never-stopped.ts';
import { noStopInUpdate } from './no-stop-in-update.ts';
import { nothingHeld } from './nothing-held.ts';
import { nothingNeedless } from './nothing-needless.ts';
import { oneHolder } from './one-holder.ts';
import { restoredInTime } from './restored-in-time.ts';
import { trueOutcomes } from './true-outcomes.ts';
import { trueReport } from './true-report.ts';
import { twoEnds } from './two-ends.ts';
import { withinLimits } from './within-limits.ts';
import { withinRoles } from './within-roles.ts';

export const checkers: readonly Checker[] = [
  neverStopped,
  asItWas,
  nothingHeld,
  trueOutcomes,
  trueReport,
  excludedUntouched,
  noStopInUpdate,
  oneHolder,
  restoredInTime,
  twoEnds,
  endedRight,
  withinLimits,
  withinRoles,
  nothingNeedless,
];

/** Lets every checker judge. */
export const judge = (evidence: Evidence): Complaint[] =>
  checkers.flatMap(({ promise, check }) => check(evidence).map((complaint) => ({ promise, ...complaint })));

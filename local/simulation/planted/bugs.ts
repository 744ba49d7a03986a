import type { PlantedBug } from './bug.ts';
import { needlessBugs } from './more-update-bugs.ts';
import { oddAnswerBugs } from './odd-answer-bugs.ts';
import { recoveryBugs } from './recovery-bugs.ts';
import { reportingBugs } from './report-bugs.ts';
import { restoringBugs } from './restore-bugs.ts';
import { startingBugs } from './start-bugs.ts';
import { trueCauseBugs } from './true-cause-bugs.ts';
import { updatingBugs } from './update-bugs.ts';
import { wayBackBugs } from './way-back-bugs.ts';

/** All bugs on purpose. */
export const plantedBugs: readonly PlantedBug[] = [
  ...startingBugs,
  ...wayBackBugs,
  ...updatingBugs,
  ...restoringBugs,
  ...recoveryBugs,
  ...reportingBugs,
  ...needlessBugs,
  ...oddAnswerBugs,
  ...trueCauseBugs,
];

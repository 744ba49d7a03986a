import type { PlantedBug } from './bug.ts';
import { restoringBugs } from './restoring.ts';
import { startingBugs } from './starting.ts';
import { updatingBugs } from './updating.ts';

/** All bugs on purpose. */
export const plantedBugs: readonly PlantedBug[] = [...startingBugs, ...updatingBugs, ...restoringBugs];

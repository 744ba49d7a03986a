import { updateSsmAgent } from './update-ssm-agent.ts';
import type { Work } from './work.ts';

/** The work that is done to every instance. It is chosen here alone: the Lambdas take it from here and hand it down. */
export const chosenWork: Work = updateSsmAgent;

import type { Evidence } from '../evidence/evidence.ts';
import { exemptionFor } from './exemptions.ts';
import { casesOf } from './needless-case.ts';
import { needlessFailure } from './needless-failures.ts';
import { needlessMinutes } from './needless-minutes.ts';

/** Where something was needless: in which run, on which instance, and what. */
export interface NeedlessPlace {
  runId: string;
  instanceId: string;
  text: string;
  /** How long it was awake in vain; 0 of a failure. */
  seconds: number;
}

/** What went wrong, or took long, although nothing bad was drawn that explains it. */
export interface Needless {
  /** Instances in runs for which nothing bad was drawn. */
  instances: number;
  failures: NeedlessPlace[];
  minutes: NeedlessPlace[];
}

/** Looks for needless failures and needless minutes. */
export function findNeedless(evidence: Evidence): Needless {
  const cases = casesOf(evidence).filter((given) => exemptionFor(given) === null);
  const found: Needless = { instances: cases.length, failures: [], minutes: [] };
  for (const given of cases) {
    const place = { runId: given.execution.name, instanceId: given.instance.instanceId };
    const failure = needlessFailure(given);
    if (failure !== null) found.failures.push({ ...place, text: failure, seconds: 0 });
    const late = needlessMinutes(given);
    if (late !== null) found.minutes.push({ ...place, ...late });
  }
  return found;
}

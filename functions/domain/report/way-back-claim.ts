import type { FailureCode } from '../model/reason-codes.ts';
import type { JudgedInstance, ReportInstance } from './report.ts';

/** What was looked at after the work: whether each instance is as it was. */
interface Check {
  status: 'kept' | 'not-kept' | 'not-checked';
}

export interface WayBackChecks {
  states: Check;
  leases: Check;
  launchTimes: Check;
}

/** What may be said of the way back of a run. */
export type WayBackClaim =
  | { kind: 'all-back' | 'not-all-back' | 'not-checked' | 'none-moved' }
  /** So many were not, and ReconcileLeases has put them back since the report. */
  | { kind: 'back-late'; count: number }
  /** By the outcomes: so many are surely otherwise than before, and of so many it is not known. */
  | { kind: 'some-differ'; differ: number; unknown: number };

/**
 * Nothing is claimed that was not looked at: by the outcomes each instance is settled as it was, and all checks are kept.
 */
export function claimWayBack(
  instances: readonly (JudgedInstance & Pick<ReportInstance, 'wokenAt'>)[],
  checks: WayBackChecks,
): WayBackClaim {
  // What was excluded from the start was not touched: nothing of it had to come back.
  const touched = instances.filter(({ outcome, wokenAt }) => outcome !== 'excluded' || wokenAt !== null);
  if (touched.length === 0) return { kind: 'none-moved' };
  const unknown = touched.filter(({ finalState }) => finalState === null).length;
  const differ = touched.filter(isOtherwise).length;
  if (unknown + differ > 0) return { kind: 'some-differ', differ, unknown };
  const found = [checks.states, checks.leases, checks.launchTimes].map(({ status }) => status);
  if (found.includes('not-kept')) return { kind: 'not-all-back' };
  return { kind: found.includes('not-checked') ? 'not-checked' : 'all-back' };
}

/** A lease that was not removed is not as before, either. */
const isOtherwise = ({ originalState, finalState, reason }: JudgedInstance): boolean =>
  finalState !== null && (finalState !== originalState || reason?.code === LEASE_KEPT);

const LEASE_KEPT: FailureCode = 'lease-kept';

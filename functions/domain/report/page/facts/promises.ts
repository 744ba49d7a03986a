import { failsRun } from '../../../model/reason.ts';
import type { ReasonCode } from '../../../model/reason-codes.ts';
import { countOutcomes, coverageHolds, isLeftAwake, isLeftAwakeByTag } from '../../report.ts';
import type { Check, PageInstance, PageReport } from './page-report.ts';

/** `kept` is only what ReportRun has checked. */
export interface PromiseStatus {
  status: Check['status'];
  /** IDs of those for which it was not kept. */
  instances: string[];
  /** What a check says that found something. */
  texts: string[];
}

/** How both promises stand: a promise is kept only if each of its checks says so, and no outcome of the report speaks against it. */
export function judgePromises(report: PageReport): Record<'noFalseSuccess' | 'backAsItWas', PromiseStatus> {
  const { checks, counts, instances } = report;
  const recounted = countOutcomes(instances);
  const adds =
    coverageHolds(counts) && Object.entries(recounted).every(([key, n]) => counts[key as keyof typeof counts] === n);
  return {
    noFalseSuccess: join([checks?.versions ?? null], adds ? [] : [UNEQUAL]),
    backAsItWas: join(
      [checks?.states ?? null, checks?.leases ?? null, checks?.launchTimes ?? null],
      [brokenIn(instances)].filter(({ instances: broken }) => broken.length > 0),
    ),
  };
}

const UNEQUAL: Check = {
  status: 'not-kept',
  instances: [],
  text: 'the counts of the report are not those of its instances',
};

function join(checks: (Check | null)[], besides: Check[]): PromiseStatus {
  const bad = [...checks, ...besides].filter((check) => check?.status === 'not-kept').flatMap((check) => check ?? []);
  if (bad.length > 0) {
    const ids = new Set(bad.flatMap(({ instances }) => instances));
    return { status: 'not-kept', instances: [...ids], texts: bad.flatMap(({ text }) => text ?? []) };
  }
  const isKept = checks.every((check) => check?.status === 'kept');
  return { status: isKept ? 'kept' : 'not-checked', instances: [], texts: [] };
}

/** Of what the report itself says, without a check: these are not as they were. */
function brokenIn(instances: PageInstance[]): Check {
  const broken = instances.filter((one) => {
    const isAwake = isLeftAwake(one) && !isLeftAwakeByTag(one);
    if (isAwake || one.reason === null || one.reason.code === LEASE_REMOVED) return isAwake;
    return failsRun(one.reason) || UNRESTORED.has(one.reason.code);
  });
  return { status: 'not-kept', instances: broken.map(({ instanceId }) => instanceId), text: null };
}

/** Someone has taken the lease away: that it fails the run says nothing of how the instance stands. */
const LEASE_REMOVED: ReasonCode = 'lease-removed';

const UNRESTORED = new Set(['not-restored', 'lease-kept']);

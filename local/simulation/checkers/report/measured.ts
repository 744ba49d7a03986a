import type { Report } from '../../../../functions/domain/report/report.ts';
import { calls, changes, clock, type Evidence, isOurs, LEASE_TAG } from '../../evidence/evidence.ts';
import type { MetricsEvidence } from '../../evidence/overheard.ts';

/** What a report comes to in numbers, counted anew from its lines. */
function measuresOf({ instances, status }: Report): Record<string, number> {
  const count = (outcome: string) => instances.filter((line) => line.outcome === outcome).length;
  return {
    InstancesIntended: instances.length,
    InstancesUpdated: count('updated'),
    InstancesAlreadyCurrent: count('already-current'),
    InstancesFailed: count('failed'),
    InstancesExcluded: count('excluded'),
    InstanceAwakeTime: instances.reduce((sum, { awakeSeconds }) => sum + (awakeSeconds ?? 0), 0),
    RunsFailed: status === 'failed' ? 1 : 0,
  };
}

const same = (some: Record<string, number>, others: Record<string, number>): boolean =>
  Object.keys(some).length === Object.keys(others).length &&
  Object.entries(some).every(([name, value]) => others[name] === value);

/** Each report is measured as it says; one that was written twice may have been measured twice. */
export function aboutReportMetrics({ executions, overheard }: Evidence): string[] {
  const measured = overheard.metrics.filter(({ values }) => 'InstancesIntended' in values);
  return executions.flatMap(({ name, report }) => {
    if (report === null) return [];
    const should = measuresOf(report);
    const isMeasured = measured.some(({ at, values }) => at >= Date.parse(report.endedAt) && same(values, should));
    return isMeasured ? [] : [`${name}: no metrics say what its report says: ${JSON.stringify(should)}`];
  });
}

/** A pass of ReconcileLeases reads the tags, and measures at its end. */
const PASS_MILLISECONDS = 90_000;

/** A person may have copied the lease of another instance to it. */
const isWrittenByUs = (evidence: Evidence, instanceId: string, lease: string): boolean =>
  calls(evidence, 'CreateTags').some(
    ({ error, principal, instanceIds, parameters }) =>
      error === null &&
      isOurs(principal) &&
      instanceIds.includes(instanceId) &&
      JSON.stringify(parameters).includes(lease),
  );

/** Leases as they were carried, from a moment on, by instance. */
function carriedAt(evidence: Evidence, at: number): { held: number; foreign: number } | null {
  let held = 0;
  let foreign = 0;
  for (const { instanceId, before } of evidence.instances) {
    let lease = before.lease;
    let state = before.state;
    for (const { at: then, facts } of changes(evidence, instanceId)) {
      if (then > at) break;
      const changed = facts.about === 'tags' ? (facts.tags[LEASE_TAG] ?? null) : lease;
      const isGoing = facts.about === 'gone' || (facts.about === 'state' && facts.state === 'shutting-down');
      // Read before or after it: the pass can't be held to either.
      if ((changed !== lease || isGoing) && then > at - PASS_MILLISECONDS) return null;
      lease = changed;
      if (facts.about === 'state') state = facts.state;
      if (facts.about === 'gone') state = 'terminated';
    }
    if (lease === null || state === 'terminated' || state === 'shutting-down') continue;
    if (lease === before.lease || !isWrittenByUs(evidence, instanceId, lease)) foreign++;
    else held++;
  }
  return { held, foreign };
}

function aboutPass(evidence: Evidence, { at, values }: MetricsEvidence): string | null {
  const carried = carriedAt(evidence, at);
  const said = values['OpenLeases'] ?? 0;
  if (carried === null) return null;
  // Leases that hold nothing are told apart by their records, which the account does not show.
  const isTrue = said >= carried.held && said <= carried.held + carried.foreign;
  const hasAge = (values['OldestLeaseAge'] ?? 0) > 0;
  if (isTrue && hasAge === said > 0) return null;
  return `${carried.held} leases were carried at ${clock(evidence, at)}, and the metrics say ${said}, the oldest ${values['OldestLeaseAge'] ?? 0} s old`;
}

/** What ReconcileLeases measures, an alarm is made of. */
export const aboutLeaseMetrics = (evidence: Evidence): string[] =>
  evidence.overheard.metrics
    .filter(({ values }) => 'OpenLeases' in values)
    .flatMap((one) => aboutPass(evidence, one) ?? []);

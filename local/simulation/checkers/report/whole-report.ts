import type { Report } from '../../../../functions/domain/report/report.ts';
import {
  calls,
  changes,
  type Evidence,
  type ExecutionEvidence,
  type InstanceEvidence,
  isOurs,
  LEASE_TAG,
  runIn,
} from '../../evidence/evidence.ts';
import { standingAt, standingsOf, VIEW_LAG_MILLISECONDS } from '../../evidence/standings.ts';
import type { ReportedLine } from './reported-line.ts';

/** A report as one, with its lines. */
export interface WholeReport {
  evidence: Evidence;
  execution: ExecutionEvidence;
  report: Report;
  lines: ReportedLine[];
}

const ASLEEP = new Set(['stopped', 'hibernated']);

const AWAKE = new Set(['running', 'pending']);

/** How it was before the run: as the account shows it, or as it was before a run that died. */
function slept({ evidence, instance, listed }: ReportedLine): boolean {
  return (
    ASLEEP.has(standingAt(evidence, instance, listed)) ||
    (evidence.executions.length > 1 && ASLEEP.has(instance.settled))
  );
}

const MOVED_RECENTLY_MILLISECONDS = 5_000;

/** Whether others have started or stopped it after this run's first look, so that the report may have been late or early. */
export const isUncertain = ({ evidence, instance, listed, ended, execution, line }: ReportedLine): boolean =>
  evidence.executions.length > 1 ||
  (line.finalState === null && line.reason?.code === 'no-result') ||
  standingsOf(evidence, instance).some(
    ({ from, by }) =>
      from >= listed &&
      ((from <= ended && by !== null && by.runId !== execution.name && !AWAKE.has(line.finalState ?? '')) ||
        (from <= ended && from > ended - MOVED_RECENTLY_MILLISECONDS)),
  );

/** Who slept before the run and is awake after it, by the account: surely, and perhaps. */
export function leftAwake(lines: ReportedLine[]): { surely: InstanceEvidence[]; atMost: number } {
  const woken = lines.filter((seen) => slept(seen) && AWAKE.has(standingAt(seen.evidence, seen.instance, seen.ended)));
  const surely = woken.filter((seen) => !isUncertain(seen)).map(({ instance }) => instance);
  const unsure = lines.filter((seen) => isUncertain(seen)).length;
  return { surely, atMost: surely.length + unsure };
}

/** Who was hibernated, and was stopped by this run without its memory. */
const lostMemory = (lines: ReportedLine[]): InstanceEvidence[] =>
  lines
    .filter(({ evidence, instance, execution, listed, ended }) => {
      const all = standingsOf(evidence, instance);
      const wasHibernated = all.findLast(({ from }) => from <= listed)?.standing === 'hibernated';
      const stop = all.findLast(({ from, standing }) => from <= ended && standing === 'stopping');
      const isOwnStop = stop?.by?.runId === execution.name;
      return wasHibernated && isOwnStop && standingAt(evidence, instance, ended) === 'stopped';
    })
    .map(({ instance }) => instance);

/** Whether the run has never written its report itself: however its instances stand, it did not come to its end. */
const hasDied = (evidence: Evidence, { name }: ExecutionEvidence): boolean => {
  const written = calls(evidence, 'PutObject').filter(
    ({ error, parameters }) => error === null && parameters['key'] === `runs/${name}/report.json`,
  );
  return written.length > 0 && written.every(({ principal }) => principal === 'ReconcileLeasesFunction');
};

/** No run may call itself a success that has left an instance other than it was. */
export function aboutStatus({ evidence, execution, report, lines }: WholeReport): string[] {
  if (report.status !== 'succeeded') return [];
  return [
    ...(hasDied(evidence, execution) ? ['it ended before it made its report, and that says succeeded'] : []),
    ...leftAwake(lines.filter(({ line }) => line.finalState !== 'opted-out')).surely.map(
      ({ instanceId }) => `${instanceId} slept before and is awake after it, and the run says succeeded`,
    ),
    ...lostMemory(lines).map(
      ({ instanceId }) => `${instanceId} was hibernated and is just stopped, and the run says succeeded`,
    ),
  ];
}

/** An instance that lost its memory is told of with just that reason. */
export const aboutMemory = ({ lines }: WholeReport): string[] =>
  lostMemory(lines).flatMap(({ instanceId }) => {
    const line = lines.find((seen) => seen.line.instanceId === instanceId)?.line;
    const { code = '', text = '' } = line?.reason ?? {};
    // A failure's own reason comes first, with this behind it; a run that died before its results knows the state alone.
    const isTold = code === 'hibernation-lost' || /hibernated/.test(text) || code === 'no-result';
    return isTold ? [] : [`${instanceId} was hibernated and is just stopped, and its line does not say so`];
  });

/** What is gone keeps its tags for a while, and nothing can be put back there. */
const GONE = new Set(['shutting-down', 'terminated', 'not-found']);

/** A run that has died is reported once all that it has left is settled: not while an instance carries the lease that it wrote. */
export function aboutDeath({ evidence, execution, report, lines }: WholeReport): string[] {
  if (!report.diedBeforeReport) return [];
  return lines.flatMap(({ instance, ended }) => {
    const { instanceId } = instance;
    const tagged = changes(evidence, instanceId).findLast(({ at, facts }) => facts.about === 'tags' && at <= ended);
    if (tagged?.facts.about !== 'tags' || tagged.by === null || !isOurs(tagged.by.principal)) return [];
    const holder = runIn(tagged.facts.tags[LEASE_TAG] ?? '');
    const isShown = tagged.at <= ended - VIEW_LAG_MILLISECONDS;
    if (holder !== execution.name || !isShown || GONE.has(standingAt(evidence, instance, ended))) return [];
    return [`it was reported while ${instanceId} still carried its lease`];
  });
}

import type { Report } from '../../../../functions/domain/report/report.ts';
import { calls, clock, type Evidence, type ExecutionEvidence } from '../../evidence/evidence.ts';
import { listedAt } from '../../evidence/standings.ts';

interface Told {
  at: number;
  type: string;
  detail: Record<string, unknown>;
}

/** What EventBridge has taken of a run. */
const toldOf = (evidence: Evidence, name: string): Told[] =>
  calls(evidence, 'PutEvents')
    .filter(({ error }) => error === null)
    .flatMap(({ at, parameters }) =>
      (parameters['Entries'] as { DetailType: string; Detail: string }[]).map(({ DetailType, Detail }) => ({
        at,
        type: DetailType,
        detail: JSON.parse(Detail) as Record<string, unknown>,
      })),
    )
    .filter(({ detail }) => detail['runId'] === name);

/** Whether something kept this function from telling: an event is sent if it can be, and costs nothing if not. */
const isStruck = ({ faults, disturbances }: Evidence, logicalId: string): boolean =>
  faults.some(({ text }) => text.includes(logicalId)) ||
  disturbances.some(
    ({ disturbance: one }) => one.kind === 'window' && (one.function === null || one.function === logicalId),
  );

/** Those that the run has started, and when first. */
function startedBy(evidence: Evidence, name: string): { at: number; ids: string[] } | null {
  const starts = calls(evidence, 'StartInstances').filter(
    ({ runId, principal }) => principal === 'StartInstancesFunction' && runId === name,
  );
  const [first] = starts;
  return first === undefined ? null : { at: first.at, ids: starts.flatMap(({ instanceIds }) => instanceIds) };
}

function aboutStart(evidence: Evidence, { name, lives, endedAt }: ExecutionEvidence, told: Told[]): string[] {
  const started = startedBy(evidence, name);
  if (started === null) return [];
  const before = told.filter(({ type, at }) => type === 'Reveille Run Started' && at < started.at);
  const last = before.at(-1);
  if (last === undefined) {
    if (isStruck(evidence, 'ListInstancesFunction')) return [];
    return [`it first started an instance at ${clock(evidence, started.at)}, and no event had told of it`];
  }
  const untold = started.ids.filter((id) => !(last.detail['instanceIds'] as string[]).includes(id));
  const isLate = lives.length === 1 && Date.parse(String(last.detail['latestEndAt'])) < (endedAt ?? 0);
  return [
    ...(untold.length > 0 ? [`it started ${untold[0]}, which its event had not named`] : []),
    ...(isLate ? [`it was over after ${String(last.detail['latestEndAt'])}, when its event had called it over`] : []),
  ];
}

function aboutEnd(evidence: Evidence, { name }: ExecutionEvidence, report: Report, told: Told[]): string[] {
  const last = told.findLast(({ type }) => type === 'Reveille Run Finished');
  if (last === undefined) {
    const isKept = isStruck(evidence, 'ReportRunFunction') || isStruck(evidence, 'ReconcileLeasesFunction');
    return isKept ? [] : ['it has a report, and no event has told of its end'];
  }
  const { status, counts, report: place } = last.detail as { status: string; counts: object; report: { key: string } };
  const isTrue = status === report.status && JSON.stringify(counts) === JSON.stringify(report.counts);
  return [
    ...(isTrue ? [] : ['the event of its end says otherwise than its report']),
    ...(place.key === `runs/${name}/report.json` ? [] : [`the event of its end says that its report is ${place.key}`]),
  ];
}

/** Who mutes alarms by the events of a run has heard of it before it wakes anything, for all of it, and hears of its end. */
export function aboutRunEvents(evidence: Evidence, execution: ExecutionEvidence): string[] {
  const { name, input, report } = execution;
  const told = toldOf(evidence, name);
  if (input['dryRun'] === true) return told.length === 0 ? [] : ['it is a dry run, and an event told of it'];
  if (listedAt(evidence, name) === null) return [];
  return [
    ...aboutStart(evidence, execution, told),
    ...(report === null ? [] : aboutEnd(evidence, execution, report, told)),
  ];
}

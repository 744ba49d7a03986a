import type { Report } from '../../../functions/domain/report/report.ts';
import type { Checker, Complaint } from '../evidence/checker.ts';
import { type Evidence, type ExecutionEvidence, isStuck } from '../evidence/evidence.ts';
import { listedAt } from '../evidence/standings.ts';
import { aboutLeaseMetrics, aboutReportMetrics } from './report/measured.ts';
import { excludedIsLeftAlone, goneIsFailed, isLetGo } from './report/outcomes.ts';
import { aboutReconciledMails } from './report/reconciled-mail.ts';
import type { LineRule, ReportedLine } from './report/reported-line.ts';
import { finalState, handedOver, originalState } from './report/states.ts';
import { notes, reasonText } from './report/texts.ts';
import { awakeSeconds, restoredAt, wokenAt } from './report/times.ts';
import { versionAfter, versionBefore } from './report/versions.ts';
import { aboutMail, aboutMemory, aboutStatus, type WholeReport } from './report/whole-report.ts';

type Found = Omit<Complaint, 'promise'>;

const rules: readonly LineRule[] = [
  originalState,
  finalState,
  handedOver,
  versionBefore,
  versionAfter,
  wokenAt,
  restoredAt,
  awakeSeconds,
  reasonText,
  notes,
  goneIsFailed,
  excludedIsLeftAlone,
  isLetGo,
];

/** A run that has begun is reported, if not by itself then by ReconcileLeases. A dry run ends with a plan. */
function unreported(evidence: Evidence, { name, input, report }: ExecutionEvidence): string[] {
  if (report !== null || input['dryRun'] === true || listedAt(evidence, name) === null) return [];
  // A dead run is reported once everyone whom it held is settled: not before EC2 itself lets go.
  if (evidence.instances.some((instance) => isStuck(instance) && instance.after.lease !== null)) return [];
  return ['it has a manifest, and no report says what became of it'];
}

/** A report with each of its lines, and the instance behind it. */
export function wholeReport(evidence: Evidence, execution: ExecutionEvidence, report: Report): WholeReport {
  return { evidence, execution, report, lines: linesOf(evidence, execution, report) };
}

function linesOf(evidence: Evidence, execution: ExecutionEvidence, report: Report): ReportedLine[] {
  const byId = new Map(evidence.instances.map((instance) => [instance.instanceId, instance]));
  const listed = listedAt(evidence, execution.name) ?? execution.startedAt;
  const ended = Date.parse(report.endedAt);
  return report.instances.flatMap((line) => {
    const instance = byId.get(line.instanceId);
    return instance === undefined ? [] : [{ evidence, execution, report, line, instance, listed, ended }];
  });
}

function ofReport(evidence: Evidence, execution: ExecutionEvidence, report: Report): Found[] {
  const at = execution.endedAt;
  const whole = wholeReport(evidence, execution, report);
  const found = whole.lines.flatMap((seen) =>
    rules.flatMap((rule) => {
      const text = rule(seen);
      const { instanceId } = seen.line;
      return text === null ? [] : [{ instanceId, at, text: `${execution.name}: ${instanceId} ${text}` }];
    }),
  );
  const texts = [...aboutStatus(whole), ...aboutMemory(whole), ...aboutMail(whole)];
  return [...found, ...texts.map((text) => ({ instanceId: null, at, text: `${execution.name}: ${text}` }))];
}

export const trueReport: Checker = {
  promise: 'true-report',
  says: 'Reports, mails and metrics say what the account says, and every run that has begun has a report.',
  check: (evidence) => [
    ...evidence.executions.flatMap((execution) => [
      ...unreported(evidence, execution).map((text) => ({
        instanceId: null,
        at: execution.endedAt,
        text: `${execution.name}: ${text}`,
      })),
      ...(execution.report === null ? [] : ofReport(evidence, execution, execution.report)),
    ]),
    ...[...aboutReportMetrics(evidence), ...aboutLeaseMetrics(evidence), ...aboutReconciledMails(evidence)].map(
      (text) => ({
        instanceId: null,
        at: null,
        text,
      }),
    ),
  ],
};

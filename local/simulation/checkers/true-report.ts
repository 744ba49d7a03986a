import type { Report } from '../../../functions/domain/report/report.ts';
import type { Checker, Complaint } from '../evidence/checker.ts';
import {
  calls,
  clock,
  DESCRIBE_LAG_SECONDS_MAX,
  type Evidence,
  type ExecutionEvidence,
  isStuck,
} from '../evidence/evidence.ts';
import { listedAt } from '../evidence/standings.ts';
import { aboutManifest, named } from './listing/listed.ts';
import { aboutPlan } from './listing/planned.ts';
import { aboutWording } from './mail/plain-words.ts';
import { aboutReconciledMails } from './mail/reconciled-mail.ts';
import { aboutMail } from './mail/report-mail.ts';
import { aboutRunEvents } from './mail/run-events.ts';
import { aboutPage } from './page/run-page.ts';
import { aboutLeaseMetrics, aboutReportMetrics } from './report/measured.ts';
import { aboutPace } from './report/observed-pace.ts';
import { excludedIsLeftAlone, goneIsFailed, isLetGo, isNotTakenOver } from './report/outcomes.ts';
import { aboutCauses, aboutChecks } from './report/own-checks.ts';
import { quotedError } from './report/quoted-error.ts';
import type { LineRule, ReportedLine } from './report/reported-line.ts';
import { finalState, handedOver, originalState } from './report/states.ts';
import { notes, reasonText } from './report/texts.ts';
import { awakeSeconds, restoredAt, wokenAt } from './report/times.ts';
import { aboutCheckWords } from './report/told-checks.ts';
import { versionAfter, versionBefore } from './report/versions.ts';
import {
  commands,
  firstPingAt,
  platform,
  proof,
  refusedStarts,
  runningAt,
  said,
  settledAt,
  startAcceptedAt,
  stopAcceptedAt,
} from './report/way.ts';
import { aboutDeath, aboutMemory, aboutStatus, type WholeReport } from './report/whole-report.ts';

type Found = Omit<Complaint, 'promise'>;

const rules: readonly LineRule[] = [
  named,
  originalState,
  finalState,
  handedOver,
  versionBefore,
  versionAfter,
  wokenAt,
  restoredAt,
  awakeSeconds,
  reasonText,
  quotedError,
  notes,
  goneIsFailed,
  excludedIsLeftAlone,
  isLetGo,
  isNotTakenOver,
  platform,
  startAcceptedAt,
  runningAt,
  firstPingAt,
  stopAcceptedAt,
  settledAt,
  refusedStarts,
  commands,
  proof,
  said,
];

/** A run that has begun is reported, if not by itself then by ReconcileLeases. A dry run ends with a plan. */
function unreported(evidence: Evidence, { name, input, report }: ExecutionEvidence): string[] {
  if (report !== null || input['dryRun'] === true || listedAt(evidence, name) === null) return [];
  // A dead run is reported once everyone whom it held is settled: not before EC2 itself lets go.
  if (evidence.instances.some((instance) => isStuck(instance) && instance.after.lease !== null)) return [];
  return ['it has a manifest, and no report says what became of it'];
}

/** A function lives for so long at most (template.yaml): after the end of its run, too. */
const FUNCTION_SECONDS_MAX = 60;

/** What is still at work reports itself: ReconcileLeases reports only what is over, and what can't write any more. */
function reportedTooSoon(evidence: Evidence, { name, lives }: ExecutionEvidence): string[] {
  const life = FUNCTION_SECONDS_MAX * 1000;
  // It may have been redriven since ReconcileLeases looked.
  const seen = life + DESCRIBE_LAG_SECONDS_MAX * 1000;
  return calls(evidence, 'PutObject')
    .filter(
      ({ at, principal, error, parameters }) =>
        principal === 'ReconcileLeasesFunction' &&
        error === null &&
        parameters['key'] === `runs/${name}/report.json` &&
        lives.some(({ from, to }) => from < at - seen && at < (to ?? evidence.endedAt) + life),
    )
    .map(({ at }) => `ReconcileLeases wrote its report at ${clock(evidence, at)}, when it was not over yet`);
}

/** Whether its listing was disturbed, so that it was done again. */
const isListedAgain = (evidence: Evidence, { name, lives }: ExecutionEvidence): boolean =>
  lives.length > 1 ||
  evidence.faults.some(({ text }) => text.includes('ListInstancesFunction')) ||
  calls(evidence).some(
    ({ principal, runId, error, parameters }) =>
      principal === 'ListInstancesFunction' &&
      runId === name &&
      error !== null &&
      // The account itself always names what was asked; what was struck on its way does not.
      Object.keys(parameters).length === 0,
  );

/** The manifest says whom the run is meant for, so there is none before that is known: as long as instances are in transition. */
function listedTooSoon(evidence: Evidence, execution: ExecutionEvidence): string[] {
  const key = `runs/${execution.name}/manifest.json`;
  const written = calls(evidence, 'PutObject').filter(
    ({ error, parameters }) => error === null && parameters['key'] === key,
  );
  if (written.length < 2 || isListedAgain(evidence, execution)) return [];
  return [`its manifest was written ${written.length} times: the first was of a listing that was not final`];
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
  const texts = [
    ...aboutStatus(whole),
    ...aboutMemory(whole),
    ...aboutDeath(whole),
    ...aboutMail(whole),
    ...aboutPage(whole),
    ...aboutPace(whole),
    ...aboutCauses(whole),
    ...aboutChecks(whole),
    ...aboutCheckWords(whole),
  ];
  return [...found, ...texts.map((text) => ({ instanceId: null, at, text: `${execution.name}: ${text}` }))];
}

export const trueReport: Checker = {
  promise: 'true-report',
  says: 'Reports, plans, mails, events and metrics say what the account says, `LEFT AWAKE` first, with each name and reason; and every run that has begun has a report.',
  check: (evidence) => [
    ...evidence.executions.flatMap((execution) => [
      ...[
        ...unreported(evidence, execution),
        ...reportedTooSoon(evidence, execution),
        ...listedTooSoon(evidence, execution),
        ...aboutManifest(evidence, execution),
        ...aboutPlan(evidence, execution),
        ...aboutRunEvents(evidence, execution),
      ].map((text) => ({
        instanceId: null,
        at: execution.endedAt,
        text: `${execution.name}: ${text}`,
      })),
      ...(execution.report === null ? [] : ofReport(evidence, execution, execution.report)),
    ]),
    ...[
      ...aboutReportMetrics(evidence),
      ...aboutLeaseMetrics(evidence),
      ...aboutReconciledMails(evidence),
      ...aboutWording(evidence),
    ].map((text) => ({ instanceId: null, at: null, text })),
  ],
};

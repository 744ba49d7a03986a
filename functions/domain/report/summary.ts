import { isLeftAwake, type Report, type ReportInstance } from './report.ts';

/** As many as a person reads. With the longest texts they are below the 256 KiB that SNS takes, so none is cut. */
const LISTED_MAX = 100;

/** A run in words. What a person wants to know first comes first: what was left awake, what failed, what was excluded. */
export function summarize(report: Report, reportLocation: string): { subject: string; message: string } {
  const { counts, status, targetVersion } = report;
  const leftAwake = report.instances.filter(isLeftAwake).length;
  const noneTookPart =
    counts.intended === counts.excluded ? ['No instance could be updated: all of them were excluded.'] : [];
  return {
    subject: `${leftAwake > 0 ? `LEFT AWAKE: ${leftAwake}. ` : ''}Reveille ${status}: ${counts.updated} updated, ${counts.alreadyCurrent} current, ${counts.failed} failed, ${counts.excluded} excluded`,
    message: [
      `Run ${report.runId} in ${report.region} (${report.account}) ${status}.`,
      `Target: SSM Agent ${targetVersion}. ${timesOf(report)}`,
      ...noneTookPart,
      '',
      `${counts.intended} intended = ${counts.updated} updated + ${counts.alreadyCurrent} already current + ${counts.failed} failed + ${counts.excluded} excluded`,
      '',
      ...listed(report),
      '',
      `The whole report: ${reportLocation}`,
    ].join('\n'),
  };
}

const ORDER: ReportInstance['outcome'][] = ['failed', 'excluded', 'updated', 'already-current'];

function listed({ instances }: Report): string[] {
  const sorted = ORDER.flatMap((outcome) => instances.filter((instance) => instance.outcome === outcome));
  const leftAwake = sorted.filter(isLeftAwake).slice(0, LISTED_MAX);
  const others = sorted.filter((instance) => !isLeftAwake(instance)).slice(0, LISTED_MAX - leftAwake.length);
  const unlisted = sorted.length - leftAwake.length - others.length;
  return [
    ...(leftAwake.length > 0 ? ['Left awake, though stopped before the run:', ...leftAwake.map(line)] : []),
    ...(leftAwake.length > 0 && others.length > 0 ? ['', 'The others:'] : []),
    ...others.map(line),
    ...(unlisted > 0 ? [`  … and ${unlisted} more`] : []),
  ];
}

const timesOf = ({ startedAt, endedAt, diedBeforeReport }: Report): string =>
  diedBeforeReport
    ? `It began at ${startedAt}. Its execution ended before it made its report: ReconcileLeases made this one at ${endedAt}.`
    : `From ${startedAt} to ${endedAt}.`;

function line(instance: ReportInstance): string {
  const { instanceId, group, outcome, reason, notes, versionBefore, versionAfter, finalState } = instance;
  const versions = `${versionBefore ?? '?'} -> ${versionAfter ?? '?'}`;
  const why = [...(reason === null ? [] : [reason]), ...notes].map(({ text, code }) => `: ${text} [${code}]`).join('');
  return `  ${instanceId}  ${group}  ${outcome}  ${versions}, ${finalState ?? 'state unknown'}${awakeOf(instance)}${why}`;
}

function awakeOf(instance: ReportInstance): string {
  const { awakeSeconds, wokenAt } = instance;
  if (awakeSeconds !== null) return `, awake ${Math.round(awakeSeconds / 60)} min`;
  return wokenAt !== null && isLeftAwake(instance) ? `, awake since ${wokenAt}` : '';
}

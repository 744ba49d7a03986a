import { isLeftAwake, type Report, type ReportInstance } from './report.ts';

/** As many as a person reads. With the longest texts they are below the 256 KiB that SNS takes, so none is cut. */
const LISTED_MAX = 100;

/** A run in words. What a person wants to know first comes first: the instances that failed, then the excluded ones. */
export function summarize(report: Report, reportLocation: string): { subject: string; message: string } {
  const { counts, status, targetVersion } = report;
  const order: ReportInstance['outcome'][] = ['failed', 'excluded', 'updated', 'already-current'];
  const sorted = order.flatMap((outcome) => report.instances.filter((instance) => instance.outcome === outcome));
  const listed = sorted.slice(0, LISTED_MAX).map(line);
  const more = sorted.length > LISTED_MAX ? [`  … and ${sorted.length - LISTED_MAX} more`] : [];
  const noneTookPart =
    counts.intended === counts.excluded ? ['No instance could be updated: all of them were excluded.'] : [];
  const leftAwake = report.instances.filter(isLeftAwake).length;
  return {
    subject: `${leftAwake > 0 ? `LEFT AWAKE: ${leftAwake}. ` : ''}Reveille ${status}: ${counts.updated} updated, ${counts.alreadyCurrent} current, ${counts.failed} failed, ${counts.excluded} excluded`,
    message: [
      `Run ${report.runId} in ${report.region} (${report.account}) ${status}.`,
      `Target: SSM Agent ${targetVersion}. ${timesOf(report)}`,
      ...noneTookPart,
      '',
      `${counts.intended} intended = ${counts.updated} updated + ${counts.alreadyCurrent} already current + ${counts.failed} failed + ${counts.excluded} excluded`,
      '',
      ...listed,
      ...more,
      '',
      `The whole report: ${reportLocation}`,
    ].join('\n'),
  };
}

const timesOf = ({ startedAt, endedAt, diedBeforeReport }: Report): string =>
  diedBeforeReport
    ? `It began at ${startedAt}. Its execution ended before it made its report: ReconcileLeases made this one at ${endedAt}.`
    : `From ${startedAt} to ${endedAt}.`;

const seconds = (value: number | null): string => (value === null ? '' : `, awake ${Math.round(value / 60)} min`);

function line({
  instanceId,
  group,
  outcome,
  reason,
  notes,
  versionBefore,
  versionAfter,
  finalState,
  awakeSeconds,
}: ReportInstance): string {
  const versions = `${versionBefore ?? '?'} -> ${versionAfter ?? '?'}`;
  const why = [...(reason === null ? [] : [reason]), ...notes].map(({ text, code }) => `: ${text} [${code}]`).join('');
  return `  ${instanceId}  ${group}  ${outcome}  ${versions}, ${finalState ?? 'state unknown'}${seconds(awakeSeconds)}${why}`;
}

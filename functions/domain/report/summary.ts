import { toLocalText } from '../listing/local-time.ts';
import { boundedText } from '../model/plain-text.ts';
import { isLeftAwake, isLeftAwakeByTag, type Report, type ReportInstance } from './report.ts';
import { stopCommands } from './stop-command.ts';

/** As many as a person reads. With the longest texts they are below the 256 KiB that SNS takes, so none is cut. */
const LISTED_MAX = 100;

/** A run in words. What a person wants to know first comes first: what was left awake, what failed, what was excluded. */
export function summarize(report: Report, reportLocation: string): { subject: string; message: string } {
  const { counts, status, targetVersion } = report;
  const noneTookPart =
    counts.intended === counts.excluded ? ['No instance could be updated: all of them were excluded.'] : [];
  return {
    subject: `${leftAwakeIn(report)}Reveille ${status}: ${counts.updated} updated, ${counts.alreadyCurrent} current, ${counts.failed} failed, ${counts.excluded} excluded`,
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

/** How many were left awake, at the head of the subject, and which of them their owners wanted awake. */
function leftAwakeIn({ instances }: Report): string {
  const leftAwake = instances.filter(isLeftAwake);
  const byTag = leftAwake.filter(isLeftAwakeByTag);
  const [first] = byTag;
  if (leftAwake.length === 0) return '';
  if (first === undefined) return `LEFT AWAKE: ${leftAwake.length}. `;
  const why = leftAwake.length === 1 ? `${nameOf(first)}, by its tag` : `${byTag.length} by their tags`;
  return `LEFT AWAKE: ${leftAwake.length} (${why}). `;
}

/** An instance's name can have 256 characters, a subject 100. */
const nameOf = ({ name, instanceId }: ReportInstance): string =>
  name === null || name.length > NAME_SHOWN_MAX ? instanceId : name;

const NAME_SHOWN_MAX = 24;

const ORDER: ReportInstance['outcome'][] = ['failed', 'excluded', 'updated', 'already-current'];

function listed(report: Report): string[] {
  const { instances, region } = report;
  const sorted = ORDER.flatMap((outcome) => instances.filter((instance) => instance.outcome === outcome));
  const leftAwake = sorted.filter(isLeftAwake).slice(0, LISTED_MAX);
  const others = sorted.filter((instance) => !isLeftAwake(instance)).slice(0, LISTED_MAX - leftAwake.length);
  const unlisted = sorted.length - leftAwake.length - others.length;
  return [
    ...(leftAwake.length > 0
      ? [
          'LEFT AWAKE, though stopped before the run:',
          ...leftAwake.map((instance) => line(instance, report)),
          ...['', 'To stop them, once no one needs them:', ...stopCommands(leftAwake, region).map((one) => `  ${one}`)],
        ]
      : []),
    ...(leftAwake.length > 0 && others.length > 0 ? ['', 'The others:'] : []),
    ...others.map((instance) => line(instance, report)),
    ...(unlisted > 0 ? [`  … and ${unlisted} more`] : []),
  ];
}

function timesOf({ startedAt, endedAt, diedBeforeReport, timeZone }: Report): string {
  const [began, ended] = [startedAt, endedAt].map((moment) => toLocalText(moment, timeZone));
  return diedBeforeReport
    ? `It began at ${began}. Its execution ended before it made its report: ReconcileLeases made this one at ${ended}.`
    : `From ${began} to ${ended}.`;
}

const NAME_LENGTH_LISTED = 40;

function line(instance: ReportInstance, report: Report): string {
  const { instanceId, name, group, outcome, reason, notes, versionBefore, versionAfter, finalState } = instance;
  const versions = `${versionBefore ?? '?'} -> ${versionAfter ?? '?'}`;
  const why = [...(reason === null ? [] : [reason]), ...notes].map(({ text, code }) => `: ${text} [${code}]`).join('');
  const named = name === null ? '' : `${boundedText(name, NAME_LENGTH_LISTED)}  `;
  return `  ${instanceId}  ${named}${group}  ${outcome}  ${versions}, ${finalState ?? 'state unknown'}${awakeOf(instance, report)}${why}`;
}

function awakeOf(instance: ReportInstance, { timeZone }: Report): string {
  const { awakeSeconds, wokenAt } = instance;
  if (awakeSeconds !== null) return `, awake ${Math.round(awakeSeconds / 60)} min`;
  return wokenAt !== null && isLeftAwake(instance) ? `, awake since ${toLocalText(wokenAt, timeZone)}` : '';
}

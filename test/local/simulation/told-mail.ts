import type { Report, ReportInstance } from '../../../functions/domain/report/report.ts';
import { wordsOf } from '../../../functions/domain/words/catalogue.ts';
import { isAwakeAfterSleep } from '../../../local/simulation/checkers/mail/awake-in-mail.ts';

const inUtc = (moment: string): string => `${moment.slice(0, 19).replace('T', ' ')} (UTC)`;

/** A cause as a mail tells it: whom it concerns, what was said of it, and what to do. */
const causeOf = ({ instanceId, reason }: ReportInstance): string[] => {
  const { title, whatToDo } = wordsOf(reason?.code ?? '', 'en');
  if (reason === null || whatToDo === null) return [];
  return [`  ${title}: ${instanceId}`, ...(reason.text === '' ? [] : [`    ${reason.text}`]), `    ${whatToDo}`];
};

/** A mail as it is to be, written by hand from a report. */
export const aMail = (report: Report) => {
  const { runId, status, startedAt, endedAt, counts, instances, ...rest } = report;
  const told = instances.map(
    ({ instanceId, group, outcome, reason, notes, versionBefore, versionAfter, finalState, awakeSeconds }) =>
      `  ${instanceId}  ${group}  ${outcome}  ${versionBefore ?? '?'} -> ${versionAfter ?? '?'}, ${finalState ?? 'state unknown'}` +
      `${awakeSeconds === null ? '' : `, awake ${Math.round(awakeSeconds / 60)} min`}` +
      [...(reason === null ? [] : [reason]), ...notes].map(({ text, code }) => `: ${text} [${code}]`).join(''),
  );
  const { intended, updated, alreadyCurrent, failed, excluded } = counts;
  const awake = instances.filter(isAwakeAfterSleep).map(({ instanceId, originalState }) => {
    const flag = originalState === 'hibernated' ? ' --hibernate' : '';
    return `  aws ec2 stop-instances --region ${rest.region}${flag} --instance-ids ${instanceId}`;
  });
  const subject = [
    `dev: ${updated} of ${intended} updated`,
    ...(alreadyCurrent > 0 ? [`${alreadyCurrent} already current`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(excluded > 0 ? [`${excluded} excluded`] : []),
    ...(status === 'failed' && failed === 0 && !rest.diedBeforeReport ? ['but the run failed'] : []),
    ...(rest.diedBeforeReport ? ['the run died'] : []),
  ].join(', ');
  const unknown = instances.filter(({ finalState }) => finalState === null).length;
  const notSame = instances.filter((line) => line.finalState !== line.originalState && !isAwakeAfterSleep(line)).length;
  const changed = notSame - unknown;
  const said = [
    ...(changed > 0 ? [`. ${changed} not as before`] : []),
    ...(unknown > 0 ? [`. State of ${unknown} unknown`] : []),
  ];
  const isBack = said.length === 0 && awake.length === 0;
  const { states, leases, launchTimes } = rest.checks;
  const isChecked = [states, leases, launchTimes].every((check) => check.status !== 'not-checked');
  const claim = isChecked ? '. All back as they were' : '. Not checked whether all are back';
  const headline = `${subject}${isBack ? claim : said.join('')}`;
  return {
    at: Date.parse(endedAt),
    subject: headline,
    message: [
      headline,
      ...awake,
      ...instances.flatMap(causeOf),
      `The page: s3://bucket/runs/${runId}/report.html`,
      `The whole report: s3://bucket/runs/${runId}/report.json`,
      ...told,
      `Run ${runId} in ${rest.region} (${rest.account}) ${status}.`,
      `${intended} intended = ${updated} updated`,
      `Target: SSM Agent ${rest.targetVersion}. From ${inUtc(startedAt)} to ${inUtc(endedAt)}.`,
    ].join('\n'),
    https: JSON.stringify({
      version: '1.0',
      source: 'custom',
      content: { title: headline, description: `/runs/${runId}/report.html\n/runs/${runId}/report.json` },
      metadata: { threadId: runId },
    }),
    attributes: { status, severity: status === 'failed' ? 'warning' : 'info' },
  };
};

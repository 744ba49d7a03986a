import { toLocalText, withLocalMoments } from '../listing/local-time.ts';
import { reportKey, reportPageKey } from '../model/object-keys.ts';
import { boundedText } from '../model/plain-text.ts';
import type { Reason } from '../model/reason.ts';
import { wordsOf } from '../words/catalogue.ts';
import { chatNotification, fittingInChat, type Message, type MessageAttributes } from '../words/message.ts';
import { type MessageWords, messageWords } from '../words/message-words.ts';
import type { Language } from '../words/words.ts';
import { type Cause, causesOf } from './causes.ts';
import { consoleLink } from './console-link.ts';
import { chatTitleOf, firstLineOf, subjectOf } from './headline.ts';
import { isLeftAwake, isLeftAwakeByTag, type Report, type ReportInstance } from './report.ts';
import { BODY_NAME, callNames } from './shown-names.ts';
import { stopCommands } from './stop-command.ts';
import { claimWayBack } from './way-back-claim.ts';

/** As many as a person reads. With the longest texts they are below the 256 KiB that SNS takes, so none is cut. */
const LISTED_MAX = 100;

const LISTED_IN_BRIEF_MAX = 10;

const CAUSE_NAMES_MAX = 20;

/** What to do about it comes after the names, and has to fit, too. */
const CAUSE_NAMES_IN_CHAT_MAX = 3;

/** Where the report is, and how it is told. */
export interface Telling {
  bucketName: string;
  language: Language;
}

interface Told extends Telling {
  report: Report;
  words: MessageWords;
  calls: Map<string, string>;
}

/** A run in words. What a person wants to know first comes first: what was left awake, what failed and why, and what to do. */
export function summarize(report: Report, telling: Telling): Message {
  const { language } = telling;
  const words = messageWords[language];
  const claim = claimWayBack(report.instances, report.checks);
  const calls = callNames(report.instances, BODY_NAME);
  const told: Told = { ...telling, report, words, calls };
  const tellCauses = (namesMax: number) =>
    causesOf(report.instances, { calls, words, language, timeZone: report.timeZone, namesMax });
  const causes = tellCauses(CAUSE_NAMES_MAX);
  const where = placesOf(told);
  const tellUpTo = (linesMax: number) => [
    firstLineOf(report, claim, language),
    ...(report.counts.intended > 0 && report.counts.intended === report.counts.excluded ? [words.noneTookPart] : []),
    ...section(leftAwakeLines(told, linesMax)),
    ...section(causes.length === 0 ? [] : [words.causesHead, ...causes.flatMap((cause) => causeLines(cause, words))]),
    ...section(where),
  ];
  return {
    subject: subjectOf(report, claim),
    brief: tellUpTo(LISTED_IN_BRIEF_MAX).join('\n'),
    text: [...tellUpTo(LISTED_MAX), ...section(instanceLines(told)), ...section(factsOf(told))].join('\n'),
    chat: chatNotification(
      chatTitleOf(report, claim, language),
      [...stopsInChat(told), timesOf(told), ...where],
      tellCauses(CAUSE_NAMES_IN_CHAT_MAX).map(({ title, names, whatToDo, errors }) =>
        [
          `${title}${words.colon}${names}`,
          ...(errors.length > 0 ? errors : [{ whatToDo }]).map((one) => one.whatToDo),
        ].join('\n'),
      ),
      report.runId,
    ),
    attributes: attributesOf(report),
  };
}

const section = (lines: string[]): string[] => (lines.length === 0 ? [] : ['', ...lines]);

function attributesOf({ status, instances }: Report): MessageAttributes {
  const isAwakeForNothing = instances.some((instance) => isLeftAwake(instance) && !isLeftAwakeByTag(instance));
  if (isAwakeForNothing) return { status, severity: 'critical' };
  return { status, severity: status === 'failed' ? 'warning' : 'info' };
}

const causeLines = ({ title, names, example, whatToDo, errors }: Cause, { colon }: MessageWords): string[] => [
  `  ${title}${colon}${names}`,
  ...(example === '' ? [] : [`    ${example}`]),
  `    ${whatToDo}`,
  ...errors.map((error) => `    ${error.title}${colon}${error.meaning} ${error.whatToDo}`),
];

/** How to stop what was left awake. */
function stopsInChat({ report, words }: Told): string[] {
  const commands = stopCommands(report.instances.filter(isLeftAwake), report.region);
  return fittingInChat(commands.length === 0 ? [] : [words.toStop, ...commands]);
}

function placesOf({ report, bucketName, words }: Told): string[] {
  const place = (label: string, key: string) => [
    `${label}s3://${bucketName}/${key}`,
    `  ${consoleLink(report.region, bucketName, key)}`,
  ];
  return [...place(words.page, reportPageKey(report)), ...place(words.report, reportKey(report))];
}

function leftAwakeLines(told: Told, linesMax: number): string[] {
  const { report, words } = told;
  const leftAwake = report.instances.filter(isLeftAwake);
  if (leftAwake.length === 0) return [];
  return [
    words.leftAwakeHead,
    ...leftAwake.slice(0, linesMax).map((instance) => line(instance, told)),
    ...(leftAwake.length > linesMax ? [`  …${words.more(leftAwake.length - linesMax)}`] : []),
    words.toStop,
    ...stopCommands(leftAwake, report.region).map((one) => `  ${one}`),
  ];
}

const ORDER: ReportInstance['outcome'][] = ['failed', 'excluded', 'updated', 'already-current'];

/** Those that need looking at on top. What was left awake stands further up already. */
function instanceLines(told: Told): string[] {
  const { report, words } = told;
  const others = report.instances.filter((instance) => !isLeftAwake(instance));
  const sorted = ORDER.flatMap((outcome) => others.filter((instance) => instance.outcome === outcome));
  const leftAwakeListed = Math.min(LISTED_MAX, report.instances.length - others.length);
  const shown = sorted.slice(0, LISTED_MAX - leftAwakeListed);
  const unlisted = sorted.length - shown.length;
  const lines = [
    ...shown.map((instance) => line(instance, told)),
    ...(unlisted > 0 ? [`  …${words.more(unlisted)}`] : []),
  ];
  return lines.length === 0 ? [] : [words.instancesHead, ...lines];
}

function factsOf(told: Told): string[] {
  const { report, words } = told;
  return [
    words.run(report.runId, report.region, report.account, report.status === 'succeeded'),
    words.equation(report.counts),
    `${words.target(report.targetVersion)} ${timesOf(told)}`,
  ];
}

function timesOf({ report, words }: Told): string {
  const { startedAt, endedAt, diedBeforeReport, timeZone } = report;
  const [began, ended] = [toLocalText(startedAt, timeZone), toLocalText(endedAt, timeZone)];
  return diedBeforeReport ? words.timesOfDead(began, ended) : words.times(began, ended);
}

const NAME_LENGTH_LISTED = 40;

function line(instance: ReportInstance, told: Told): string {
  const { instanceId, name, group, outcome, reason, notes, versionBefore, versionAfter, finalState } = instance;
  const { words } = told;
  const versions = `${versionBefore ?? '?'} -> ${versionAfter ?? '?'}`;
  const why = [...(reason === null ? [] : [reason]), ...notes].map((one) => because(one, told)).join('');
  const named = name === null ? '' : `${boundedText(name, NAME_LENGTH_LISTED)}  `;
  return `  ${instanceId}  ${named}${group}  ${words.outcomes[outcome]}  ${versions}, ${finalState ?? words.unknownState}${awakeOf(instance, told)}${why}`;
}

/** The text of a reason is English, since AWS's words are in it: in another language the code's title stands before it. */
function because({ code, text }: Reason, { report, words, language }: Told): string {
  const said = withLocalMoments(text, report.timeZone);
  return language === 'en'
    ? `: ${said} [${code}]`
    : `${words.colon}${wordsOf(code, language).title}${words.brackets(said)}[${code}]`;
}

function awakeOf(instance: ReportInstance, { report, words }: Told): string {
  const { awakeSeconds, wokenAt } = instance;
  if (awakeSeconds !== null) return words.awakeFor(Math.round(awakeSeconds / 60));
  return wokenAt !== null && isLeftAwake(instance) ? words.awakeSince(toLocalText(wokenAt, report.timeZone)) : '';
}

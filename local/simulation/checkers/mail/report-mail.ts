import type { Report, ReportInstance } from '../../../../functions/domain/report/report.ts';
import { wordsOf } from '../../../../functions/domain/words/catalogue.ts';
import type { Language } from '../../../../functions/domain/words/words.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { standingAt } from '../../evidence/standings.ts';
import type { ReportedLine } from '../report/reported-line.ts';
import { isUncertain, leftAwake, type WholeReport } from '../report/whole-report.ts';
import { aboutNamesAwake, aboutRoom, aboutStopCommands, isAwakeAfterSleep, namedIn } from './awake-in-mail.ts';
import { aboutToldCauses } from './causes-in-mail.ts';
import { aboutMailedLines } from './lines-in-mail.ts';
import { type MailWords, mailWords, readHeadline, type ToldHeadline } from './mail-words.ts';

/** What a person reads at a glance (docs/aws-behaviour.md 90), and what a chat shows. */
const SUBJECT_LENGTH_MAX = 99;
const FIRST_LINE_LENGTH_MAX = 500;
const CHAT_TITLE_LENGTH_MAX = 250;

type Mail = Evidence['overheard']['mails'][number];

/** What was told of a run says what the account says: in its subject, in its first line, and in all that follows. */
export function aboutMail(whole: WholeReport): string[] {
  const { evidence, execution, report } = whole;
  const language = languageOf(evidence);
  const words = mailWords[language] as MailWords;
  const mail = evidence.overheard.mails.find(
    ({ message }) => message.includes(`\n${words.run(report)}\n`) && message.includes(` ${inUtc(report.endedAt)}`),
  );
  if (mail === undefined) {
    const isOver = execution.status === 'SUCCEEDED' || execution.error === 'RunFailed';
    return isOver ? ['no mail told how it went'] : [];
  }
  const [firstLine = ''] = mail.message.split('\n');
  const en = mailWords['en'] as MailWords;
  return [
    ...([undefined, mail.subject].includes(execution.toldSubject)
      ? []
      : [`its note has the subject ${execution.toldSubject}`]),
    ...(/^[\x20-\x7e]{1,99}$/.test(mail.subject) ? [] : [`SNS does not take the subject ${mail.subject}`]),
    ...aboutHeadline(whole, mail.subject, en, SUBJECT_LENGTH_MAX),
    ...aboutHeadline(whole, firstLine, words, FIRST_LINE_LENGTH_MAX),
    ...aboutText(report, mail.message, words),
    ...aboutToldCauses(report, mail.message, language, words),
    ...aboutStopCommands(mail.message, report.instances.filter(isAwakeAfterSleep), report.region),
    ...aboutMailedLines(report, mail.message, words),
    ...aboutAttributes(whole, mail),
    ...aboutChat(whole, mail, words),
  ];
}

export const languageOf = ({ parameters }: Evidence): Language => (parameters['Language'] === 'ja' ? 'ja' : 'en');

/** As a mail says a time: every simulation is deployed with a schedule in UTC. */
const inUtc = (moment: string): string => `${moment.slice(0, 19).replace('T', ' ')} (UTC)`;

/** Of `, 500 already current, 500 excluded`. */
const COUNTS_LENGTH = 36;

/** @param max how long it may be */
function aboutHeadline(whole: WholeReport, text: string, words: MailWords, max: number): string[] {
  const told = readHeadline(text, words);
  if (told === null) return [`no headline is to be read in: ${text}`];
  const { report, lines } = whole;
  const { counts } = report;
  const names = ['intended', 'updated', 'alreadyCurrent', 'failed', 'excluded'] as const;
  // Where the longest numbers leave no room, what is as it should be is not counted.
  const isTerse = max - text.length < COUNTS_LENGTH && told.alreadyCurrent + told.excluded === 0;
  const needless = isTerse ? ['alreadyCurrent', 'excluded'] : [];
  const wrong = names.filter((name) => told[name] !== counts[name] && !needless.includes(name));
  const isDeath = told.saysDied === report.diedBeforeReport;
  return [
    ...(wrong.length === 0 ? [] : [`${wrong.join(', ')} told wrongly: ${text}`]),
    ...(isDeath ? [] : [`it is wrong on whether the run died: ${text}`]),
    ...aboutAwake(lines, told, text, words),
    ...aboutFailures(report, told, text),
    ...aboutVerdict(report, told, text),
    ...aboutBack(whole, told, text, words),
    ...aboutChecked(whole, told, text, words),
    ...aboutRoom(report.instances, told, text, max),
  ];
}

/** Who slept before and is awake after, by the account: with their number, and no others by name. */
function aboutAwake(lines: ReportedLine[], told: ToldHeadline, text: string, words: MailWords): string[] {
  const { surely, atMost } = leftAwake(lines);
  const isCounted = told.leftAwake >= surely.length && told.leftAwake <= atMost;
  return [
    ...(isCounted ? [] : [`${surely.length} to ${atMost} were left awake, and it is told: ${text}`]),
    ...aboutNamesAwake(
      lines.map(({ line }) => line),
      told,
      text,
      words,
    ),
  ];
}

/** Each name in the brackets behind the failed ones belongs to one of them, with its own cause. */
function aboutFailures({ instances }: Report, { failures }: ToldHeadline, text: string): string[] {
  const failed = instances.filter(({ outcome }) => outcome === 'failed');
  return failures.split(/; |／/).flatMap((cause) => {
    const [names = '', title] = cause.split(/: |：/);
    return namedIn(names).flatMap((name) => {
      const line = failed.find((one) => one.name === name || one.instanceId === name);
      if (line === undefined) return [`${name} did not fail, and it is told: ${text}`];
      return title === undefined || titlesOf(line).includes(title.toLowerCase())
        ? []
        : [`${name} failed as ${line.reason?.code}, and it is told: ${text}`];
    });
  });
}

const titlesOf = ({ reason }: ReportInstance): string[] =>
  (['en', 'ja'] as const).map((language) => wordsOf(reason?.code ?? '', language).title.toLowerCase());

/** A run that failed says so, by whatever failed it; one that succeeded does not. */
function aboutVerdict({ status, instances }: Report, told: ToldHeadline, text: string): string[] {
  const isAwakeForNothing = instances.some((line) => isAwakeAfterSleep(line) && line.finalState !== 'opted-out');
  const saysFailed =
    told.failed > 0 || told.saysRunFailed || told.saysDied || (told.leftAwake > 0 && isAwakeForNothing);
  return saysFailed === (status === 'failed') ? [] : [`the run ${status}, and it is told: ${text}`];
}

/** That all are back is said only if the account shows each of them as it was; that some are not, if the report has as many. */
function aboutBack({ lines }: WholeReport, { back }: ToldHeadline, text: string, words: MailWords): string[] {
  const moved = lines.filter((seen) => isSurelyMoved(seen));
  if (back === words.allBack) {
    return moved.map(({ line }) => `${line.instanceId} is not as it was, and it is told: ${text}`);
  }
  const touched = lines.flatMap(({ line }) => (line.outcome !== 'excluded' || line.wokenAt !== null ? [line] : []));
  const unknown = touched.filter(({ finalState }) => finalState === null).length;
  const saidUnknown = Number(words.unknown.exec(back)?.[1] ?? 0);
  const saidOther = Number(words.notAsBefore.exec(back)?.[1] ?? 0);
  const other = touched.filter(isOtherwise).length;
  return [
    ...(saidUnknown === unknown ? [] : [`the state of ${unknown} is unknown, and it is told: ${text}`]),
    ...(saidOther === other ? [] : [`${other} are otherwise than before, besides who is left awake: ${text}`]),
  ];
}

/** What is left awake stands at the head already. A lease that was not removed is not as before, either. */
const isOtherwise = (line: ReportInstance): boolean =>
  line.finalState !== null &&
  !isAwakeAfterSleep(line) &&
  (line.finalState !== line.originalState || line.reason?.code === 'lease-kept');

/** What is said of all of them together is what the report has checked; nothing is said where it has touched no one. */
function aboutChecked(
  { report: { checks, instances } }: WholeReport,
  { back }: ToldHeadline,
  text: string,
  words: MailWords,
) {
  const found = [checks.states, checks.leases, checks.launchTimes].map(({ status }) => status);
  const isTouched = instances.some(({ outcome, wokenAt }) => outcome !== 'excluded' || wokenAt !== null);
  const isWrong =
    (back === words.allBack && found.some((status) => status !== 'kept')) ||
    (back === words.notAllBack && !found.includes('not-kept')) ||
    (back === words.backNotChecked && (!found.includes('not-checked') || found.includes('not-kept')));
  const isSilent = back === '' && isTouched && !instances.some((line) => isAwakeAfterSleep(line));
  return isWrong || isSilent || (back !== '' && !isTouched) ? [`its checks are ${found.join(', ')}: ${text}`] : [];
}

/** It was touched, and by the account it is not as it was before the run. */
function isSurelyMoved(seen: ReportedLine): boolean {
  const { evidence, instance, listed, ended, line } = seen;
  if (line.outcome === 'excluded' && line.wokenAt === null) return false;
  const before = standingAt(evidence, instance, listed);
  return !isUncertain(seen) && before !== standingAt(evidence, instance, ended);
}

function aboutText(report: Report, message: string, words: MailWords): string[] {
  const { intended, excluded } = report.counts;
  const isAllExcluded = intended > 0 && intended === excluded;
  const places = ['report.html', 'report.json'].filter((name) => !message.includes(`/runs/${report.runId}/${name}\n`));
  return [
    ...(message.includes(words.intended(intended)) ? [] : ['the mail tells other counts']),
    ...(message.includes(words.allExcluded) === isAllExcluded
      ? []
      : ['the mail is wrong on whether all were excluded']),
    ...places.map((name) => `the mail does not say where ${name} is`),
  ];
}

/** Critical is what costs money until someone acts; a run that has failed warns; and one that succeeded does neither. */
function aboutAttributes({ report, lines }: WholeReport, { attributes }: Mail): string[] {
  const { surely } = leftAwake(lines.filter(({ line }) => line.finalState !== 'opted-out'));
  const isAwake = report.instances.some((line) => isAwakeAfterSleep(line) && line.finalState !== 'opted-out');
  const { status, severity } = attributes;
  const isSevereEnough = surely.length === 0 || severity === 'critical';
  const failed = report.status === 'failed' ? 'warning' : 'info';
  return [
    ...(status === report.status ? [] : [`the run ${report.status}, and its message can be filtered as ${status}`]),
    ...(isSevereEnough && severity === (isAwake ? 'critical' : failed)
      ? []
      : [`its message can be filtered as ${severity}`]),
  ];
}

/** A chat shows nothing but such a notification. */
function aboutChat(whole: WholeReport, { https }: Mail, words: MailWords): string[] {
  const chat = JSON.parse(https) as {
    version?: string;
    source?: string;
    content?: { title?: string; description?: string; nextSteps?: string[] };
    metadata?: { threadId?: string };
  };
  const { runId, status } = whole.report;
  const { description = '', nextSteps = [] } = chat.content ?? {};
  const isLocated = ['report.html', 'report.json'].every((name) => description.includes(`/runs/${runId}/${name}`));
  const isShown = chat.version === '1.0' && chat.source === 'custom';
  return [
    ...(isShown ? [] : ['a chat does not show what was sent']),
    ...(isLocated && chat.metadata?.threadId === runId ? [] : ['a chat does not say which run it is about']),
    ...(status === 'failed' || nextSteps.length === 0 || whole.report.instances.some(isAwakeAfterSleep)
      ? []
      : [`a chat has something to do after a run that succeeded: ${nextSteps.join('; ')}`]),
    ...aboutHeadline(whole, chat.content?.title ?? '', words, CHAT_TITLE_LENGTH_MAX),
  ];
}

import type { Report, ReportInstance } from '../../../../functions/domain/report/report.ts';
import { wordsOf } from '../../../../functions/domain/words/catalogue.ts';
import type { Language } from '../../../../functions/domain/words/words.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { standingAt } from '../../evidence/standings.ts';
import type { ReportedLine } from '../report/reported-line.ts';
import { isUncertain, leftAwake, type WholeReport } from '../report/whole-report.ts';
import { mailWords, readHeadline, type ToldHeadline } from './mail-words.ts';

type Mail = Evidence['overheard']['mails'][number];

type Words = NonNullable<(typeof mailWords)[string]>;

/** What was told of a run says what the account says: in its subject, in its first line, and in all that follows. */
export function aboutMail(whole: WholeReport): string[] {
  const { evidence, execution, report } = whole;
  const language = languageOf(evidence);
  const words = mailWords[language] as Words;
  const mail = evidence.overheard.mails.find(
    ({ message }) => message.includes(`\n${words.run(report)}\n`) && message.includes(` ${inUtc(report.endedAt)}`),
  );
  if (mail === undefined) {
    const isOver = execution.status === 'SUCCEEDED' || execution.error === 'RunFailed';
    return isOver ? ['no mail told how it went'] : [];
  }
  const [firstLine = ''] = mail.message.split('\n');
  const en = mailWords['en'] as Words;
  return [
    ...(/^[\x20-\x7e]{1,99}$/.test(mail.subject) ? [] : [`SNS does not take the subject ${mail.subject}`]),
    ...aboutHeadline(whole, mail.subject, en),
    ...aboutHeadline(whole, firstLine, words),
    ...aboutText(report, mail.message, words),
    ...aboutCauses(report, mail.message, language),
    ...aboutMailedLines(report, mail.message, words),
    ...aboutAttributes(whole, mail),
    ...aboutChat(whole, mail, words),
  ];
}

export const languageOf = ({ parameters }: Evidence): Language => (parameters['Language'] === 'ja' ? 'ja' : 'en');

/** As a mail says a time: every simulation is deployed with a schedule in UTC. */
const inUtc = (moment: string): string => `${moment.slice(0, 19).replace('T', ' ')} (UTC)`;

function aboutHeadline(whole: WholeReport, text: string, words: Words): string[] {
  const told = readHeadline(text, words);
  if (told === null) return [`no headline is to be read in: ${text}`];
  const { report, lines } = whole;
  const { counts } = report;
  const names = ['intended', 'updated', 'alreadyCurrent', 'failed', 'excluded'] as const;
  const wrong = names.filter((name) => told[name] !== counts[name]);
  const isDeath = told.saysDied === report.diedBeforeReport;
  return [
    ...(wrong.length === 0 ? [] : [`${wrong.join(', ')} told wrongly: ${text}`]),
    ...(isDeath ? [] : [`it is wrong on whether the run died: ${text}`]),
    ...aboutAwake(lines, told, text, words),
    ...aboutFailures(report, told, text),
    ...aboutVerdict(report, told, text),
    ...aboutBack(whole, told, text, words),
  ];
}

/** Who slept before and is awake after, by the account: with their number, and no others by name. */
function aboutAwake(lines: ReportedLine[], told: ToldHeadline, text: string, words: Words): string[] {
  const { surely, atMost } = leftAwake(lines);
  const byTag = lines.filter(({ line }) => line.finalState === 'opted-out').length;
  const isCounted = told.leftAwake >= surely.length && told.leftAwake <= atMost;
  const isTagTold = told.awake === '' || words.byTag.test(told.awake) === byTag > 0;
  const awake = lines.flatMap(({ line }) => (isAwakeAfterSleep(line) ? [line] : []));
  const named = isTagTold && byTag === 0 ? namedIn(told.awake) : [];
  const strangers = named.filter((name) => !awake.some((line) => line.name === name || line.instanceId === name));
  return [
    ...(isCounted ? [] : [`${surely.length} to ${atMost} were left awake, and it is told: ${text}`]),
    ...(isTagTold ? [] : [`${byTag} were left awake by their tags, and it is told: ${text}`]),
    ...strangers.map((name) => `${name} was not left awake, and it is told: ${text}`),
  ];
}

const isAwakeAfterSleep = ({ originalState, finalState }: ReportInstance): boolean =>
  ['stopped', 'hibernated'].includes(originalState ?? '') &&
  ['running', 'pending', 'handed-over', 'opted-out'].includes(finalState ?? '');

/** `a, b and 3 more`, in either language: the names alone. */
const namedIn = (text: string): string[] =>
  text
    .replace(/ and \d+ more$|、ほか\d+台$/, '')
    .split(/, |、/)
    .filter((name) => name !== '');

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
function aboutBack({ lines }: WholeReport, { back }: ToldHeadline, text: string, words: Words): string[] {
  const moved = lines.filter((seen) => isSurelyMoved(seen));
  if (back === words.allBack) {
    return moved.map(({ line }) => `${line.instanceId} is not as it was, and it is told: ${text}`);
  }
  const touched = lines.filter(({ line }) => line.outcome !== 'excluded' || line.wokenAt !== null);
  const unknown = touched.filter(({ line }) => line.finalState === null).length;
  const saidUnknown = Number(words.unknown.exec(back)?.[1] ?? 0);
  const saidOther = Number(words.notAsBefore.exec(back)?.[1] ?? 0);
  const otherAtMost = touched.length;
  return [
    ...(saidUnknown === unknown ? [] : [`the state of ${unknown} is unknown, and it is told: ${text}`]),
    ...(saidOther <= otherAtMost ? [] : [`not so many can be otherwise than before: ${text}`]),
  ];
}

/** It was touched, and by the account it is not as it was before the run. */
function isSurelyMoved(seen: ReportedLine): boolean {
  const { evidence, instance, listed, ended, line } = seen;
  if (line.outcome === 'excluded' && line.wokenAt === null) return false;
  const before = standingAt(evidence, instance, listed);
  return !isUncertain(seen) && before !== standingAt(evidence, instance, ended);
}

function aboutText(report: Report, message: string, words: Words): string[] {
  const isAllExcluded = report.instances.every(({ outcome }) => outcome === 'excluded');
  const places = ['report.html', 'report.json'].filter((name) => !message.includes(`/runs/${report.runId}/${name}\n`));
  return [
    ...(message.includes(words.intended(report.counts.intended)) ? [] : ['the mail tells other counts']),
    ...(message.includes(words.allExcluded) === isAllExcluded
      ? []
      : ['the mail is wrong on whether all were excluded']),
    ...places.map((name) => `the mail does not say where ${name} is`),
  ];
}

/** What failed comes with what a person has to do. */
function aboutCauses({ instances }: Report, message: string, language: Language): string[] {
  const codes = new Set(instances.flatMap(({ outcome, reason }) => (outcome === 'failed' ? [reason?.code ?? ''] : [])));
  return [...codes].flatMap((code) => {
    const { whatToDo } = wordsOf(code, language);
    return whatToDo === null || message.includes(whatToDo) ? [] : [`the mail does not say what to do about ${code}`];
  });
}

const LINES_MAX = 100;

function aboutMailedLines({ instances }: Report, message: string, words: Words): string[] {
  if (instances.length > LINES_MAX) return [];
  const told = message.split('\n');
  const missing = instances.filter((line) => {
    const text = told.find((one) => one.startsWith(`  ${line.instanceId}  `)) ?? '';
    const parts = [
      `  ${words.outcomes[line.outcome]}  `,
      `${line.versionBefore ?? '?'} -> ${line.versionAfter ?? '?'}`,
      line.finalState ?? words.stateUnknown,
      line.reason?.text ?? '',
      line.reason?.code ?? '',
    ];
    return parts.some((part) => !text.includes(part)) || line.notes.some((note) => !text.includes(note.text));
  });
  return missing.map(({ instanceId }) => `the mail does not tell ${instanceId} as the report does`);
}

function aboutAttributes({ report, lines }: WholeReport, { attributes }: Mail): string[] {
  const { surely } = leftAwake(lines.filter(({ line }) => line.finalState !== 'opted-out'));
  const { status, severity } = attributes;
  const isSevereEnough = surely.length === 0 || severity === 'critical';
  const isCalm = report.status === 'failed' || severity === 'info';
  return [
    ...(status === report.status ? [] : [`the run ${report.status}, and its message can be filtered as ${status}`]),
    ...(isSevereEnough && isCalm ? [] : [`its message can be filtered as ${severity}`]),
  ];
}

/** A chat shows nothing but such a notification. */
function aboutChat(whole: WholeReport, { https }: Mail, words: Words): string[] {
  const chat = JSON.parse(https) as { version?: string; source?: string; content?: { title?: string } };
  const isShown = chat.version === '1.0' && chat.source === 'custom';
  return [
    ...(isShown ? [] : ['a chat does not show what was sent']),
    ...aboutHeadline(whole, chat.content?.title ?? '', words),
  ];
}

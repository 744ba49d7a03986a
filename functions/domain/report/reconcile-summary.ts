import { runPrefix } from '../model/object-keys.ts';
import { boundedText } from '../model/plain-text.ts';
import { wordsOfError } from '../words/aws-error-words.ts';
import { chatNotification, fittingInChat, type Message, SUBJECT_LENGTH_MAX } from '../words/message.ts';
import { messageWords } from '../words/message-words.ts';
import { type CountedAction, type ReconcileWords, reconcileWords } from '../words/reconcile-words.ts';
import type { Language } from '../words/words.ts';
import { consoleLinkToFolder } from './console-link.ts';
import { isSettled, type ReconcileResult } from './reconcile-report.ts';
import { BODY_NAME, callNames, listNames, SUBJECT_NAME } from './shown-names.ts';
import { stopCommands } from './stop-command.ts';

/** Where a pass was made, and how it is told. */
export interface PassTelling {
  region: string;
  bucketName: string;
  language: Language;
  hasNewRefusals: boolean;
}

/**
 * One pass in words; null where it has no news: an instance that waits is told when it is settled. A refusal is news the first
 * time, since someone can put it right.
 */
export function summarizeReconciled(done: ReconcileResult[], telling: PassTelling): Message | null {
  const { language, region, hasNewRefusals } = telling;
  const settled = done.filter(isSettled);
  const open = done.filter((one) => !isSettled(one));
  if (settled.length === 0 && !hasNewRefusals) return null;
  const words = reconcileWords[language];
  const leftAwake = done.filter(({ action }) => action === 'left-awake');
  const headline = headlineOf(done, language, { names: 10, fitting: BODY_NAME });
  const commands = stopCommands(leftAwake, region);
  const where = placesOf(done, telling);
  const brief = [
    headline,
    words.ended(region),
    ...(commands.length > 0 ? ['', words.toStop, ...commands.map((one) => `  ${one}`)] : []),
    ...(hasNewRefusals ? ['', words.refusals] : []),
  ];
  return {
    subject: subjectOf(done),
    brief: [...brief, '', ...where].join('\n'),
    text: [
      ...brief,
      ...(settled.length > 0 ? ['', words.settledHead, ...settled.map((one) => settledLine(one, language))] : []),
      ...(open.length > 0
        ? ['', words.openHead, ...open.flatMap((one) => [openLine(one, language), ...errorLines(one, language)])]
        : []),
      '',
      ...where,
    ].join('\n'),
    chat: chatNotification(
      headline,
      [words.ended(region), ...fittingInChat(commands.length === 0 ? [] : [words.toStop, ...commands]), ...where],
      hasNewRefusals ? [words.refusals] : [],
      done[0]?.runId ?? region,
    ),
    attributes: {
      status: settled.length > 0 ? 'restored' : 'open',
      severity: leftAwake.length > 0 || hasNewRefusals ? 'critical' : 'info',
    },
  };
}

/** In English, whatever the language, with as many names as fit (docs/aws-behaviour.md 90). */
function subjectOf(done: ReconcileResult[]): string {
  const said = [3, 2, 1, 0].map((names) => headlineOf(done, 'en', { names, fitting: SUBJECT_NAME }));
  const shortest = said.at(-1) ?? '';
  return boundedText(said.find(({ length }) => length <= SUBJECT_LENGTH_MAX) ?? shortest, SUBJECT_LENGTH_MAX, '');
}

const COUNTED: [CountedAction, ReconcileResult['action'][]][] = [
  ['restored', ['restored']],
  ['back-now', ['back-now']],
  ['handed-over', ['handed-over']],
  ['left-awake', ['left-awake']],
  ['gone', ['gone']],
  ['refused', ['refused']],
  ['held', ['held']],
  ['not-yet', ['stopping', 'waiting']],
];

interface NamesShown {
  names: number;
  fitting: RegExp;
}

function headlineOf(done: ReconcileResult[], language: Language, { names, fitting }: NamesShown): string {
  const words = reconcileWords[language];
  const { leftAwake: sayLeftAwake, brackets, comma, fullStop } = messageWords[language];
  const calls = callNames(done, fitting);
  const who = (ones: ReconcileResult[]): string => {
    if (names === 0 || ones.length === 0) return '';
    const called = ones.map(({ instanceId }) => calls.get(instanceId) ?? instanceId);
    return brackets(listNames(called, names, messageWords[language]));
  };
  const leftAwake = done.filter(({ action }) => action === 'left-awake');
  const parts = COUNTED.flatMap(([counted, actions]) => {
    const ones = done.filter(({ action }) => actions.includes(action));
    // What is left awake has been named already.
    return ones.length === 0 ? [] : [words.counted(ones.length, counted, counted === 'left-awake' ? '' : who(ones))];
  });
  const head = leftAwake.length > 0 ? `${sayLeftAwake(leftAwake.length, who(leftAwake))}${fullStop}` : '';
  return `${head}${words.headline}${parts.join(comma)}`;
}

function placesOf(done: ReconcileResult[], { region, bucketName, language }: PassTelling): string[] {
  const runs = [...new Set(done.map(({ runId }) => runId))];
  return runs.flatMap((runId) => [
    `${reconcileWords[language].files}s3://${bucketName}/${runPrefix({ runId })}`,
    `  ${consoleLinkToFolder(region, bucketName, runPrefix({ runId }))}`,
  ]);
}

function settledLine(one: ReconcileResult, language: Language): string {
  const words = reconcileWords[language];
  return lineOf(one, words.done(one.action, one.finalState ?? words.unknownState), words, language);
}

const openLine = (one: ReconcileResult, language: Language): string =>
  lineOf(one, reconcileWords[language].done(one.action, null), reconcileWords[language], language);

/** What AWS's refusal means, and what to do about it. */
function errorLines({ awsError }: ReconcileResult, language: Language): string[] {
  if (awsError === undefined) return [];
  const { title, meaning, whatToDo } = wordsOfError(awsError, language);
  return [`    ${title}${messageWords[language].colon}${meaning} ${whatToDo}`];
}

const NAME_LENGTH_LISTED = 40;

function lineOf(
  { instanceId, runId, name, text }: ReconcileResult,
  what: string,
  words: ReconcileWords,
  language: Language,
): string {
  const said = text === null ? '' : `${messageWords[language].colon}${text}`;
  return `  ${instanceId}  ${what}${words.afterRun(runId, name === null ? null : boundedText(name, NAME_LENGTH_LISTED))}${said}`;
}

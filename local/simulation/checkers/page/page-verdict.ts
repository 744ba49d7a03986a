// What a page says in its headline, of both promises, and in its equation.
import type { Report } from '../../../../functions/domain/report/report.ts';
import { isAwakeAfterSleep } from '../mail/awake-in-mail.ts';
import { type MailWords, mailWords, readHeadline, type ToldHeadline } from '../mail/mail-words.ts';
import { numbersIn, type PageText, textOf, within } from './page-text.ts';

const COUNTS = ['intended', 'updated', 'alreadyCurrent', 'failed', 'excluded'] as const;

/** Whether a headline has the counts of the report. Of no instance it has none. */
export const isCounted = (told: ToldHeadline, { counts, diedBeforeReport }: Report): boolean =>
  COUNTS.every((name) => told[name] === counts[name]) && told.saysDied === diedBeforeReport;

/** What the page says at its head, without the signs that keep its parts together. */
const headIn = (markup: string): string =>
  textOf(within(markup, /<h1>/, '</h1>'))
    .replaceAll('\u00a0', ' ')
    .replace(/[.。]$/, '');

/** What a page says below its headline of the versions that are proved. */
const PROVED: Record<PageText['language'], RegExp> = {
  en: /(?:All )?([\d,]+) agents? (?:is|are) proved to be on ([\d.]+)\./,
  ja: /([\d,]+)台(?:すべて)?(?:で|は) ([\d.]+) を確認/,
};

/** The headline is that of the mail: the same counts, and no one awake whom the report does not call so. */
export function aboutVerdict({ language, markup }: PageText, report: Report): string[] {
  const { counts, targetVersion, instances } = report;
  const text = headIn(markup);
  const told = readHeadline(text, mailWords[language] as MailWords);
  if (told === null) return [`no headline is to be read in the page (${language}): ${text}`];
  const awake = instances.filter(isAwakeAfterSleep).length;
  const proved = counts.updated + counts.alreadyCurrent;
  const [, number = '0', version = ''] = PROVED[language].exec(textOf(deckIn(markup))) ?? [];
  const isProved = proved === 0 ? version === '' : numbersIn(number)[0] === proved && version === targetVersion;
  return [
    ...(isCounted(told, report) ? [] : [`the page tells other counts (${language}): ${text}`]),
    // What was put back since is not awake any more.
    ...(told.leftAwake === awake || (told.leftAwake < awake && markup.includes('<section id="after">'))
      ? []
      : [`${awake} were left awake, and the page says (${language}): ${text}`]),
    ...(isProved ? [] : [`${proved} are proved, and the page says (${language}): ${textOf(deckIn(markup))}`]),
  ];
}

const deckIn = (markup: string): string => /<p class="deck">([\s\S]*?)<\/p>/.exec(markup)?.[1] ?? '';

/** Both promises are called kept only if all of their checks are, and not kept only where a check or a line says so. */
export function aboutPromises({ language, markup }: PageText, report: Report): string[] {
  const { checks, instances } = report;
  const [versions, back] = [...markup.matchAll(/<section class="promise ([\w-]+)">/g)].map(([, status]) => status);
  const statuses = [checks.states, checks.leases, checks.launchTimes].map(({ status }) => status);
  const isBad =
    statuses.includes('not-kept') ||
    instances.some((line) => isAwakeAfterSleep(line) && line.finalState !== 'opted-out');
  const isTold = instances.some(({ reason }) => reason !== null);
  const allKept = statuses.every((status) => status === 'kept');
  const isRight =
    (back === 'kept' && allKept && !isBad) ||
    (back === 'not-checked' && !allKept && !isBad) ||
    (back === 'not-kept' && (isBad || isTold));
  const text = headIn(markup);
  const words = mailWords[language] as MailWords;
  // Who is opted out in mid-run is told, and breaks no promise.
  const isSaid = !text.includes(words.allBack) || back === 'kept';
  return [
    ...(versions === checks.versions.status ? [] : [`the page calls its versions ${versions} (${language})`]),
    ...(isRight
      ? []
      : [`the page calls the way back ${back}, and the checks are ${statuses.join(', ')} (${language})`]),
    ...(isSaid ? [] : [`the page calls the way back ${back}, and says: ${text}`]),
  ];
}

/** The facts below the promises: who was woken, who is back, and who ran before. */
export function aboutFacts({ language, markup }: PageText, report: Report): string[] {
  const facts = within(markup, /<div class="promises">/, '</div>');
  const texts = [...facts.matchAll(/<li>(.*?)<\/li>/g)].map(([, fact = '']) => textOf(fact));
  const { counts, instances } = report;
  const woken = instances.filter(({ wokenAt }) => wokenAt !== null);
  const back = woken.filter(({ restoredAt }) => restoredAt !== null);
  const hibernated = back.filter(({ finalState }) => finalState === 'hibernated').length;
  const running = instances.filter(
    ({ outcome, originalState }) => outcome !== 'excluded' && originalState === 'running',
  );
  const how = [back.length - hibernated, hibernated].filter((count) => count > 0);
  const has = (word: RegExp, numbers: number[]) => {
    const text = texts.find((one) => word.test(one));
    return numbers[0] === 0
      ? text === undefined
      : text !== undefined &&
          numbersIn(text.replace(/\(.*|（.*/, ''))
            .slice(0, numbers.length)
            .join() === numbers.join();
  };
  const en = language === 'en';
  const woke = texts.find((one) => (en ? / woken, / : /^起動した\d/).test(one));
  const isWoken =
    woken.length === 0
      ? woke === undefined
      : numbersIn(woke ?? '').join() === [woken.length, back.length, ...how].join();
  const isIn = en ? has(/ intended, /, [counts.intended, counts.intended]) : has(/^全/, [counts.intended]);
  const isUpdated = has(en ? /counted as updated/ : /台が更新済み/, [counts.updated]);
  const isCurrent = has(en ? /had the version already/ : /実行前から目標/, [counts.alreadyCurrent]);
  const isRunning = has(en ? / ran before/ : /実行前から稼働中/, [running.length]);
  const isTagless = texts.some((one) => (en ? /No lease tag is left/ : /リースタグは残っていません/).test(one));
  return [
    ...(isWoken ? [] : [`${woken.length} were woken, ${back.length} are back, and the page says: ${woke}`]),
    ...(isIn || counts.intended === 0 ? [] : [`the page does not account for ${counts.intended} (${language})`]),
    ...(isUpdated && isCurrent ? [] : [`the page has other counts below its promise (${language})`]),
    ...(isRunning ? [] : [`${running.length} ran before, and the page does not say so (${language})`]),
    ...(isTagless === (report.checks.leases.status === 'kept') ? [] : [`the page is wrong on leases (${language})`]),
  ];
}

/** The equation, as it is read out and as it is drawn. */
export function aboutEquation({ language, markup }: PageText, { counts }: Report): string[] {
  const { intended, updated, alreadyCurrent, failed, excluded } = counts;
  const should = [intended, updated, alreadyCurrent, failed, excluded].join();
  const readOut = numbersIn(textOf(within(markup, /<p class="hidden">/, '</p>'))).join();
  const drawn = [...markup.matchAll(/<span class="count" data-sign="[^"]*">([^<]*)</g)].map(([, count = '']) =>
    Number(count.replaceAll(',', '')),
  );
  const isRight = readOut === should && drawn.join() === should;
  return isRight ? [] : [`the equation of the page has ${readOut}, and draws ${drawn.join()}: ${should} (${language})`];
}

// The parts of a page that name instances: failures by cause, the timeline, and who was left out.
import type { Report, ReportInstance } from '../../../../functions/domain/report/report.ts';
import { wordsOfError } from '../../../../functions/domain/words/aws-error-words.ts';
import { wordsOf } from '../../../../functions/domain/words/catalogue.ts';
import { withClocks } from '../mail/with-clocks.ts';
import { doneAt } from './page-rows.ts';
import { linkedIn, numbersIn, type PageText, sectionOf, textOf } from './page-text.ts';

const articlesIn = (section: string): { code: string; markup: string }[] =>
  [...section.matchAll(/<article class="cause"(?: id="cause-([^"]+)")?>([\s\S]*?)<\/article>/g)].map(
    ([, code = '', markup = '']) => ({ code, markup }),
  );

const countOf = (markup: string): number =>
  numbersIn(textOf(/<span class="count">([^<]*)</.exec(markup)?.[1] ?? ''))[0] ?? -1;

const isSame = (one: string[], other: string[]): boolean => [...one].sort().join() === [...other].sort().join();

/** Each cause of failures: whom it concerns, AWS's words, and what to do. */
export function aboutFailures({ language, markup }: PageText, { instances }: Report): string[] {
  const articles = articlesIn(sectionOf(markup, 'failures'));
  const failed = Map.groupBy(
    instances.filter(({ outcome }) => outcome === 'failed'),
    ({ reason }) => reason?.code ?? '',
  );
  return [...failed].flatMap(([code, lines]) => {
    const article = articles.find((one) => one.code === code)?.markup ?? '';
    const { title, whatToDo } = wordsOf(code, language);
    const ids = lines.map(({ instanceId }) => instanceId);
    const text = textOf(article);
    const isTold =
      lines.every(({ reason }) => reason === null || text.includes(withClocks(reason.text))) &&
      text.includes(title) &&
      text.includes(whatToDo ?? '') &&
      tellsErrors(text, lines, language);
    return [
      ...(isSame([...new Set(linkedIn(article))], ids) && countOf(article) === ids.length
        ? []
        : [`${ids.join(', ')} failed as ${code}, and the page names ${linkedIn(article).join(', ')} (${language})`]),
      ...(isTold ? [] : [`the page does not tell why ${code}, or what to do (${language})`]),
    ];
  });
}

/** Each error of AWS that is quoted, by its call and its code: what it means, and what to do. A cause tells of five at most. */
function tellsErrors(text: string, lines: ReportInstance[], language: PageText['language']): boolean {
  const errors = lines.flatMap(({ reason }) => reason?.awsError ?? []);
  const told = new Map(errors.map((error) => [`${error.call}: ${error.code}`, error]));
  return [...told].slice(0, 5).every(([name, error]) => {
    const { meaning, whatToDo } = wordsOfError(error, language);
    return text.includes(`${name} ${meaning}`) && text.includes(`${name} ${whatToDo}`);
  });
}

/** Who took no part, each once. */
export function aboutLeftOut({ language, markup }: PageText, { instances }: Report): string[] {
  const articles = articlesIn(sectionOf(markup, 'left-out'));
  const excluded = instances.filter(({ outcome }) => outcome === 'excluded').map(({ instanceId }) => instanceId);
  const named = articles.flatMap((one) => linkedIn(one.markup));
  const counted = articles.reduce((sum, one) => sum + countOf(one.markup), 0);
  const isWhole = named.length === excluded.length || excluded.length > 12;
  return counted === excluded.length && isWhole && named.every((id) => excluded.includes(id))
    ? []
    : [`${excluded.join(', ') || 'none'} took no part, and the page leaves out ${named.join(', ')} (${language})`];
}

interface Row {
  id: string;
  outcome: string;
  markup: string;
}

const rowsIn = (section: string): Row[] =>
  [...section.matchAll(/<li class="row ([\w-]+)">([\s\S]*?)<\/li>/g)].map(([, outcome = '', markup = '']) => ({
    id: linkedIn(markup)[0] ?? '',
    outcome,
    markup,
  }));

/** A duration, as a page tells it: `1 h 35`, `12 min` or `40 s`, and in Japanese. */
function saidSeconds(text: string): number {
  const [, hours = 0, after = 0] = /(\d+) ?(?:h|時間)(?: ?(\d+))?/.exec(text) ?? [];
  if (Number(hours) > 0) return Number(hours) * 3600 + Number(after) * 60;
  const [minutes, seconds] = [/(\d+) ?(?:min|分)/, /(\d+) ?(?:s\b|秒)/].map((unit) =>
    Number(unit.exec(text)?.[1] ?? 0),
  );
  return (minutes ?? 0) * 60 + (seconds ?? 0);
}

/** From where to where a phase goes, where both ends were seen. */
function seenPhases({
  times,
  wokenAt,
  commands,
}: ReportInstance): [name: string, from: string | null, to: string | null][] {
  const [first] = commands;
  return [
    ['booting', times.startAcceptedAt ?? wokenAt, times.runningAt],
    ['registering', times.runningAt, times.firstPingAt],
    ['updating', first?.sentAt ?? null, commands.length === 1 ? (first?.endedAt ?? null) : null],
    ['going back', times.stopAcceptedAt, times.settledAt],
  ];
}

const ROUNDING_SECONDS = 31;

/** The lengths that a row tells are those between the times of its line. */
function wrongPhase(row: Row, line: ReportInstance): string | null {
  const label = /aria-label="([^"]*)"/.exec(row.markup)?.[1] ?? '';
  for (const [name, from, to] of seenPhases(line)) {
    const isKnown = line.wokenAt !== null && from !== null && to !== null && to > from;
    if (!isKnown) continue;
    const length = (Date.parse(to) - Date.parse(from)) / 1000;
    const said = new RegExp(`${name} ([^,]*)`).exec(label)?.[1];
    if (said === undefined || Math.abs(saidSeconds(said) - length) > (length < 90 ? 1 : ROUNDING_SECONDS))
      return `${name} ${said ?? 'for no time'} instead of ${Math.round(length)} s`;
  }
  return null;
}

/** Each instance that took part has one row, with its outcome, when it was done, and what it was at for how long. */
export function aboutTimeline({ language, markup }: PageText, { instances }: Report): string[] {
  const section = sectionOf(markup, 'timeline');
  const rows = rowsIn(section);
  const tookPart = instances.filter(({ outcome }) => outcome !== 'excluded');
  // Many are drawn as silhouettes.
  if (rows.length < tookPart.length)
    return tookPart.length > 30 ? [] : [`the page draws ${rows.length} of ${tookPart.length}`];
  return tookPart.flatMap((line) => {
    const row = rows.find(({ id }) => id === line.instanceId);
    if (row === undefined) return [`the page draws no ${line.instanceId} (${language})`];
    const end = textOf(/<span class="end">([\s\S]*)/.exec(row.markup)?.[1] ?? '');
    const done = doneAt(line)?.slice(11, 16) ?? '';
    const failedAs = line.reason === null ? '' : wordsOf(line.reason.code, language).title;
    const isEnd = line.outcome === 'failed' ? end.includes(failedAs) : end.includes(done);
    const isNamed = textOf(row.markup).includes(line.name ?? line.instanceId);
    const phase = language === 'en' ? wrongPhase(row, line) : null;
    return [
      ...(row.outcome === line.outcome && isEnd && isNamed
        ? []
        : [`the page draws ${line.instanceId} as ${row.outcome}: ${end}`]),
      ...(phase === null ? [] : [`the page says of ${line.instanceId}: ${phase}`]),
    ];
  });
}

/** Which run it is: its name, region, account and groups, and from when to when. */
export function aboutMasthead({ language, markup }: PageText, report: Report): string[] {
  const masthead = markup.slice(0, markup.indexOf('</header>'));
  const text = textOf(masthead);
  const groups = [...new Set(report.instances.map(({ group }) => group))];
  const clock = `${report.startedAt.slice(11, 16)}–${report.endedAt.slice(11, 16)} UTC`;
  const missing = [report.runId, report.region, report.account, clock, ...groups].filter(
    (part) => !text.includes(part),
  );
  const isDated = masthead.includes(`datetime="${report.startedAt}"`);
  return missing.length === 0 && isDated ? [] : [`the page does not say ${missing.join(', ') || 'when'} (${language})`];
}

/** What the run took: how many were woken, and for how long altogether. */
export function aboutDeck({ language, markup }: PageText, { instances, startedAt, endedAt }: Report): string[] {
  const deck = textOf(/<p class="deck">([\s\S]*?)<\/p>/.exec(markup)?.[1] ?? '');
  const woken = instances.filter(({ wokenAt }) => wokenAt !== null);
  const awake = instances.reduce((sum, { awakeSeconds }) => sum + (awakeSeconds ?? 0), 0);
  const en = language === 'en';
  const told = (en ? /([\d,]+) instances? woken(?: for (.*?) altogether)?/ : /([\d,]+)台を起動(?:（延べ(.*?)）)?/).exec(
    deck,
  );
  const isTimed = woken.some(({ awakeSeconds }) => awakeSeconds !== null);
  const whole = (en ? /\. ([^.]*) from first/ : /所要時間は(.*)です/).exec(deck)?.[1] ?? '';
  const isClose = (text: string, seconds: number) =>
    Math.abs(saidSeconds(text) - seconds) <= (seconds < 90 ? 1 : ROUNDING_SECONDS);
  const isWoken =
    told === null
      ? woken.length === 0
      : numbersIn(told[1] ?? '')[0] === woken.length &&
        (isTimed ? isClose(told[2] ?? '', awake) : told[2] === undefined);
  const isRight = isWoken && isClose(whole, (Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  return isRight ? [] : [`${woken.length} were woken for ${Math.round(awake)} s, and the page says: ${deck}`];
}

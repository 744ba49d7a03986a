import { withLocalMoments } from '../../../listing/local-time.ts';
import { wordsOfError } from '../../../words/aws-error-words.ts';
import { wordsOf } from '../../../words/catalogue.ts';
import { errorsOf } from '../../causes.ts';
import { lookCommand } from '../facts/look-commands.ts';
import type { Cause, Night, NightInstance } from '../facts/night.ts';
import { html, type Markup } from '../markup/html.ts';
import { instanceLink } from '../markup/instance-link.ts';
import type { PageWords } from '../words/page-words.ts';
import { drawChronicle } from './chronicle.ts';

const NAMED_MAX = 8;

/** More words of AWS than a reader takes in: the table has them all. */
const TEXTS_MAX = 20;

/** One cause: which instances, what was seen of them, and what a person does about it. */
export function drawCause({ code, instances }: Cause, night: Night, words: PageWords): Markup {
  const { failures } = words;
  const { title, meaning, whatToDo } = wordsOf(code, words.language);
  const [first] = instances;
  if (first === undefined) return html``;
  const command = lookCommand(code, first, night.report.region);
  const [text, ...others] = new Set(
    instances.flatMap(({ reason }) => (reason === null ? [] : withLocalMoments(reason.text, night.report.timeZone))),
  );
  const { said, commands } = first;
  const whoSaid = commands.length > 0 ? failures.printed : failures.saidByAws;
  const errors = errorsOf(instances).map((error) => wordsOfError(error, words.language));
  const chronicle = drawChronicle(first, night, words, instances.length > 1);
  return html`<article class="cause" id="cause-${code}"><div><h3><span class="count">${words.number(instances.length)}</span>${title}</h3>${drawNames(instances, night, words)}</div><div><h4>${failures.seen}</h4>${meaning !== '' && html`<p>${meaning}</p>`}${text !== undefined && quote(text)}${drawMeanings(errors)}${
    said !== null && html`<p class="small">${whoSaid}</p>${quote(said)}`
  }${chronicle}${
    others.length > 0 &&
    html`<details><summary>${failures.moreTexts(others.length)}</summary>${others.slice(0, TEXTS_MAX).map(quote)}</details>`
  }</div><div><h4>${failures.toDo}</h4>${whatToDo !== null && html`<p>${whatToDo}</p>`}${drawRemedies(errors)}${command !== null && drawCommand(command, words)}</div></article>`;
}

type ErrorWords = ReturnType<typeof wordsOfError>;

/** What each error of AWS means. */
export const drawMeanings = (errors: ErrorWords[]): Markup =>
  html`${errors.map(({ title, meaning }) => html`<p><code lang="en"><bdi>${title}</bdi></code> ${meaning}</p>`)}`;

/** What a person does about it. */
export const drawRemedies = (errors: ErrorWords[]): Markup =>
  html`${errors.map(({ title, whatToDo }) => html`<p><code lang="en"><bdi>${title}</bdi></code> ${whatToDo}</p>`)}`;

/** Words of AWS and of instances are English, and in no way ours. */
const quote = (text: string): Markup => html`<blockquote lang="en"><bdi>${text}</bdi></blockquote>`;

function drawNames(instances: NightInstance[], night: Night, { failures }: PageWords): Markup {
  const item = (instance: NightInstance) =>
    html`<li>${night.groups.length > 1 && html`<span class="group"><bdi>${instance.group}</bdi>/</span>`}${instanceLink(instance, night.report.region)}</li>`;
  const rest = instances.slice(NAMED_MAX);
  return html`<ul class="names">${instances.slice(0, NAMED_MAX).map(item)}</ul>${
    rest.length > 0 &&
    html`<details class="names"><summary>${failures.more(rest.length)}</summary><ul>${rest.map(item)}</ul></details>`
  }`;
}

/** A command that is broken between its parts only. */
export const drawCode = (command: string): Markup =>
  html`<code lang="en">${command.split(' ').map((part, index) => html`${index > 0 && ' '}<span>${part}</span>`)}</code>`;

const drawCommand = (command: string, { failures }: PageWords): Markup =>
  html`<p class="small">${failures.look}</p><div class="command">${drawCode(command)}<button type="button" class="copy script-only" hidden>${failures.copy}</button></div>`;

import { wordsOfError } from '../../../words/aws-error-words.ts';
import { wordsOf } from '../../../words/catalogue.ts';
import { errorsOf } from '../../causes.ts';
import type { Cause, Night } from '../facts/night.ts';
import { html, joined, type Markup } from '../markup/html.ts';
import { instanceLink } from '../markup/instance-link.ts';
import type { PageWords } from '../words/page-words.ts';
import { drawMeanings, drawRemedies } from './cause.ts';

const NAMED_MAX = 12;

/** Which instances were left out, and why; null if none was. */
export function drawLeftOut(night: Night, words: PageWords): Markup | null {
  const { leftOut, report } = night;
  if (leftOut.length === 0) return null;
  return html`<section id="left-out"><h2>${words.leftOut.heading(report.counts.excluded)}</h2><div class="causes also">${leftOut.map((cause) => drawReason(cause, night, words))}</div></section>`;
}

function drawReason({ code, instances }: Cause, { report }: Night, words: PageWords): Markup {
  const { title, meaning, whatToDo } = wordsOf(code, words.language);
  const links = instances.slice(0, NAMED_MAX).map((instance) => instanceLink(instance, report.region));
  const errors = errorsOf(instances).map((error) => wordsOfError(error, words.language));
  const rest = instances.length - links.length;
  return html`<article class="cause"><div><h3><span class="count">${words.number(instances.length)}</span>${title}</h3><p class="names">${joined(links, words.comma)}${rest > 0 && html`${words.comma}${words.failures.more(rest)}`}</p></div><div><p>${meaning}</p>${drawMeanings(errors)}</div><div>${whatToDo !== null && html`<p>${whatToDo}</p>`}${drawRemedies(errors)}</div></article>`;
}

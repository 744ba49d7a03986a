import { wordsOf } from '../../../words/catalogue.ts';
import type { Cause, Night } from '../facts/night.ts';
import { html, joined, type Markup } from '../markup/html.ts';
import { instanceLink } from '../markup/instance-link.ts';
import type { PageWords } from '../words/page-words.ts';

const NAMED_MAX = 12;

/** Which instances were left out, and why; null if none was. */
export function drawLeftOut(night: Night, words: PageWords): Markup | null {
  const { leftOut, report } = night;
  if (leftOut.length === 0) return null;
  const row = ({ code, instances }: Cause) => {
    const { title, meaning, whatToDo } = wordsOf(code, words.language);
    const links = instances.slice(0, NAMED_MAX).map((instance) => instanceLink(instance, report.region));
    const rest = instances.length - links.length;
    return html`<li><span class="count">${words.number(instances.length)}</span><div><h3>${title}</h3><p>${meaning}${whatToDo !== null && html`${words.gap}${whatToDo}`}</p><p class="names">${joined(links, words.comma)}${rest > 0 && html`${words.comma}${words.failures.more(rest)}`}</p></div></li>`;
  };
  return html`<section id="left-out"><h2>${words.leftOut.heading(report.counts.excluded)}</h2><ul class="left-out">${leftOut.map(row)}</ul></section>`;
}

import { wordsOf } from '../../../words/catalogue.ts';
import type { Cause, Night } from '../facts/night.ts';
import { html, type Markup } from '../markup/html.ts';
import type { PageWords } from '../words/page-words.ts';
import { drawCause } from './cause.ts';

/** Crosses that one cause has at most in the list of causes. */
const CROSSES_MAX = 12;

/** What has failed, by cause; then what fails the run besides. */
export function drawFailures(night: Night, words: PageWords): Markup {
  const { failures, besides, report } = night;
  const says = words.failures;
  const count = report.counts.failed;
  return html`<section id="failures"><h2>${count > 0 ? says.heading(count, failures.length) : says.none}</h2>${
    failures.length > 1 && html`<p class="under">${says.order}</p>`
  }${isEmptyHanded(night) && html`<p class="under">${says.noneTookPart}</p>`}${
    report.diedBeforeReport && html`<p class="under">${says.died}</p>`
  }${count > failures.length * 1.5 && failures.length > 1 && drawIndex(failures, words)}${
    failures.length > 0 &&
    html`${drawHeads(words)}<div class="causes">${failures.map((cause) => drawCause(cause, night, words))}</div>`
  }${
    besides.length > 0 &&
    html`<h2 class="besides">${says.besides}</h2><div class="causes also">${besides.map((cause) => drawCause(cause, night, words))}</div>`
  }</section>`;
}

/** It fails, and no instance of it has. */
const isEmptyHanded = ({ report: { counts, status } }: Night): boolean =>
  status === 'failed' && counts.intended > 0 && counts.intended === counts.excluded;

const drawHeads = ({ failures }: PageWords): Markup =>
  html`<div class="heads" aria-hidden="true"><span>${failures.cause}</span><span>${failures.seen}</span><span>${failures.toDo}</span></div>`;

/** All causes at a glance, with a cross for each instance, or for as many as make the longest row fit. */
function drawIndex(failures: Cause[], words: PageWords): Markup {
  const each = Math.max(1, Math.ceil(Math.max(...failures.map(({ instances }) => instances.length)) / CROSSES_MAX));
  const item = ({ code, instances }: Cause) => {
    const crosses = Math.ceil(instances.length / each);
    const path = Array.from({ length: crosses }, (_, index) => `M${index * 10 + 1.5} 1.5l6.2 6.2m0-6.2l-6.2 6.2`).join(
      '',
    );
    return html`<li><a href="#cause-${code}">${wordsOf(code, words.language).title}</a> <span>${words.number(instances.length)}</span> <svg width="${crosses * 10}" height="10" viewBox="0 0 ${crosses * 10} 10" aria-hidden="true"><path class="square-cross" d="${path}"/></svg></li>`;
  };
  return html`<ul class="index">${failures.map(item)}</ul>`;
}

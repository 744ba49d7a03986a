import type { Night } from '../facts/night.ts';
import { html, type Markup } from '../markup/html.ts';
import { instanceLink } from '../markup/instance-link.ts';
import type { PageWords } from '../words/page-words.ts';

const LISTED_MAX = 100;

/** What ReconcileLeases did after the run, from the addenda of the report; null if it did nothing. */
export function drawAfterRun({ afterRun, report, clock }: Night, words: PageWords): Markup | null {
  if (afterRun.length === 0) return null;
  const { actions, heading, says } = words.afterRun;
  const rest = afterRun.length - LISTED_MAX;
  return html`<section id="after"><h2>${heading}</h2><p class="under">${says}</p><ul class="after">${afterRun
    .slice(0, LISTED_MAX)
    .map(
      ({ instance, at, action }) =>
        html`<li><b>${clock.second(Date.parse(at))}</b> ${instanceLink(instance, report.region)} ${actions[action] ?? action}</li>`,
    )}</ul>${rest > 0 && html`<p>${words.failures.more(rest)}</p>`}</section>`;
}

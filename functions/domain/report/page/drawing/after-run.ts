import type { AfterRun, Night } from '../facts/night.ts';
import { html, type Markup } from '../markup/html.ts';
import { instanceLink } from '../markup/instance-link.ts';
import type { PageWords } from '../words/page-words.ts';

const LISTED_MAX = 100;

/** What ReconcileLeases did after the run, from the addenda of the report; null if it did nothing. */
export function drawAfterRun({ afterRun, report, clock }: Night, words: PageWords): Markup | null {
  if (afterRun.length === 0) return null;
  const { heading, says } = words.afterRun;
  const rest = afterRun.length - LISTED_MAX;
  return html`<section id="after"><h2>${heading}</h2><p class="under">${says}</p><ul class="after">${afterRun
    .slice(0, LISTED_MAX)
    .map(
      (one) =>
        html`<li><b>${clock.second(Date.parse(one.at))}</b> ${instanceLink(one.instance, report.region)} ${saidOf(one, words)}</li>`,
    )}</ul>${rest > 0 && html`<p>${words.failures.more(rest)}</p>`}</section>`;
}

/** What is called restored may have lost its memory: it was hibernated, and is stopped. */
function saidOf({ action, finalState, isBack }: AfterRun, { afterRun, states }: PageWords): string {
  const isPutBack = action === 'restored' || action === 'back-now';
  if (isPutBack && !isBack && finalState !== null) return afterRun.otherwise(states[finalState] ?? finalState);
  return afterRun.actions[action] ?? action;
}

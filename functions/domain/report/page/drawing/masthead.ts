import type { Night } from '../facts/night.ts';
import { html, joined, type Markup } from '../markup/html.ts';
import type { PageWords } from '../words/page-words.ts';

/** Which run, where and when: one line above the headline. */
export function drawMasthead({ report, groups, clock, at, durationSeconds }: Night, words: PageWords): Markup {
  const { masthead } = words;
  const [began, ended] = [at(0), at(durationSeconds)];
  return html`<header class="masthead"><b>${SUN}Reveille</b><span>${masthead.run} <bdi>${report.runId}</bdi></span>${
    groups.length > 0 &&
    html`<span>${joined(
      groups.map((group) => html`<bdi>${group}</bdi>`),
      words.comma,
    )}</span>`
  }<span>${report.region}</span><span>${masthead.account} ${report.account}</span><span class="when"><time datetime="${report.startedAt}">${words.date(began, clock.timeZone)}</time>${words.comma}${clock.minute(began)}–${clock.minute(ended)} ${clock.timeZone} <button type="button" class="switch script-only" hidden lang="${words.language === 'en' ? 'ja' : 'en'}">${words.masthead.otherLanguage}</button></span></header>`;
}

const SUN = html`<svg class="sun" viewBox="0 0 24 16" aria-hidden="true"><path d="M1 14.8h22M5.6 12.4a6.4 6.4 0 0 1 12.8 0M12 1v3M3.4 4.2l2.3 2.3M20.6 4.2l-2.3 2.3"/></svg>`;

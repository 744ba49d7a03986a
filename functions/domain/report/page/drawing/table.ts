import type { Night } from '../facts/night.ts';
import { html, type Markup } from '../markup/html.ts';
import { mark } from '../markup/marks.ts';
import type { OutcomeName, PageWords } from '../words/page-words.ts';
import { OUTCOMES } from './table-data.ts';

/** Above so many groups, buttons for them would be a table themselves: the search finds them. */
const GROUPS_MAX = 8;

/** The table of all instances. The script of the page fills it, from the data that stand in the page. */
export function drawTable({ report, instances, groups }: Night, words: PageWords): Markup {
  const { table, outcomes, number } = words;
  const { counts } = report;
  const count: Record<OutcomeName, number> = {
    failed: counts.failed,
    excluded: counts.excluded,
    updated: counts.updated,
    'already-current': counts.alreadyCurrent,
  };
  const chip = (kind: 'outcome' | 'group', value: string, label: Markup, size: number) =>
    html`<button type="button" data-${kind}="${value}" aria-pressed="${value === '' ? 'true' : 'false'}">${label} <span>${number(size)}</span></button>`;
  const head = (key: string, label: string, isNumber = false) =>
    html`<th scope="col" data-key="${key}"${isNumber && html` class="number"`}><button type="button">${label}</button></th>`;
  return html`<section id="all"><h2>${table.heading}</h2><noscript><p class="under">${table.needsScript}</p></noscript><div class="tools script-only" hidden><label class="hidden" for="search">${table.search}</label><input id="search" type="search" placeholder="${table.search}" autocomplete="off" spellcheck="false"><div class="chips" role="group" aria-label="${table.outcome}">${chip('outcome', '', html`${table.all}`, counts.intended)}${OUTCOMES.filter((name) => count[name] > 0).map((name) => chip('outcome', name, html`${mark(name, 11)}${outcomes[name]}`, count[name]))}</div>${
    groups.length > 1 &&
    groups.length <= GROUPS_MAX &&
    html`<div class="chips" role="group" aria-label="${table.group}">${groups.map((group) => chip('group', group, html`<bdi>${group}</bdi>`, instances.filter((one) => one.group === group).length))}</div>`
  }<output id="shown" aria-live="polite"></output></div><table class="all script-only" hidden><caption class="hidden">${table.heading}</caption><thead><tr>${head('name', table.name)}${head('group', table.group)}${head('outcome', table.outcome)}${head('state', table.state)}${head('version', table.version)}${head('awake', table.awake, true)}${head('done', table.done, true)}${head('reason', table.reason)}</tr></thead><tbody id="rows"></tbody></table><button type="button" class="more script-only" id="more" hidden></button></section>`;
}

import { textOf } from '../../headline.ts';
import { headOf } from '../facts/head.ts';
import type { Night } from '../facts/night.ts';
import { html, joined, type Markup } from '../markup/html.ts';
import type { PageWords } from '../words/page-words.ts';

/** The run in a sentence, and in a second one what it was. */
export function drawHeadline(night: Night, words: PageWords): Markup {
  const sentences = headOf(night, words.language).map((clauses) => {
    const said = clauses.map(({ text, isBad }) => (isBad ? html`<em>${kept(text)}</em>` : html`${kept(text)}`));
    return html`<span>${joined(said, words.comma)}${words.fullStop}</span>`;
  });
  return html`<h1>${joined(sentences, words.gap)}</h1><p class="deck">${words.deck(night)}</p>`;
}

/** A number stays on the line of what it counts. */
const kept = (text: string): string => text.replace(/^(\d+) /, '$1\u00a0');

/** What the browser calls the page. */
export const titleOf = (night: Night, { language }: PageWords): string =>
  `${textOf(headOf(night, language), language)} · ${night.report.runId}`;

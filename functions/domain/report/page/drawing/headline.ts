import type { Night } from '../facts/night.ts';
import { type Verdict, verdictOf } from '../facts/verdict.ts';
import { html, joined, type Markup } from '../markup/html.ts';
import type { PageWords } from '../words/page-words.ts';

/** The run in a sentence, and in a second one what it was. */
export const drawHeadline = (night: Night, words: PageWords): Markup =>
  html`<h1>${joined(
    verdictOf(night).map((part) => drawPart(part, words)),
    words.gap,
  )}</h1><p class="deck">${words.deck(night)}</p>`;

function drawPart(part: Verdict, { verdict }: PageWords): Markup {
  const say = verdict[part.kind] as (one: Verdict) => string;
  return part.isBad ? html`<em>${say(part)}</em>` : html`<span>${say(part)}</span>`;
}

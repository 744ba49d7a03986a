import type { Night } from '../facts/night.ts';
import { type PhaseLengths, phaseLengths } from '../facts/phase-lengths.ts';
import { html, type Markup } from '../markup/html.ts';
import type { PageWords } from '../words/page-words.ts';

/** From so many on, the ninth of ten tells more than the longest. */
const MANY = 20;

/** What the colours and patterns mean, and how long each phase took. */
export function drawLegend({ woken }: Night, words: PageWords): Markup | null {
  const lengths = phaseLengths(woken);
  if (lengths.length === 0) return null;
  const { timeline, duration } = words;
  const item = ({ name, instances, median, p90, longest }: PhaseLengths) => {
    const { letter, name: title, means } = timeline.phases[name];
    const far = instances < MANY ? ([timeline.longest, longest] as const) : ([timeline.p90, p90] as const);
    const [top, height] = name === 'turn' ? [4.5, 3] : [0, 12];
    return html`<div><dt><svg width="26" height="12" aria-hidden="true"><rect class="phase-${name}" y="${top}" width="26" height="${height}"/></svg>${letter !== '' && `${letter} · `}${title}</dt><dd>${means}</dd><dd>${timeline.median} <b>${duration(median)}</b>${words.comma}${far[0]} <b>${duration(far[1])}</b></dd></div>`;
  };
  return html`<dl class="legend">${lengths.map(item)}</dl>`;
}

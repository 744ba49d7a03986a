import type { Night } from '../facts/night.ts';
import { html, type Markup } from '../markup/html.ts';
import type { PageWords } from '../words/page-words.ts';

/** The lines behind all rows: one for each time that is written, and the ground of the denser part. */
export function drawGrid({ scale }: Night): Markup {
  const { fold } = scale;
  const line = (second: number, name: string) =>
    html`<line class="${name}" x1="${scale.x(second)}%" x2="${scale.x(second)}%" y1="0" y2="100%"/>`;
  return html`<svg class="grid" aria-hidden="true">${
    fold !== null && html`<rect class="dense" x="${scale.x(fold)}%" width="${100 - scale.x(fold)}%" height="100%"/>`
  }${scale.ticks.map((tick) => line(tick, 'tick-line'))}${fold !== null && line(fold, 'fold-line')}</svg>`;
}

/** The times. On a narrow page each second one is left out, and all but the last of the denser part. */
export function drawAxis({ scale, clock, at }: Night, { timeline }: PageWords): Markup {
  const { ticks, fold } = scale;
  const text = (tick: number, index: number) => {
    const isLast = index === ticks.length - 1;
    const isTight = fold !== null && tick > fold && !isLast;
    const isSpare = (fold === null || tick < fold) && index % 2 === 1;
    const anchor = index === 0 ? 'start' : 'middle';
    return html`<text class="${isTight ? 'tight' : isSpare && 'spare'}" x="${scale.x(tick)}%" y="14" text-anchor="${scale.x(tick) > 97 ? 'end' : anchor}">${clock.minute(at(tick))}</text>`;
  };
  return html`<div class="row axis" aria-hidden="true"><span></span><svg height="20">${ticks.map(text)}</svg><span class="end wide">${timeline.clock(clock.timeZone)}</span></div>`;
}

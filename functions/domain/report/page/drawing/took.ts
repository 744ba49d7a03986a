import type { Night } from '../facts/night.ts';
import { at, phaseLengths } from '../facts/phase-lengths.ts';
import { html, type Markup } from '../markup/html.ts';
import type { PageWords } from '../words/page-words.ts';

/** The longest of so large a part are named for what they took. */
const FEW = 0.05;

/** What the run took, in minutes awake: prices differ from account to account. */
export function drawTook(night: Night, words: PageWords): Markup {
  const { took, duration } = words;
  const { woken, untimed, untold, awakeSeconds, durationSeconds } = night;
  const lengths = woken.flatMap(({ awakeSeconds: own }) => own ?? []).sort((one, other) => one - other);
  const fact = (value: string, what: string) => html`<div><dt>${what}</dt><dd>${value}</dd></div>`;
  const uncounted = untimed.length > 0 && html`<p class="under">${took.untimed(untimed.length)}</p>`;
  if (lengths.length === 0) {
    const isKnown = woken.length > 0 || untold.length === 0;
    return html`<section><h2>${took.heading}</h2>${isKnown && (uncounted || html`<p class="under">${took.nothingWoken}</p>`)}</section>`;
  }
  return html`<section><h2>${took.heading}</h2><dl class="facts">${fact(duration(awakeSeconds), took.awakeTogether)}${fact(duration(at(lengths, 0.5)), took.perInstance)}${fact(duration(lengths.at(-1) ?? 0), took.longest)}${fact(duration(durationSeconds), took.duration)}</dl>${drawShares(night, words)}<p class="under">${drawLongest(night, words)}</p>${uncounted}</section>`;
}

/** How the time awake divides into phases; null if the report does not tell phases. */
function drawShares({ woken }: Night, { took, timeline }: PageWords): Markup | null {
  const lengths = phaseLengths(woken);
  const all = lengths.reduce((sum, { together }) => sum + together, 0);
  if (lengths.length < 2) return null;
  let from = 0;
  const parts = lengths.map(({ name, together }) => {
    const width = Math.round((together / all) * 10_000) / 100;
    const part = { name, title: timeline.phases[name].name, from: Math.round(from * 100) / 100, width };
    from += width;
    return part;
  });
  const label = parts.map(({ title, width }) => `${title} ${Math.round(width)}%`).join(', ');
  return html`<h3>${took.where}</h3><svg class="shares" height="40" role="img" aria-label="${label}">${parts.map(
    ({ name, title, from: left, width }) =>
      html`<rect class="phase-${name}" x="${left}%" width="${width}%" ${name === 'turn' ? html`y="7.5" height="3"` : html`height="18"`}/>${
        width > 6 &&
        html`<text class="${width < 13 && 'wide'}" x="${left}%" y="34">${title} ${Math.round(width)}%</text>`
      }`,
  )}</svg>`;
}

function drawLongest({ woken, awakeSeconds }: Night, { took }: PageWords): Markup | null {
  const sorted = woken
    .filter((one) => one.awakeSeconds !== null)
    .sort((one, other) => (other.awakeSeconds ?? 0) - (one.awakeSeconds ?? 0));
  const few = sorted.slice(0, Math.max(1, Math.round(sorted.length * FEW)));
  const share = Math.round((few.reduce((sum, one) => sum + (one.awakeSeconds ?? 0), 0) / awakeSeconds) * 100);
  const [first] = few;
  if (first === undefined || sorted.length < 2) return null;
  return html`${few.length === 1 ? took.longestAlone(first.title, share) : took.longestFew(few.length, share)}`;
}

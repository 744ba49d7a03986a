import { wordsOf } from '../../../words/catalogue.ts';
import type { Night, NightInstance } from '../facts/night.ts';
import type { Phase } from '../facts/phases.ts';
import { html, joined, type Markup } from '../markup/html.ts';
import { instanceLink } from '../markup/instance-link.ts';
import { mark } from '../markup/marks.ts';
import type { PageWords } from '../words/page-words.ts';

/** One instance: its name, what it was at and when, and how it ended. */
export function drawRow(instance: NightInstance, night: Night, words: PageWords, withGroup: boolean): Markup {
  const label = withGroup ? `${instance.group}/${instance.title}` : instance.title;
  return html`<li class="row ${instance.outcome}"><span class="name">${instanceLink(instance, night.report.region, label)}</span>${drawBar(instance, night, words)}${drawEnd(instance, night, words)}</li>`;
}

/** Below these shares of the width, in percent, a letter has no room; below the second only on a wide page. */
const LETTER_MIN = 2.2;

const LETTER_WIDE_MIN = 4.4;

function drawBar(instance: NightInstance, { scale, second }: Night, words: PageWords): Markup {
  const { timeline, duration } = words;
  const { phases, doneAt, originalState, outcome, refusedStarts } = instance;
  const told = [
    ...(refusedStarts === null ? [] : [timeline.refused(refusedStarts.count)]),
    ...phases.map(({ name, from, to }) => `${timeline.phases[name].name} ${duration(to - from)}`),
  ].join(words.comma);
  const [first] = phases;
  const kind = originalState === 'running' ? 'ran' : 'slept';
  const rest = (from: number, to: number) =>
    to > from && html`<line class="${kind}" x1="${from}%" x2="${to}%" y1="9" y2="9"/>`;
  const done = scale.x(doneAt ?? scale.end);
  const tries = refusedStarts === null ? [] : [refusedStarts.firstAt, refusedStarts.lastAt].map(second);
  return html`<svg class="bar" height="18" role="img" aria-label="${told === '' ? timeline.noTime : told}"><title>${instance.title}: ${told === '' ? timeline.noTime : told}</title>${
    first === undefined
      ? rest(0, originalState === 'running' ? 100 : done)
      : html`${rest(0, scale.x(first.from))}${rest(scale.x(phases.at(-1)?.to ?? 0), 100)}`
  }${drawTries(tries, scale.x)}${phases.map((phase) => drawPhase(phase, scale.x, words))}${
    outcome === 'failed' && doneAt !== null && done < 98.5
      ? html`<svg x="${done}%" y="3" width="12" height="12" overflow="visible"><use href="#mark-failed"/></svg>`
      : null
  }</svg>`;
}

/** The first and the last refusal, and a line between them: the report does not say when each of the others was. */
function drawTries(tries: number[], x: (second: number) => number): Markup | null {
  const [first, last] = tries.map(x);
  if (first === undefined || last === undefined) return null;
  const tick = (at: number) => html`<line class="refused" x1="${at}%" x2="${at}%" y1="4" y2="14"/>`;
  return html`<line class="refusals" x1="${first}%" x2="${last}%" y1="9" y2="9"/>${tick(first)}${tick(last)}`;
}

function drawPhase({ name, from, to }: Phase, x: (second: number) => number, { timeline }: PageWords): Markup {
  const width = Math.round((x(to) - x(from)) * 100) / 100;
  const { letter } = timeline.phases[name];
  const [top, height] = name === 'turn' ? [7.5, 3] : [3, 12];
  return html`<rect class="phase-${name}" x="${x(from)}%" width="${Math.max(0.25, width)}%" y="${top}" height="${height}"/>${
    letter !== '' &&
    width > LETTER_MIN &&
    html`<text class="on-${name}${width < LETTER_WIDE_MIN && ' wide'}" x="${x(from)}%" dx="3" y="12.6">${letter}</text>`
  }`;
}

/** Beside a long title half a word more would be no help. Han and kana are as wide as two letters. */
const hasRoomBeside = (title: string): boolean =>
  title.length + (title.match(/[\u3000-\uFFFF]/g) ?? []).length <= TITLE_MAX;

const TITLE_MAX = 28;

function drawEnd(instance: NightInstance, { clock, at }: Night, words: PageWords): Markup {
  const { timeline, outcomes, duration, comma } = words;
  const { outcome, reason, awakeSeconds, isWoken, isUntold, originalState, doneAt } = instance;
  const stayed = originalState === 'running' ? timeline.ranOn : timeline.notWoken;
  const awake = isWoken && awakeSeconds !== null ? timeline.awakeFor(duration(awakeSeconds)) : null;
  const how = awake ?? (isWoken || isUntold ? null : stayed);
  if (outcome === 'failed') {
    const cause = reason === null ? outcomes.failed : wordsOf(reason.code, words.language).title;
    return html`<span class="end">${mark('failed', 11)}<b>${cause}</b>${how !== null && hasRoomBeside(cause) && html`<span class="wide">${comma}${how}</span>`}</span>`;
  }
  const parts = [html`<span class="wide">${outcomes[outcome]}</span>`, ...(how === null ? [] : [html`${how}`])];
  return html`<span class="end">${mark(outcome, 11)}${doneAt !== null && html`<b>${clock.minute(at(doneAt))}</b> `}${joined(parts, html`<span class="wide">${comma}</span>`)}</span>`;
}

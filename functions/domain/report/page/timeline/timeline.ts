import type { Night } from '../facts/night.ts';
import { byEnd, instancesPerLine, lineHeight, silhouettesOf } from '../facts/silhouettes.ts';
import { html, type Markup } from '../markup/html.ts';
import type { PageWords } from '../words/page-words.ts';
import { drawAxis, drawGrid } from './axis.ts';
import { drawSilhouette } from './draw-silhouette.ts';
import { drawLegend } from './legend.ts';
import { drawRow } from './row.ts';
import { drawSkyline } from './skyline.ts';

/** Up to so many each instance has a row of its own. */
export const ROWS_MAX = 60;

/** So many of the last to be done are shown one by one, where the others are a silhouette. */
const LATE_MAX = 24;

/** When what happened to each instance; null if none took part. */
export function drawTimeline(night: Night, words: PageWords): Markup | null {
  const { timeline } = words;
  const count = night.instances.filter(({ takesPart }) => takesPart).length;
  if (count === 0) return null;
  const hasRows = count <= ROWS_MAX;
  const each = instancesPerLine(count);
  const under = each === 1 ? timeline.eachLine : timeline.eachLineOf(each);
  const knowsLess = night.woken.length > 0 && night.woken.every(({ times }) => times === null);
  const axis = drawAxis(night, words);
  return html`<section id="timeline"><h2>${hasRows ? timeline.heading : timeline.headingMany}</h2>${
    !hasRows && html`<p class="under">${under}</p>`
  }<p class="under">${timeline.note(night.clock.timeZone, foldOf(night))}</p>${knowsLess && html`<p class="under">${timeline.lessKnown}</p>`}${drawLegend(night, words)}<div class="plot">${drawGrid(night)}${axis}${drawSkyline(night, words)}${
    hasRows ? drawGroups(night, words) : html`${drawSilhouettes(night, words, count)}${drawLate(night, words)}`
  }${axis}</div></section>`;
}

const foldOf = ({ scale, clock, at }: Night): { at: string; times: number } | null =>
  scale.fold === null ? null : { at: clock.minute(at(scale.fold)), times: scale.density };

function drawGroups(night: Night, words: PageWords): Markup[] {
  return night.groups.map((group) => {
    const own = byEnd(night.instances.filter((one) => one.takesPart && one.group === group));
    if (own.length === 0) return html``;
    return html`${drawGroupHead(group, own.length, words)}<ol>${own.map((one) => drawRow(one, night, words, false))}</ol>`;
  });
}

const drawGroupHead = (group: string, count: number, { timeline }: PageWords): Markup =>
  html`<div class="group-head"><h3>${timeline.group(group, count)}</h3></div>`;

function drawSilhouettes(night: Night, words: PageWords, count: number): Markup[] {
  return [...Map.groupBy(silhouettesOf(night), ({ group }) => group)].map(([group, own]) => {
    const inGroup = own.reduce((sum, { instances }) => sum + instances.length, 0);
    return html`${drawGroupHead(group, inGroup, words)}${own.map((one) => drawSilhouette(one, night, words, lineHeight(count)))}`;
  });
}

/** What took longer than nine of ten, or in a run without a long tail the last of all. */
function drawLate(night: Night, words: PageWords): Markup | null {
  const { fold } = night.scale;
  const late = byEnd(
    night.instances.filter(({ takesPart, doneAt }) => takesPart && doneAt !== null && fold !== null && doneAt > fold),
  ).reverse();
  const shown = late.slice(0, LATE_MAX);
  const rest = late.length - shown.length;
  if (shown.length === 0) return null;
  return html`<div class="group-head"><h3>${words.timeline.late(shown.length)}</h3></div><ol>${shown.map((one) => drawRow(one, night, words, night.groups.length > 1))}</ol>${
    rest > 0 && html`<p class="rest">${words.timeline.moreLate(rest)}</p>`
  }`;
}

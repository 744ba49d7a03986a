import type { Night, NightInstance } from '../facts/night.ts';
import { at } from '../facts/phase-lengths.ts';
import { PHASES } from '../facts/phases.ts';
import type { Silhouette } from '../facts/silhouettes.ts';
import { html, type Markup } from '../markup/html.ts';
import { mark } from '../markup/marks.ts';
import type { PageWords } from '../words/page-words.ts';

/** One silhouette: a path for each phase, whatever the number of instances. */
export function drawSilhouette(silhouette: Silhouette, night: Night, words: PageWords, pitch: number): Markup {
  const { id, group, slept, instances, lines } = silhouette;
  const { timeline } = words;
  const label = slept ? timeline.wasAsleep : timeline.wasRunning;
  const height = lines.length * pitch;
  return html`<div class="row strip"><span class="tag">${label} <b>${words.number(instances.length)}</b></span><svg class="lines" data-lines="${id}" viewBox="0 0 1000 ${height}" height="${height}" preserveAspectRatio="none" shape-rendering="crispEdges" role="img" aria-label="${group}${words.comma}${label}: ${words.number(instances.length)}"><g stroke-width="${pitch}">${drawPaths(lines, night, pitch)}</g></svg><span class="end note">${drawNote(instances, night, words)}</span></div>`;
}

function drawPaths(lines: NightInstance[], { scale }: Night, pitch: number): Markup[] {
  const x = (second: number) => Math.round(scale.x(second) * 10);
  const y = (line: number) => line * pitch + pitch / 2;
  const paths = PHASES.map((name) => {
    const d = lines.flatMap(({ phases }, line) =>
      phases
        .filter((phase) => phase.name === name)
        .map(({ from, to }) => `M${x(from)} ${y(line)}h${Math.max(1, x(to) - x(from))}`),
    );
    return { name: `line-${name}`, d: d.join('') };
  });
  const failed = lines.flatMap(({ outcome, doneAt }, line) =>
    outcome === 'failed' && doneAt !== null ? [`M${x(doneAt)} ${y(line)}h9`] : [],
  );
  return [...paths, { name: 'line-failed', d: failed.join('') }]
    .filter(({ d }) => d !== '')
    .map(({ name, d }) => html`<path class="${name}" d="${d}"/>`);
}

/** Fewer have no half. */
const NOTED_MIN = 4;

function drawNote(instances: NightInstance[], night: Night, { timeline }: PageWords): Markup | null {
  const ends = instances.flatMap(({ doneAt }) => doneAt ?? []);
  const failed = instances.filter(({ outcome }) => outcome === 'failed').length;
  const clock = (part: number) => night.clock.minute(night.at(at(ends, part)));
  if (instances.length < NOTED_MIN) return null;
  return html`${ends.length >= NOTED_MIN && html`<span>${timeline.halfDone(clock(0.5), clock(0.9))}</span>`}${
    failed > 0 && html`<span class="bad">${mark('failed', 11)}${timeline.failed(failed)}</span>`
  }`;
}

import type { Night } from '../facts/night.ts';
import { html, type Markup } from '../markup/html.ts';
import type { PageWords } from '../words/page-words.ts';

const HEIGHT = 56;

/** How many instances were awake at once because of Reveille, on the same clock as the rows; null if none was. */
export function drawSkyline(night: Night, words: PageWords): Markup | null {
  const { steps, most, mostAt } = awakeAtOnce(night);
  if (most === 0) return null;
  const { scale, clock, at, second, report } = night;
  const { timeline } = words;
  const y = (count: number) => Math.round(HEIGHT - (count / most) * (HEIGHT - 8));
  const line = `M0 ${y(0)}${steps.map(([moment, count]) => `H${Math.round(scale.x(moment) * 10)}V${y(count)}`).join('')}H1000`;
  const listed = report.listedAt === null ? 0 : second(report.listedAt);
  const told = timeline.most(most, clock.minute(at(mostAt)));
  return html`<div class="row skyline"><span class="tag"><b>${timeline.awakeAtOnce}</b></span><svg viewBox="0 0 1000 ${HEIGHT}" height="${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${timeline.awakeAtOnce}: ${told}"><path class="area" d="${line}V${HEIGHT}H0Z"/><path class="edge" d="${line}"/></svg><svg class="over" height="${HEIGHT}" aria-hidden="true">${
    scale.x(listed) > 6 &&
    html`<text class="wide" x="${scale.x(listed) / 2}%" y="${HEIGHT - 8}" text-anchor="middle">${timeline.listing}</text>`
  }${
    scale.fold !== null && html`<text x="${scale.x(scale.fold)}%" dx="5" y="14">×${scale.density}</text>`
  }</svg><span class="end">${told}</span></div>`;
}

/** What was woken and not seen asleep again counts up to the report. */
function awakeAtOnce({ woken, second, durationSeconds }: Night): {
  steps: [number, number][];
  most: number;
  mostAt: number;
} {
  const changes = woken
    .flatMap(({ wokenAt, restoredAt }): [number, number][] => [
      [wokenAt === null ? 0 : second(wokenAt), 1],
      [restoredAt === null ? durationSeconds : second(restoredAt), -1],
    ])
    .sort(([one], [other]) => one - other);
  const steps: [number, number][] = [];
  let [count, most, mostAt] = [0, 0, 0];
  for (const [moment, change] of changes) {
    count += change;
    steps.push([moment, count]);
    if (count > most) [most, mostAt] = [count, moment];
  }
  return { steps, most, mostAt };
}

import type { Night } from '../facts/night.ts';
import { html, type Markup, trusted } from '../markup/html.ts';
import type { OutcomeName, PageWords } from '../words/page-words.ts';

/** More squares than this say nothing more: then each stands for several instances. */
const SQUARES_MAX = 1000;

/** Of the drawing that a square is in; the size on the page comes from the style. */
const CELL = 10;

/** The equation of the run, each term as squares of one size: so areas can be compared. */
export function drawEquation(night: Night, words: PageWords): Markup {
  const { equation, outcomes, number } = words;
  const { intended } = night.report.counts;
  const { each } = squaresOf(intended);
  const terms = termsOf(night);
  const asText = `${number(intended)} ${equation.intended} = ${terms.map(({ name, count }) => `${number(count)} ${outcomes[name]}`).join(' + ')}`;
  const term = (sign: string, count: number, label: string, name: OutcomeName | 'intended') =>
    html`${sign !== '' && html`<span class="sign">${sign}</span>`}<div class="term ${name}${count === 0 && ' none'}"><span class="count" data-sign="${sign}">${number(count)}</span><span class="label">${label}</span>${count > 0 && drawSquares(name, count, intended)}</div>`;
  return html`<section><h2>${equation.heading}</h2><p class="under">${each === 1 ? equation.one : equation.many(each)}</p><p class="hidden">${asText}</p><div class="equation" aria-hidden="true">${term('', intended, equation.intended, 'intended')}${terms.map(({ name, count }, index) => term(index === 0 ? '=' : '+', count, outcomes[name], name))}</div></section>`;
}

/** The sizes of the squares: as large as their page lets them be, up to 27 pixels. */
export function equationStyle(night: Night): string {
  const { intended } = night.report.counts;
  const { each, rows } = squaresOf(intended);
  const columns = (count: number) => Math.max(1, Math.ceil(Math.ceil(count / each) / rows));
  const counts = [intended, ...termsOf(night).map(({ count }) => count)];
  const all = counts.reduce((sum, count) => sum + (count === 0 ? 0 : columns(count)), 0);
  const wide = Math.min(27, Math.round((740 / all) * 100) / 100);
  const high = Math.min(20, Math.round((76 / rows) * 100) / 100);
  return [
    `:root{--cell:min(${wide}px,calc((100vw - 27rem)/${all}))}`,
    `@media screen and (max-width:52rem){:root{--cell:min(${high}px,calc((100vw - 9rem)/${columns(intended)}))}}`,
    ...[...new Set(counts.map(columns))].map((count) => `.columns-${count}{width:calc(var(--cell)*${count})}`),
  ].join('');
}

const termsOf = ({ report: { counts } }: Night): { name: OutcomeName; count: number }[] => [
  { name: 'updated', count: counts.updated },
  { name: 'already-current', count: counts.alreadyCurrent },
  { name: 'failed', count: counts.failed },
  { name: 'excluded', count: counts.excluded },
];

/** How many instances a square stands for, and how many rows of them there are. */
function squaresOf(intended: number): { each: number; rows: number } {
  const each = Math.max(1, Math.ceil(intended / SQUARES_MAX));
  const squares = intended / each;
  const manyRows = squares <= 120 ? 4 : 10;
  return { each, rows: squares <= 40 ? 2 : manyRows };
}

/** One pattern fills the whole columns, and what is left of the last one. */
function drawSquares(name: OutcomeName | 'intended', count: number, intended: number): Markup {
  const { each, rows } = squaresOf(intended);
  const squares = Math.ceil(count / each);
  const whole = Math.floor(squares / rows);
  const rest = squares % rows;
  const columns = Math.ceil(squares / rows);
  const fill = `url(#square-${name})`;
  const shape = rows > 4 && name === 'failed' ? SMALL_CROSS : SQUARES[name];
  return html`<svg class="columns-${columns}" viewBox="0 0 ${columns * CELL} ${rows * CELL}"><defs><pattern id="square-${name}" width="${CELL}" height="${CELL}" patternUnits="userSpaceOnUse">${trusted(shape)}</pattern></defs>${
    whole > 0 && html`<rect width="${whole * CELL}" height="${rows * CELL}" fill="${fill}"/>`
  }${rest > 0 && html`<rect x="${whole * CELL}" width="${CELL}" height="${rest * CELL}" fill="${fill}"/>`}</svg>`;
}

/** A cross in a small square would be a blob. */
const SMALL_CROSS = '<path class="square-cross" d="M1.5 1.5 7.7 7.7M7.7 1.5 1.5 7.7"/>';

const SQUARES: Record<OutcomeName | 'intended', string> = {
  intended: '<rect class="square-intended" x=".9" y=".9" width="7.2" height="7.2"/>',
  updated: '<rect class="square-updated" x=".5" y=".5" width="8" height="8"/>',
  'already-current': '<rect class="square-current" x="1.2" y="1.2" width="6.6" height="6.6"/>',
  failed:
    '<rect class="square-failed" x=".5" y=".5" width="8" height="8"/><path class="square-inner" d="M2.8 2.8 6.2 6.2M6.2 2.8 2.8 6.2"/>',
  excluded: '<rect class="square-excluded" x=".9" y=".9" width="7.2" height="7.2"/>',
};

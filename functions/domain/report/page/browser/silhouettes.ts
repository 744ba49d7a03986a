import type { Data, Row, Words } from './data.ts';
import { durationOf } from './durations.ts';
import type { Table } from './table.ts';

/** Tells which instance is under the pointer, and finds it in the table when it is clicked. */
export function letPoint(data: Data, words: Words, table: Table): void {
  for (const strip of document.querySelectorAll<SVGElement>('.lines')) {
    const lines = data.lines[strip.dataset['lines'] ?? ''] ?? [];
    const under = ({ clientY }: MouseEvent): Row | undefined => {
      const { top, height } = strip.getBoundingClientRect();
      const line = Math.floor(((clientY - top) / height) * lines.length);
      return data.rows[lines[Math.min(lines.length - 1, Math.max(0, line))] ?? -1];
    };
    strip.onpointermove = (event) => {
      const row = under(event);
      if (row !== undefined) tell(row, words, event);
    };
    strip.onpointerleave = () => {
      tip.hidden = true;
    };
    strip.onclick = (event) => {
      const row = under(event);
      if (row !== undefined) table.find(row.id);
    };
  }
}

const tip = document.createElement('div');
tip.className = 'tip';
tip.hidden = true;
document.body.append(tip);

function tell(row: Row, words: Words, { clientX, clientY }: MouseEvent): void {
  const { outcomes, table, reasons } = words;
  tip.textContent = [
    row.name,
    outcomes[row.outcome],
    row.done,
    row.awake === null ? '' : `${table.awake} ${durationOf(row.awake, words)}`,
    reasons[row.reason] ?? '',
  ]
    .filter(Boolean)
    .join(' · ');
  tip.hidden = false;
  tip.style.left = `${Math.min(clientX + 14, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${clientY + 14}px`;
}

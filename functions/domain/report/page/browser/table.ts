import { type Data, find, type Row, type Words } from './data.ts';
import { drawRows } from './rows.ts';

/** So many rows are drawn at first: 5,000 of them take seconds, and no one reads them. */
const ROWS_MAX = 60;

export interface Table {
  /** Draws the table that stands in the page now. */
  show(words: Words): void;
  /** Shows this instance alone. */
  find(id: string): void;
}

/** Search, filters and order stay as they are when the language changes. */
export function createTable(data: Data): Table {
  const state = { query: '', outcome: '', group: '', key: 'outcome', isDescending: false, showsAll: false };
  let words: Words | undefined;
  let texts = new Map<Row, string>();

  const draw = () => {
    if (words === undefined) return;
    const wanted = state.query.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = data.rows
      .filter(
        (row) =>
          (state.outcome === '' || row.outcome === state.outcome) &&
          (state.group === '' || row.group === state.group) &&
          wanted.every((word) => texts.get(row)?.includes(word)),
      )
      .sort(orderBy(state.key, state.isDescending));
    const shown = state.showsAll ? rows : rows.slice(0, ROWS_MAX);
    drawRows(find('#rows'), shown, data, words);
    const { table } = words;
    find('#shown').textContent = table.shown
      .replace('%a', shown.length.toLocaleString('en-US'))
      .replace('%b', data.rows.length.toLocaleString('en-US'));
    const more = find('#more');
    more.hidden = shown.length === rows.length;
    more.textContent = table.showAll.replace('%a', rows.length.toLocaleString('en-US'));
    for (const head of document.querySelectorAll<HTMLElement>('.all th')) {
      if (head.dataset['key'] !== state.key) head.removeAttribute('aria-sort');
      else head.setAttribute('aria-sort', state.isDescending ? 'descending' : 'ascending');
    }
    for (const chip of document.querySelectorAll<HTMLElement>('.chips button')) {
      const { outcome, group } = chip.dataset;
      chip.ariaPressed = String(outcome === undefined ? group === state.group : outcome === state.outcome);
    }
  };
  const change = (changes: Partial<typeof state>) => {
    Object.assign(state, changes);
    draw();
  };
  const listen = () => {
    const search = find<HTMLInputElement>('#search');
    search.value = state.query;
    search.oninput = () => change({ query: search.value });
    find('#more').onclick = () => change({ showsAll: true });
    for (const head of document.querySelectorAll<HTMLElement>('.all th')) {
      const key = head.dataset['key'] ?? '';
      head.onclick = () => change({ key, isDescending: key === state.key ? !state.isDescending : key === 'awake' });
    }
    for (const chip of document.querySelectorAll<HTMLElement>('.chips button')) {
      const { outcome, group = '' } = chip.dataset;
      chip.onclick = () => change(outcome === undefined ? { group: group === state.group ? '' : group } : { outcome });
    }
  };

  listenToKeys(change);
  listenToPrinter(() => state.showsAll, change);
  return {
    show(own) {
      words = own;
      texts = new Map(data.rows.map((row) => [row, searchTextOf(row, own)]));
      listen();
      draw();
    },
    find(id) {
      find<HTMLInputElement>('#search').value = id;
      change({ query: id, outcome: '', group: '' });
      find('#all').scrollIntoView();
    },
  };
}

const searchTextOf = (row: Row, { outcomes, reasons }: Words): string =>
  [
    row.name,
    row.id,
    row.group,
    row.platform,
    row.outcome,
    outcomes[row.outcome],
    row.before,
    row.after,
    row.code,
    reasons[row.reason],
    row.text,
  ]
    .join(' ')
    .toLowerCase();

/** Numbers in texts count as numbers: web-2 comes before web-10. */
const inNumbers = (text: string | null): string => (text ?? '').replace(/\d+/g, (digits) => digits.padStart(8, '0'));

const KEYS: Record<string, (row: Row) => string | number> = {
  name: ({ name }) => inNumbers(name),
  group: ({ group, name }) => `${group} ${inNumbers(name)}`,
  outcome: ({ place, code }) => `${place}${code ?? '~'}`,
  state: ({ was, is }) => `${was} ${is}`,
  version: ({ before, after }) => `${inNumbers(before)} ${inNumbers(after)}`,
  awake: ({ awake }) => awake ?? -1,
  done: ({ done }) => (done === '' ? '~' : done),
  reason: ({ code, text }) => `${code ?? '~'} ${text}`,
};

function orderBy(key: string, isDescending: boolean): (one: Row, other: Row) => number {
  const keyOf = KEYS[key] ?? (() => '');
  return (one, other) => {
    const [left, right] = isDescending ? [keyOf(other), keyOf(one)] : [keyOf(one), keyOf(other)];
    if (left === right) return 0;
    return left < right ? -1 : 1;
  };
}

/** `/` goes to the search, Escape empties it. */
function listenToKeys(change: (changes: { query: string }) => void): void {
  addEventListener('keydown', (event) => {
    const search = find<HTMLInputElement>('#search');
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      search.focus();
    }
    if (event.key === 'Escape' && event.target === search) {
      search.value = '';
      change({ query: '' });
    }
  });
}

/** All of it is printed. */
function listenToPrinter(showsAll: () => boolean, change: (changes: { showsAll: boolean }) => void): void {
  let before = false;
  const opened: HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    before = showsAll();
    opened.push(...document.querySelectorAll<HTMLDetailsElement>('details:not([open])'));
    for (const details of opened) details.open = true;
    change({ showsAll: true });
  });
  addEventListener('afterprint', () => {
    for (const details of opened.splice(0)) details.open = false;
    change({ showsAll: before });
  });
}
